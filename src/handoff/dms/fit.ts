import { MigrationError } from '../../core/model/error.js';
import type { DmsHandoff } from '../../core/model/handoff.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';

/** How DMS is to be used, for one of its two services. */
export type DmsPlan =
  | { readonly kind: 'cosmos-ru'; readonly handoff: DmsHandoff }
  | { readonly kind: 'cosmos-vcore'; readonly handoff: DmsHandoff & { readonly targetResourceId: string } };

/**
 * What a plan says of DMS, where DMS can do it. `collections`: those that it is to copy.
 * @throws MigrationError `bad-plan`: `dms-settings` where something is not said, `dms-vcore-continuous`, `dms-vcore-dump` and `dms-dump-continuous` for ways that the service does not have,
 * `dms-renames`, `dms-transforms` and `dms-timeseries` for what it cannot do to a collection.
 */
export function dmsPlan(plan: Plan, collections: readonly PlannedCollection[]): DmsPlan {
  const { handoff, targetKind: kind } = plan;
  if (handoff?.kind !== 'dms' || kind === 'mongodb') throw refused('dms-settings');
  const { replication, fromDump, targetResourceId } = handoff;
  const isContinuous = replication === 'continuous';
  if (isContinuous && kind === 'cosmos-vcore') throw refused('dms-vcore-continuous');
  if (fromDump && kind === 'cosmos-vcore') throw refused('dms-vcore-dump');
  if (fromDump && isContinuous) throw refused('dms-dump-continuous');
  for (const { source, target, transform, deadLetterOver, options } of collections) {
    const namespace = formatNamespace(source);
    if (options.timeseries) throw refused('dms-timeseries', namespace);
    if (kind === 'cosmos-ru' && namespace !== formatNamespace(target)) throw refused('dms-renames', namespace);
    if (transform || deadLetterOver !== undefined) throw refused('dms-transforms', namespace);
  }
  if (kind === 'cosmos-ru') return { kind, handoff };
  if (targetResourceId === undefined) throw refused('dms-settings');
  return { kind, handoff: { ...handoff, targetResourceId } };
}

function refused(reason: string, namespace?: string): MigrationError {
  return new MigrationError('bad-plan', { reason, ...(namespace === undefined ? {} : { namespace }) });
}
