/** For every rule on features in use and on clients: a use that makes it fire, and one next to it that does not. */
import type { AssessInput } from '../../src/core/assess/assess.js';
import type { FeatureUse, SourceUsage } from '../../src/core/model/usage.js';
import { describeTarget, type TargetDescription } from '../../src/core/plan/target.js';
import { aCluster, aCollection, anIndex, anInventory, aVersion, ID_INDEX } from './core-builders.js';
import { aUsage, aUse } from './usage-builders.js';

const ru = (version: string): TargetDescription =>
  describeTarget(aCluster({ kind: 'cosmos-ru', ...aVersion(version) }));
const vcore = (version: string): TargetDescription =>
  describeTarget(aCluster({ kind: 'cosmos-vcore', ...aVersion(version) }));
const RU = ru('7.0.0');
const VCORE = vcore('7.0.0');
const retryable = describeTarget(aCluster({ kind: 'cosmos-ru', ...aVersion('7.0.0') }), ['EnableMongoRetryableWrites']);

const collection = aCollection('shop.orders', {
  indexes: [ID_INDEX, anIndex({ key: [['state', 1], ['at', -1]] }), anIndex({ key: [['customer', 1]] })], // prettier-ignore
});
const sharded = aCollection('shop.orders', { shardKey: [['customer', 1]] });

const on = (target: TargetDescription, usage: Partial<SourceUsage>, facts = collection): AssessInput => ({
  inventory: anInventory([facts]),
  target,
  usage: aUsage(usage),
});
const using = (target: TargetDescription, ...features: readonly FeatureUse[]): AssessInput => on(target, { features });
const counted = (kind: FeatureUse['kind'], name: string): FeatureUse =>
  aUse(kind, name, { evidence: 'server-counters' });
const ns = { db: 'shop', coll: 'orders' };
const sortedBy = (...key: readonly (readonly [string, number])[]): Partial<SourceUsage> => ({
  sorts: [{ ns, key, count: 2 }],
});
const client = (driver: string, version: string): Partial<SourceUsage> => ({
  clients: [{ driver, version, connections: 4 }],
});

export const FEATURE_CASES: Readonly<Record<string, readonly [fires: AssessInput, doesNot: AssessInput]>> = {
  'feature-stage-unsupported': [
    using(RU, aUse('stage', '$graphLookup')),
    using(ru('4.0.0'), aUse('stage', '$graphLookup')),
  ],
  'feature-expression-unsupported': [
    using(ru('4.0.0'), aUse('expression', '$round')),
    using(ru('4.2.0'), aUse('expression', '$round')),
  ],
  'feature-accumulator-unsupported': [
    using(vcore('5.0.0'), aUse('accumulator', '$topN')),
    using(vcore('6.0.0'), aUse('accumulator', '$topN')),
  ],
  'feature-query-operator-unsupported': [
    using(RU, aUse('query-operator', '$bitsAllSet')),
    using(VCORE, aUse('query-operator', '$bitsAllSet')),
  ],
  'feature-command-unsupported': [using(RU, aUse('command', 'collMod')), using(VCORE, aUse('command', 'collMod'))],
  'feature-javascript-unsupported': [using(RU, counted('command', 'mapReduce')), using(RU, aUse('command', 'find'))],
  'feature-text-search-unsupported': [
    using(RU, aUse('query-operator', '$text')),
    using(VCORE, aUse('query-operator', '$text')),
  ],
  'feature-counted-unsupported': [using(RU, counted('command', 'collMod')), using(RU, counted('stage', '$collStats'))],
  'feature-not-listed': [using(RU, aUse('stage', '$densify')), using(VCORE, aUse('stage', '$densify'))],
  'feature-lookup-pipeline-unsupported': [
    using(RU, aUse('option', '$lookup.let')),
    using(VCORE, aUse('option', '$lookup.let')),
  ],
  'feature-find-and-modify-sort-unsupported': [
    using(ru('4.2.0'), aUse('option', 'findAndModify.sort')),
    using(ru('4.0.0'), aUse('option', 'findAndModify.sort')),
  ],
  'feature-array-literal-unsupported': [
    using(RU, aUse('option', 'comparison.arrayLiteral')),
    using(VCORE, aUse('option', 'comparison.arrayLiteral')),
  ],
  'feature-regex-scans': [using(RU, aUse('option', '$regex.options')), using(RU, aUse('query-operator', '$regex'))],
  'feature-collation-ignored-vcore': [
    using(VCORE, aUse('option', 'collation')),
    using(RU, aUse('option', 'collation')),
  ],
  'feature-collation-unsupported-ru': [
    using(RU, aUse('option', 'collation')),
    using(VCORE, aUse('option', 'collation')),
  ],
  'feature-option-ignored-vcore': [using(VCORE, aUse('option', 'min')), using(RU, aUse('option', 'min'))],
  'feature-option-refused-vcore': [using(VCORE, aUse('option', 'returnKey')), using(RU, aUse('option', 'returnKey'))],
  'feature-write-concern-ignored-ru': [
    using(RU, aUse('option', 'writeConcern')),
    using(VCORE, aUse('option', 'writeConcern')),
  ],
  'feature-write-concern-ignored-vcore': [
    using(VCORE, aUse('option', 'writeConcern')),
    using(RU, aUse('option', 'writeConcern')),
  ],
  'feature-lookup-form-unknown': [
    using(RU, counted('stage', '$lookup')),
    using(RU, counted('stage', '$lookup'), aUse('stage', '$lookup')),
  ],
  'feature-transactions-unsupported': [
    on(ru('3.6.0'), { transactionsCommitted: 5 }),
    on(ru('4.0.0'), { transactionsCommitted: 5 }),
  ],
  'feature-transactions-limited-ru': [
    on(RU, { transactionsCommitted: 5 }),
    on(ru('3.6.0'), { transactionsCommitted: 5 }),
  ],
  'feature-transaction-sharded': [
    on(RU, { features: [aUse('option', 'transaction')] }, sharded),
    on(RU, { features: [aUse('option', 'transaction')] }),
  ],
  'feature-transactions-limited-vcore': [
    using(VCORE, aUse('option', 'transaction')),
    on(VCORE, { transactionsCommitted: 0 }),
  ],
  'feature-change-streams-limited': [on(RU, { openChangeStreams: 1 }), on(VCORE, { openChangeStreams: 1 })],
  'feature-sort-without-index': [on(RU, sortedBy(['state', 1], ['at', 1])), on(RU, sortedBy(['state', -1], ['at', 1]))],
  'client-retry-writes-refused': [
    using(RU, aUse('option', 'retryableWrite', { evidence: 'oplog' })),
    using(VCORE, aUse('option', 'retryableWrite', { evidence: 'oplog' })),
  ],
  'client-retry-writes-unordered': [
    using(retryable, aUse('option', 'retryableWrite', { evidence: 'oplog' })),
    using(RU, aUse('option', 'retryableWrite', { evidence: 'oplog' })),
  ],
  'client-retry-writes-twice': [on(VCORE, { retriedWrites: 1 }), on(VCORE, { retriedWrites: 0 })],
  'client-connection-settings-ru': [on(RU, {}), on(VCORE, {})],
  'client-connection-settings-vcore': [on(VCORE, {}), on(RU, {})],
  'client-driver-too-old': [on(VCORE, client('PyMongo', '3.6.1')), on(RU, client('PyMongo', '3.6.1'))],
  'client-users-by-hand': [on(RU, { users: 2 }), on(RU, { users: 0 })],
  'feature-use-unknown': [
    on(RU, { looked: { profiled: 0, logged: 0, oplogEntries: 9 } }),
    on(RU, { looked: { profiled: 0, logged: 0, oplogEntries: 9 }, features: [counted('stage', '$match')] }),
  ],
};

/** Before transactions, and before many an operator. */
export const OLD_TARGETS = [ru('3.6.0'), vcore('5.0.0')];

/** What another target than the one of its case lacks. */
export const FEATURES_ELSEWHERE: readonly AssessInput[] = [
  using(
    VCORE,
    aUse('stage', '$changeStreamSplitLargeEvent'),
    aUse('expression', '$$CLUSTER_TIME'),
    aUse('command', 'dataSize'),
    aUse('query-operator', '$where'),
    aUse('query-operator', '$meta'),
    counted('command', 'compact'),
  ),
  on(RU, client('nodejs', '2.2')),
];
