/** A deployment of a template, for whatever is made in Azure: what it needs, what it would change, and the deployment itself. */
import { createHash } from 'node:crypto';
import type { AzurePlace } from '../../core/model/handoff.js';
import { MADE } from '../../core/plan/made-in-azure.js';
import type { RemoteRecord } from '../../engine/journal/record.js';
import type { Clock } from '../../engine/ports.js';
import { isNotFound, refusal } from './arm-errors.js';
import { at, listAt, textAt } from '../json.js';
import { MigrationError } from '../../core/model/error.js';
import type { ArmClient, ArmReply } from './ports.js';
import { armRequest } from './routes.js';

export interface Deployment {
  readonly place: AzurePlace;
  /** See {@link deploymentName}. */
  readonly name: string;
  readonly template: unknown;
  /** By name, secrets included: those have to be `securestring` in the template. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What a deployment would do to one resource, as Azure foresees it. */
export interface ForeseenChange {
  readonly resourceId: string;
  readonly change: 'create' | 'modify' | 'delete' | 'no-change' | 'ignore' | 'not-foreseen';
  /** Paths of properties that would change; of a resource that is made, none. */
  readonly properties: readonly string[];
}

export interface DeploymentSteps {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What earlier attempts have made, by `what`. */
  readonly earlier: Readonly<Record<string, Omit<RemoteRecord, 'type' | 'what'>>>;
  readonly note: (entry: Omit<RemoteRecord, 'type'>) => Promise<void>;
}

/** Between two looks at a deployment, which takes minutes. Judged. */
const FOLLOW_POLL_MS = 15_000;
/** ARM takes names of deployments up to this length. Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules. */
const LONGEST_NAME = 64;

/** A name that says whose the deployment is and changes with the template, never with a secret: the same name is the same content. */
export function deploymentName(planId: string, template: unknown): string {
  const hash = createHash('sha256').update(JSON.stringify(template)).digest('hex').slice(0, 12);
  const plan = planId.replace(/[^\w.-]/g, '-').slice(0, LONGEST_NAME - hash.length - 'mcm--'.length);
  return `mcm-${plan}-${hash}`;
}

/** What the deployment would change, before anything is. @throws MigrationError where Azure would refuse it. */
export async function foresee(
  arm: ArmClient,
  deployment: Deployment,
  signal?: AbortSignal,
): Promise<readonly ForeseenChange[]> {
  const request = armRequest('deployment-what-if', paramsOf(deployment), { body: bodyOf(deployment) });
  const reply = await arm.sendAndWait(request, signal);
  const error = at(reply.body, 'error');
  if (error !== undefined && error !== null)
    throw refusal(request, reply, { secrets: secretsOf(deployment) }, 'operation-failed');
  return [...listAt(reply.body, 'properties', 'changes'), ...listAt(reply.body, 'changes')].map((change) => ({
    resourceId: textAt(change, 'resourceId') ?? '',
    change: KINDS[textAt(change, 'changeType')?.toLowerCase() ?? ''] ?? 'not-foreseen',
    properties: listAt(change, 'delta').flatMap((delta) => textAt(delta, 'path') ?? []),
  }));
}

export function isChange({ change }: ForeseenChange): boolean {
  return change !== 'no-change' && change !== 'ignore';
}

/** Whether deploying would change anything, as far as Azure foresees. */
export function changesSomething(foreseen: readonly ForeseenChange[]): boolean {
  return foreseen.some(isChange);
}

const KINDS: Readonly<Record<string, ForeseenChange['change']>> = {
  create: 'create',
  modify: 'modify',
  delete: 'delete',
  nochange: 'no-change',
  noeffect: 'no-change',
  ignore: 'ignore',
  deploy: 'not-foreseen',
  unsupported: 'not-foreseen',
};

/**
 * Deploys and waits for the end. Safe to call again after a crash: one that is still going on is followed, one that has succeeded is not done again.
 * Where the run is cancelled, so is the deployment; what it has made stays and is in the journal.
 * @throws MigrationError, and the signal's reason.
 */
export async function deploy(arm: ArmClient, deployment: Deployment, steps: DeploymentSteps): Promise<void> {
  const { signal, note } = steps;
  const what = recordName(deployment);
  const id = deploymentId(deployment);
  const before = steps.earlier[what];
  if (before?.phase === 'ended' && before.outcome === 'Succeeded') return;
  if (before === undefined || before.phase === 'ended' || before.phase === 'removed') {
    await note({ what, phase: 'intent', id });
  }
  try {
    const isNew = before === undefined || before.phase === 'removed';
    let state = isNew ? undefined : await stateOf(arm, deployment, signal);
    if (state === undefined || /^(failed|cancell?ed)$/i.test(state)) {
      await start(arm, deployment, signal);
      await note({ what, phase: 'started', id });
    }
    state = await follow(arm, deployment, steps);
    await note({ what, phase: 'ended', id, outcome: state });
  } catch (error) {
    if (signal.aborted && signal.reason === 'cancelled') await cancel(arm, deployment);
    throw error;
  }
}

/** The record of a deployment in the journal. */
export function recordName({ name }: Pick<Deployment, 'name'>): string {
  return `${MADE.deployment}${name}`;
}

async function start(arm: ArmClient, deployment: Deployment, signal: AbortSignal): Promise<void> {
  try {
    await arm.send(armRequest('deployment-put', paramsOf(deployment), { body: bodyOf(deployment) }), signal);
  } catch (error) {
    // One of that name, and so with that content, is going on: it is followed.
    const isGoingOn = MigrationError.is(error, 'azure-refused') && error.facts['azureCode'] === 'DeploymentActive';
    if (!isGoingOn) throw error;
  }
}

async function follow(arm: ArmClient, deployment: Deployment, { clock, signal }: DeploymentSteps): Promise<string> {
  const request = armRequest('deployment-get', paramsOf(deployment));
  for (;;) {
    const reply: ArmReply = await arm.send(request, signal);
    const state = textAt(reply.body, 'properties', 'provisioningState');
    if (state === 'Succeeded') return state;
    if (state === undefined || /^(failed|cancell?ed)$/i.test(state)) {
      throw refusal(request, reply, { secrets: secretsOf(deployment) }, 'operation-failed');
    }
    await clock.sleep(FOLLOW_POLL_MS, signal);
  }
}

async function stateOf(arm: ArmClient, deployment: Deployment, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { body } = await arm.send(armRequest('deployment-get', paramsOf(deployment)), signal);
    return textAt(body, 'properties', 'provisioningState');
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The run is being stopped already: whether Azure agrees changes nothing for it. */
async function cancel(arm: ArmClient, deployment: Deployment): Promise<void> {
  await arm.send(armRequest('deployment-cancel', paramsOf(deployment))).catch(() => undefined);
}

function paramsOf({ place, name }: Deployment): Readonly<Record<string, string>> {
  return { subscription: place.subscriptionId, group: place.resourceGroup, deployment: name };
}

function deploymentId(deployment: Deployment): string {
  return armRequest('deployment-get', paramsOf(deployment)).path;
}

/** Incremental, always: the other mode deletes whatever else is in the resource group. */
function bodyOf({ template, parameters }: Deployment): unknown {
  const values = Object.entries(parameters).map(([name, value]) => [name, { value }] as const);
  return { properties: { mode: 'Incremental', template, parameters: Object.fromEntries(values) } };
}

function secretsOf({ template, parameters }: Deployment): readonly string[] {
  return Object.entries(parameters).flatMap(([name, value]) =>
    typeof value === 'string' && /^secure/i.test(textAt(template, 'parameters', name, 'type') ?? '') ? [value] : [],
  );
}
