/** What an assessment can be told, and the reasons that follow from it. */
import ourPrices from '../../media/prices.json';
import type { ReasonId } from '../../src/core/advise/reason-ids.js';
import type { ServiceKind, TargetReasonId } from '../../src/core/advise/target-choice.js';
import { PRICE_IDS, priceList, unitOf, type PriceFile, type PriceList } from '../../src/core/cost/price-list.js';
import type { CollectionFacts } from '../../src/core/model/facts.js';
import { SCAN_BUCKETS } from '../../src/core/model/scan.js';
import { bytes, GIB, MIB, ruPerSecond, TIB } from '../../src/core/model/units.js';
import type { SourceUsage } from '../../src/core/model/usage.js';
import { assumedTarget } from '../../src/core/plan/target.js';
import type { Trial } from '../../src/core/size/trial.js';
import { aFieldScan, aScan } from './assess-builders.js';
import { RU, sized, type Facts } from './assessment-of.js';
import { aCluster, aCollection, anIndex, aSample, aVersion } from './core-builders.js';
import { aUsage, aUse } from './usage-builders.js';

const MONGODB = { description: assumedTarget('mongodb') };
const old = aVersion('4.0.28');
const HOUR = 3_600_000;
const windowOf = (ms: number): Partial<SourceUsage> => ({
  oplog: { windowMs: ms, sizeBytes: GIB, bytesPerSecond: 1_000 },
});
const rates = (insert: number): Partial<SourceUsage> => ({
  uptimeSeconds: 30 * 86_400,
  rates: { insert, query: 0, update: 0, delete: 0, getmore: 0, command: 0, seconds: 30 * 86_400, by: 'since-start' },
});
const tried = (change: Partial<Trial>): Trial => ({ ns: 'shop.orders', ...change });
const seconds = [1, 2, 3].map(() => ({ ms: 1_000, documents: 1_000, bytes: 1_000_000 }));
const online = { online: true } as const;

/** Three shares of four of it in one partition. */
const skewed = aScan({
  documents: 10_000,
  of: 8_000_000,
  bytes: 10_000 * 1024,
  sizes: [
    { upTo: 1024, documents: 10_000, bytes: 10_000 * 1024 },
    { upTo: null, documents: 0, bytes: 0 },
  ],
  drawn: 'random',
  fields: [
    aFieldScan('region', {
      present: 10_000,
      types: { string: 10_000 },
      distinct: { values: 2_500, exact: true },
      top: [{ documents: 0.75, bytes: 0.75 }],
      bucketBytes: Array.from({ length: SCAN_BUCKETS }, (_, i) => (i === 3 ? 3 * SCAN_BUCKETS : 1)),
    }),
  ],
});
const keyed = (size: number): CollectionFacts => sized(size, { shardKey: [['region', 1]] });
const FOUR_PARTITIONS = { throughput: { kind: 'manual', ruPerSecond: ruPerSecond(40_000) } } as const;

/** Facts, and reasons that follow from them. */
export const METHOD_REASONS: readonly (readonly [what: string, facts: Facts, ...reasons: readonly ReasonId[]])[] = [
  [
    'a small source of today',
    {},
    ...(['size-in-band', 'size-below-band', 'relay-absorbs-throttling', 'throttling-left-to-service'] as const),
    ...(['bytes-kept', 'bytes-may-change', 'text-files-not-wanted', 'resumes-where-it-stopped'] as const),
    ...([
      'resumes-within-ranges',
      'checks-the-target-only',
      'needs-no-other-program',
      'runs-beside-the-target',
    ] as const),
    ...(['setup-in-azure', 'source-version-unverified', 'reads-newer-from-dump', 'sink-unverified'] as const),
    ...(['studio-not-owned', 'done-by-hand', 'slower-than-binary', 'need-database-tools', 'need-write-stop'] as const),
    ...(['need-machine-that-stays-on', 'need-studio-3t', 'need-dms-service', 'need-dump-in-blob'] as const),
    ...(['need-data-factory', 'need-storage-account', 'need-databricks', 'need-network-to-azure'] as const),
    ...(['charge-by-published-table', 'one-term-per-index', 'speed-measured-elsewhere', 'bands-by-microsoft'] as const),
    ...(['bound-by-throughput', 'bound-by-copying', 'speed-simulated', 'faster-than-the-tools'] as const),
    'preview-for-target',
  ],
  ['a MongoDB server for a target', { targets: [MONGODB] }, 'target-kind-unsupported'],
  ['more than the tools are for', { collections: [sized(100 * GIB)] }, 'size-above-band', 'starts-again-when-stopped'],
  ['an old source that DMS reads', { collections: [sized(100 * GIB)], source: old }, 'speed-judged'],
  ['terabytes', { collections: [sized(2 * TIB)] }, 'bound-to-one-machine'],
  [
    'files that are wanted',
    { wishes: { wantsFiles: 'csv' } },
    'text-files-wanted',
    'gives-no-text-files',
    'need-disk-space',
  ],
  [
    'writes that go on',
    { source: old, wishes: online },
    'works-online',
    'writes-must-stop',
    'need-change-streams',
    'need-oplog-for-copy',
  ],
  [
    'writes that go on, on a standalone',
    { source: { ...old, topology: 'standalone' }, wishes: online },
    'online-needs-replica-set',
  ],
  [
    'writes that go on, and a long oplog',
    { source: old, wishes: online, usage: aUsage(windowOf(1_000 * HOUR)) },
    'oplog-covers-copy',
  ],
  [
    'writes that go on, and a short oplog',
    { source: old, wishes: online, usage: aUsage(windowOf(60_000)) },
    'oplog-shorter-than-copy',
  ],
  [
    'writes that go on, on Amazon',
    { source: { ...old, kind: 'amazon-documentdb' }, wishes: online },
    'need-change-streams-enabled',
    'online-from-kind-unverified',
    'source-kind-unverified',
  ],
  [
    'more writes than the target takes',
    {
      source: old,
      wishes: online,
      usage: aUsage(rates(5_000)),
      throughput: { kind: 'manual', ruPerSecond: ruPerSecond(400) },
    },
    'writes-outrun-target',
    'stops-so-many-writes',
  ],
  ['a wide window', { wishes: { windowHours: 1_000 } }, 'fits-window'],
  ['a window that is just wide enough', { wishes: { windowHours: 0.2 } }, 'may-exceed-window'],
  ['a narrow window', { source: old, wishes: { windowHours: 0.001 } }, 'exceeds-window', 'window-only-for-cutover'],
  [
    'a collection that has no ranges',
    { collections: [sized(GIB, { options: { collation: { locale: 'de' } } })] },
    'reads-some-in-one-go',
  ],
  ['vCore for a source', { source: { kind: 'cosmos-vcore' } }, 'source-knows-no-ranges', 'source-kind-unsupported'],
  ['an RU account for a source', { source: { kind: 'cosmos-ru' } }, 'source-charges-for-reads'],
  ['a source before 3.6', { source: aVersion('3.2.22') }, 'source-version-too-old'],
  [
    'documents that are too large',
    { collections: [aSample({ largestBytes: 3 * MIB })] },
    'sets-large-documents-aside',
    'stops-at-large-documents',
  ],
  ['_ids of several types', { collections: [aSample({ idTypes: { int: 1, string: 1 } })] }, 'mixed-id-types-kept'],
  ['a serverless account', { throughput: { kind: 'serverless' } }, 'serverless-unsupported'],
  [
    'an account whose throughput nobody said',
    { targets: [{ ...RU, cluster: aCluster({ kind: 'cosmos-ru' }) }] },
    'throughput-unknown',
  ],
  ['who owns Studio 3T', { wishes: { ownsStudio3t: true } }, 'studio-owned'],
  ['a scan', { scans: [aScan({ fields: [aFieldScan('a')] })] }, 'terms-by-scan'],
  ['a charge that was measured', { measured: { ruPerDocument: 10 } }, 'charge-measured'],
  ['a copy that was tried', { trial: tried({ copied: seconds }) }, 'speed-measured-here'],
  ['a reading that was tried', { trial: tried({ read: seconds }) }, 'reading-measured-here'],
  [
    'a copy that was tried for too short',
    { trial: tried({ copied: [{ ms: 10, documents: 1, bytes: 1 }] }) },
    'trial-too-short',
  ],
  [
    'a trial that was throttled',
    { trial: tried({ read: seconds, copied: seconds, heldByRequestUnits: true }) },
    'trial-held-by-request-units',
  ],
  ['thresholds of one’s own', { settings: { nativeToolsUpTo: bytes(1_000) } }, 'bands-by-settings'],
  ['a source that Azure reaches', { wishes: { network: { sourceReachableFromAzure: true } } }, 'reachable-from-azure'],
  [
    'a source that Azure does not reach',
    { wishes: { network: { sourceReachableFromAzure: false } } },
    'not-reachable-from-azure',
  ],
  ['sides that are not reached from here', { wishes: { network: { fromHere: false } } }, 'not-reachable-from-here'],
  [
    'a private endpoint',
    { wishes: { network: { privateEndpoint: true } } },
    'private-endpoint-needs-network',
    'need-machine-inside-network',
  ],
  ['people who know Azure', { wishes: { skills: ['azure'] } }, 'skill-there', 'skill-missing'],
  [
    'a shared tier of Atlas',
    {
      source: { ...old, kind: 'atlas' },
      wishes: online,
      usage: aUsage({ gaps: [{ purpose: 'oplog-window', reason: 'missing-privilege' }] }),
    },
    'atlas-shared-assumed',
    'atlas-shared-no-oplog',
    'atlas-shared-limits-transfer',
  ],
  ['a shard key that nobody looked at', { collections: [keyed(8 * GIB)], ...FOUR_PARTITIONS }, 'simulated-spread-even'],
  [
    'a shard key whose values were counted',
    { collections: [keyed(8 * GIB)], scans: [skewed], ...FOUR_PARTITIONS },
    'simulated-spread-measured',
  ],
  [
    'many collections',
    { collections: Array.from({ length: 30 }, (_, i) => aCollection(`shop.c${i}`)) },
    'jobs-of-few-collections',
  ],
];

/** Ours lack the cluster's. */
const withVcore = (hour: number): PriceList => {
  const told = { source: 'our contract', date: '2026-01-01' } as const;
  const tiers = PRICE_IDS.filter((id) => id.startsWith('vcore-M'));
  return priceList(ourPrices as PriceFile, {
    from: 'ours.json',
    file: {
      version: 1,
      currency: 'USD',
      asOf: '2026-01-01',
      region: 'any',
      prices: [
        ...tiers.map((id) => ({ id, amount: hour, unit: unitOf(id), ...told })),
        { id: 'vcore-storage', amount: 0.1, unit: unitOf('vcore-storage'), ...told },
      ],
    },
  });
};
const quiet = aUsage(rates(0.01));

/** Facts, and what they say for (+) or against (-) a service. */
export const SERVICE_REASONS: readonly (readonly [
  what: string,
  facts: Facts,
  ...reasons: readonly `${ServiceKind} ${'+' | '-'} ${TargetReasonId}`[],
])[] = [
  [
    'a small source whose use is not known',
    {},
    'cosmos-ru + no-blockers',
    'cosmos-vcore + no-blockers',
    'cosmos-vcore + little-data',
    'cosmos-ru + usage-unknown',
    'cosmos-vcore + usage-unknown',
    'cosmos-vcore + cost-unknown',
  ],
  [
    'a large collection without a shard key',
    { collections: [sized(100 * GIB)] },
    'cosmos-ru - blockers',
    'cosmos-ru - needs-shard-keys',
  ],
  ['much data', { collections: [keyed(5 * TIB)] }, 'cosmos-ru + spreads-without-end'],
  [
    'much that an account takes otherwise',
    { collections: [sized(GIB, { indexes: ['a', 'b', 'c', 'd'].map((path) => anIndex({ key: [[path, '2d']] })) })] },
    'cosmos-ru - more-warnings',
  ],
  [
    'documents that are too large',
    { collections: [aSample({ largestBytes: 3 * MIB })] },
    'cosmos-ru - documents-over-2mb',
  ],
  [
    'writes in several regions',
    { wants: ['global-writes'] },
    'cosmos-ru + global-writes',
    'cosmos-vcore - regions-for-reading',
  ],
  ['load that comes and goes', { wants: ['elastic'] }, 'cosmos-ru + elastic', 'cosmos-vcore - scaled-by-hand'],
  ['a promised latency', { wants: ['low-latency'] }, 'cosmos-ru + latency-promised'],
  [
    'transactions',
    { usage: aUsage({ transactionsCommitted: 3 }) },
    'cosmos-ru - transactions-across-collections',
    'cosmos-vcore + transactions-as-known',
  ],
  [
    'text search',
    { usage: aUsage({ features: [aUse('query-operator', '$text')] }) },
    'cosmos-ru - text-search-unsupported',
    'cosmos-vcore + text-search',
  ],
  [
    'joins',
    { usage: aUsage({ features: [aUse('stage', '$lookup')] }) },
    'cosmos-ru - joins-charged-by-read',
    'cosmos-vcore + joins-in-use',
  ],
  [
    'queries for one value',
    {
      usage: aUsage({
        fields: [
          { ns: { db: 'shop', coll: 'orders' }, path: '_id', equality: 990, otherwise: 10, updated: 0, sorted: 0 },
        ],
      }),
    },
    'cosmos-ru + point-reads-prevail',
  ],
  ['a dear cluster', { usage: quiet, prices: withVcore(10) }, 'cosmos-ru + cheaper'],
  [
    'a cluster for next to nothing',
    { usage: aUsage(rates(5_000)), prices: withVcore(0.001) },
    'cosmos-vcore + cheaper',
  ],
  [
    'a cluster that costs about as much',
    { usage: aUsage(rates(5_000)), prices: withVcore(2) },
    'cosmos-ru + cost-alike',
    'cosmos-vcore + cost-alike',
  ],
  [
    'one value for most documents',
    { collections: [keyed(8 * GIB)], scans: [skewed], ...FOUR_PARTITIONS },
    'cosmos-ru - hot-partition',
  ],
];
