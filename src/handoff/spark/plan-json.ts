/** What the job's Python reads of the plan: data in a file of its own, so that no name has to be escaped for Python or YAML. */
import type { SparkHandoff } from '../../core/model/handoff.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';
import { CHARGE_KNOTS, insertCharge } from '../../core/size/charges.js';
import type { SparkSizing } from './sizing.js';

/** Of what the Python side reads; changed together with it. */
const FORMAT = 1;

/** Why a collection of the plan is not in the job. */
export type LeftToOthers =
  /** Made by this product once the data is there. */
  | 'view'
  /** Its documents have no `_id` of their own to go on from. */
  | 'timeseries'
  /** PyMongo does not open collections of this name. */
  | 'name'
  /** A filter or a change of fields that only a direct copy makes. */
  | 'changed';

/** Undefined where the job brings it. */
export function leftToOthers({ source, target, options, transform }: PlannedCollection): LeftToOthers | undefined {
  if (options.view) return 'view';
  if (options.timeseries) return 'timeseries';
  if (transform) return 'changed';
  return isOpenable(source) && isOpenable(target) ? undefined : 'name';
}

/** PyMongo's own rule (pymongo.collection.Collection), stricter than the server's. */
function isOpenable({ coll }: Namespace): boolean {
  return !coll.includes('..') && !coll.includes('$') && !coll.startsWith('.') && !coll.endsWith('.');
}

/** The text of `plan.json`. No secret is in it: connection strings are asked of the secret scope by their names. */
export function planJson(plan: Plan, handoff: SparkHandoff, sizing: SparkSizing): string {
  const collections = plan.collections.filter((c) => leftToOthers(c) === undefined);
  const data = {
    format: FORMAT,
    planId: plan.id,
    targetKind: plan.targetKind,
    conflictPolicy: plan.conflictPolicy,
    readPreference: plan.readPreference,
    readConcern: plan.readConcern ?? null,
    secretScope: handoff.secretScope,
    slots: sizing.slots,
    rangeBytes: sizing.rangeBytes,
    batchDocuments: sizing.batchDocuments,
    batchBytes: sizing.batchBytes,
    ruPerDocument: plan.tuning.ruPerDocument ?? null,
    stateRuPerSecond: sizing.stateRuPerSecond ?? null,
    chargeTable: CHARGE_KNOTS.map((size) => [size, insertCharge(size)]),
    collections: collections.map((c) => ({
      source: { db: c.source.db, coll: c.source.coll },
      target: { db: c.target.db, coll: c.target.coll },
      // Some servers reckon sizes in fractions; ranges are cut by whole numbers.
      documents: Math.ceil(c.documents),
      bytes: Math.ceil(c.logicalBytes),
      ...budgetOf(plan, c),
      shardKey: (c.shardKey ?? []).map(([path]) => path),
      deadLetterOver: c.deadLetterOver ?? null,
    })),
  };
  return `${JSON.stringify(data, undefined, 1)}\n`;
}

/** Whose throughput a collection is written with: its own, or its database's. */
function budgetOf(
  plan: Plan,
  { target, throughput }: PlannedCollection,
): { budget: string; ruPerSecond: number | null } {
  const own = formatNamespace(target);
  if (plan.targetKind !== 'cosmos-ru') return { budget: own, ruPerSecond: null };
  const told = plan.tuning.ruPerSecond ?? null;
  switch (throughput?.kind) {
    case 'manual':
      return { budget: own, ruPerSecond: throughput.ruPerSecond };
    case 'autoscale':
      return { budget: own, ruPerSecond: throughput.maxRuPerSecond };
    case 'shared':
      return { budget: `${target.db}.`, ruPerSecond: told };
    case 'serverless':
    case undefined:
      return { budget: own, ruPerSecond: told };
  }
}
