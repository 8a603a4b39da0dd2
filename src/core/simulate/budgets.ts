import type { CollectionFacts, Throughput } from '../model/facts.js';
import { formatNamespace } from '../model/namespace.js';
import { GIB } from '../model/units.js';
import { SERVERLESS_RU_PER_SECOND } from '../size/limits.js';
import type { SimulatedBudget } from './input.js';

export interface NamedBudget extends SimulatedBudget {
  /** `db.coll`, or `db.` where collections share it. */
  readonly name: string;
}

/** A collection that is made gets a partition for each of these RU/s: manual, autoscale and shared. Source: learn.microsoft.com/azure/cosmos-db/scaling-provisioned-throughput-best-practices. */
const CREATION_RU_PER_PARTITION = { manual: 6_000, otherwise: 10_000 } as const;
/** Most of one partition. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
const PARTITION_BYTES = 50 * GIB;

/** The budget that a collection of an RU target is written from; undefined where its throughput is not known. `ruPerSecond`: how much a shared or serverless one is. */
export function budgetFor(
  collection: CollectionFacts,
  throughput: Throughput | undefined,
  ruPerSecond: number | undefined,
  sharded: boolean,
): NamedBudget | undefined {
  const { ns, logicalBytes } = collection;
  const own = (rate: number, perPartition: number): NamedBudget => ({
    name: formatNamespace(ns),
    ruPerSecond: rate,
    partitions: sharded ? Math.max(1, Math.ceil(rate / perPartition), Math.ceil(logicalBytes / PARTITION_BYTES)) : 1,
  });
  switch (throughput?.kind) {
    case 'manual':
      return own(throughput.ruPerSecond, CREATION_RU_PER_PARTITION.manual);
    case 'autoscale':
      return own(throughput.maxRuPerSecond, CREATION_RU_PER_PARTITION.otherwise);
    case 'serverless':
      return own(ruPerSecond ?? SERVERLESS_RU_PER_SECOND, CREATION_RU_PER_PARTITION.otherwise);
    case 'shared':
      if (ruPerSecond === undefined) return undefined;
      return {
        name: `${ns.db}.`,
        ruPerSecond,
        partitions: Math.max(1, Math.ceil(ruPerSecond / CREATION_RU_PER_PARTITION.otherwise)),
      };
    case undefined:
      return undefined;
  }
}
