import type { AssessInput } from '../../src/core/assess/assess.js';
import type { CollectionFacts, IndexFacts } from '../../src/core/model/facts.js';
import { parseNamespace } from '../../src/core/model/namespace.js';
import type { CollectionScan, FieldScan } from '../../src/core/model/scan.js';
import type { SourceUsage } from '../../src/core/model/usage.js';
import { describeTarget, type TargetDescription } from '../../src/core/plan/target.js';
import { aCluster, aCollection, anInventory, aVersion } from './core-builders.js';

export const RU = describeTarget(aCluster({ kind: 'cosmos-ru', ...aVersion('4.2.0') }));
export const RU_ALL = describeTarget(aCluster({ kind: 'cosmos-ru' }), [
  'EnableMongo16MBDocumentSupport',
  'EnableTtlOnCustomPath',
  'EnablePartialUniqueIndex',
  'EnableUniqueCompoundNestedDocs',
]);
export const VCORE = describeTarget(aCluster({ kind: 'cosmos-vcore', ...aVersion('7.0.0') }));
export const mongodb = (version: string): TargetDescription => describeTarget(aCluster(aVersion(version)));
export const MONGODB = mongodb('7.0.0');

/** For every rule of a topic: input that makes it fire, and input next to it that does not. */
export type Cases = Readonly<Record<string, readonly [fires: AssessInput, doesNot: AssessInput]>>;

export const of = (target: TargetDescription, ...collections: readonly CollectionFacts[]): AssessInput => ({
  inventory: anInventory(collections),
  target,
});
export const withIndexes = (target: TargetDescription, ...indexes: readonly IndexFacts[]): AssessInput =>
  of(target, aCollection('shop.orders', { indexes }));
export const withOptions = (target: TargetDescription, options: CollectionFacts['options']): AssessInput =>
  of(target, aCollection('shop.orders', { options }));
export const sourceOf = (source: Parameters<typeof aCluster>[0], target: TargetDescription): AssessInput => ({
  inventory: anInventory([], { cluster: aCluster(source) }),
  target,
});

/** Of 100 documents, each of which has the field, with a value of its own. */
export function aFieldScan(path: string, change: Partial<FieldScan> = {}): FieldScan {
  return {
    path,
    present: 100,
    nulls: 0,
    arrays: 0,
    types: { string: 100 },
    distinct: { values: 100, exact: true },
    largestValueBytes: 16,
    top: [{ documents: 0.01, bytes: 0.01 }],
    bucketBytes: [],
    ...change,
  };
}

/** Of 100 documents among 1,000. */
export function aScan(change: Partial<CollectionScan> = {}): CollectionScan {
  return {
    ns: parseNamespace('shop.orders'),
    mode: 'sample',
    documents: 100,
    of: 1000,
    bytes: 100 * 1024,
    largestBytes: 2048,
    sizes: [{ upTo: null, documents: 100, bytes: 100 * 1024 }],
    deepest: 2,
    id: { types: { objectId: 100 }, largestBytes: 12 },
    termsPerDocument: {},
    fields: [],
    fieldsLeftOut: 0,
    gaps: [],
    ...change,
  };
}

export const scanned = (input: AssessInput, change: Partial<CollectionScan>): AssessInput => ({
  ...input,
  scans: [aScan(change)],
});

export function aUsage(change: Partial<SourceUsage> = {}): SourceUsage {
  return {
    readAt: '2026-01-02T03:04:05.000Z',
    namespaces: [],
    features: [],
    fields: [],
    sorts: [],
    clients: [],
    looked: { profiled: 0, logged: 0, oplogEntries: 0 },
    gaps: [],
    ...change,
  };
}
