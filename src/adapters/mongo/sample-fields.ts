/** The top-level fields of a collection, as a bounded sample shows them: what a CSV export is to name. */
import type { Namespace } from '../../core/model/namespace.js';
import type { ClusterSession } from '../../engine/ports.js';

/** Documents looked at: a field that fewer than one in a thousand has may be missed, and the plan shows what was found. */
const SAMPLED = 1_000;
/** Names that a list with commas, or a dotted path, cannot tell. */
const UNNAMEABLE = /[,.$\0]|^\s*$/u;

/**
 * Field names in the order in which documents have them, `_id` first. Names that `mongoexport --fields` cannot say are told apart.
 * @throws MigrationError `command-failed`, `connection-lost` as the session does.
 */
export async function sampleFields(
  session: ClusterSession,
  ns: Namespace,
  signal?: AbortSignal,
): Promise<{ readonly fields: readonly string[]; readonly unnameable: readonly string[] }> {
  const pairs = { $objectToArray: '$$ROOT' };
  const pipeline = [
    { $sample: { size: SAMPLED } },
    { $project: { _id: 0, k: { $map: { input: pairs, as: 'pair', in: '$$pair.k' } } } },
    { $unwind: { path: '$k', includeArrayIndex: 'at' } },
    { $group: { _id: '$k', at: { $avg: '$at' } } },
    { $sort: { at: 1, _id: 1 } },
  ];
  const command = { aggregate: ns.coll, pipeline, cursor: { batchSize: 10_000 } };
  const reply = await session.command(ns.db, command, signal ? { signal } : {});
  const { firstBatch } = reply['cursor'] as { firstBatch: readonly { _id: string }[] };
  const names = firstBatch.map(({ _id }) => _id).filter((name) => name !== '_id');
  return {
    fields: ['_id', ...names.filter((name) => !UNNAMEABLE.test(name))],
    unnameable: names.filter((name) => UNNAMEABLE.test(name)),
  };
}
