/** Takes away what a run has made in Azure: each by its name, what refers to others first, and nothing that the journal does not have. */
import { MigrationError } from '../../core/model/error.js';
import type { Plan } from '../../core/model/plan.js';
import type { Leftover, LeftoverKind } from '../../core/plan/made-in-azure.js';
import type { Journal } from '../../engine/journal/port.js';
import { isNotFound } from './arm-errors.js';
import type { ArmClient, ArmRequest } from './ports.js';
import { armRequest, type ArmRouteId } from './routes.js';

export interface CleanUpParts {
  readonly arm: ArmClient;
  readonly plan: Pick<Plan, 'handoff'>;
  readonly goes: readonly Leftover[];
  readonly journal: Pick<Journal, 'append' | 'status'>;
  readonly signal: AbortSignal;
  readonly onGone: (one: Leftover) => void;
  /** Azure refuses: it stays. */
  readonly onKept: (one: Leftover, error: MigrationError) => void;
}

/**
 * What is not there any more is fine. What Azure refuses to take away is told, and the rest goes on.
 * @throws MigrationError where Azure cannot be asked at all, or the journal cannot be written; the signal's reason.
 */
export async function takeAway({ arm, plan, goes, journal, signal, onGone, onKept }: CleanUpParts): Promise<void> {
  for (const one of goes) {
    try {
      await arm.sendAndWait(deletion(one, plan), signal).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
    } catch (error) {
      if (!MigrationError.is(error, 'azure-refused')) throw error;
      onKept(one, error);
      continue;
    }
    const { remote } = journal.status();
    for (const what of [one.what, ...one.within]) {
      const outcome = remote[what]?.outcome;
      await journal.append({ type: 'remote', what, phase: 'removed', ...(outcome === undefined ? {} : { outcome }) });
    }
    onGone(one);
  }
}

/** Also where it is still going on: whoever asks for it was told. */
const RUNNING_TOO = { query: { deleteRunningTasks: 'true' } };
const FORCE = { query: { force: 'true' } };

type Deletion = readonly [route: ArmRouteId, param: string, more?: Pick<ArmRequest, 'query'>];

const DELETIONS: Readonly<Partial<Record<LeftoverKind, Deletion>>> = {
  factory: ['factory-delete', 'factory'],
  pipeline: ['pipeline-delete', 'pipeline'],
  dataset: ['dataset-delete', 'dataset'],
  'linked-service': ['linked-service-delete', 'linked'],
  storage: ['storage-delete', 'account'],
  'dms-service': ['dms-service-delete', 'service', RUNNING_TOO],
  'dms-migration-service': ['dms-migration-service-delete', 'service'],
  'dms-task': ['dms-task-delete', 'task', RUNNING_TOO],
  'dms-migration': ['dms-migration-delete', 'migration', FORCE],
  deployment: ['deployment-delete', 'deployment'],
};

function deletion({ kind, name }: Leftover, { handoff }: Pick<Plan, 'handoff'>): ArmRequest {
  const [route, param, more] = DELETIONS[kind] ?? [];
  if (!route || !param || (handoff?.kind !== 'data-factory' && handoff?.kind !== 'dms')) {
    throw new MigrationError('internal', { reason: `${kind} is not taken away` });
  }
  const { subscriptionId: subscription, resourceGroup: group } = handoff.azure;
  const where =
    handoff.kind === 'data-factory'
      ? { factory: handoff.factory, account: handoff.storage.account }
      : { service: handoff.service, project: handoff.project, target: handoff.targetResourceId ?? '' };
  return armRequest(route, { subscription, group, ...where, [param]: name }, more);
}
