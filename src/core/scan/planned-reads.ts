import type { ClusterFacts } from '../model/facts.js';
import type { PlannedRead } from '../model/reading.js';
import { commandName } from './command-name.js';
import { metadataLimit, STATISTICS_LIMIT_MS } from './metadata-commands.js';
import {
  endCommand,
  naturalCommand,
  orderedCommand,
  SAMPLE_DOCUMENTS,
  SAMPLE_LIMIT_MS,
  sampleCommand,
  SCAN_LIMIT_MS,
  stretchCommand,
} from './scan-plan.js';
import {
  expectedTier,
  lookupPipeline,
  METADATA_SAMPLE,
  unionPipeline,
  type StatisticsTier,
} from './statistics-pipeline.js';

export interface PlannedReadsInput {
  readonly cluster: Pick<ClusterFacts, 'kind' | 'topology' | 'maxWireVersion'>;
  /** The connection string names a user: then what the user may see is asked first. */
  readonly authenticated: boolean;
  readonly readPreference?: string;
  /** Documents of each collection that the metadata's own sample looks at; 0 for none. */
  readonly metadataSample?: number;
  /** RU accounts: throughput and shard key of each collection. */
  readonly ruThroughput?: boolean;
  /** Absent: no document is looked at but the metadata's sample, of which only sizes and types of `_id` are told. */
  readonly scan?: { readonly mode: 'sample' | 'full'; readonly sampleSize?: number; readonly limitMs?: number };
  /** What reading the use of the source sends. */
  readonly usage: readonly PlannedRead[];
}

/** What the commands of an assessment are for. Closed, so that words can be complete; those of the use come from where it is read. */
export const READ_PURPOSES = [
  'server-identity',
  'list-databases',
  'list-collections',
  'shard-keys',
  'own-privileges',
  'collection-statistics',
  'collection-indexes',
  'ru-throughput',
  'data-sample',
  'data-scan',
  'next-batch',
] as const;

type ReadPurpose = (typeof READ_PURPOSES)[number];

const EACH = '<collection>';
const DATABASE = '<database>';

/**
 * Every command that an assessment with these options may send, in its order; a collection gets fewer where the first way succeeds. The list is made of the very
 * commands that are sent, and nothing that writes is among them. What the driver does on its own (greeting, logging in, looking after its servers, ending sessions) is not told.
 */
export function plannedReads(input: PlannedReadsInput): readonly PlannedRead[] {
  return [...identity(input.cluster), ...metadata(input), ...scanReads(input), ...input.usage, ...cursors()];
}

/** What is asked before it is known what server answers has no time limit of its own: it looks at nothing but what the process holds in memory. */
function identity({ kind }: PlannedReadsInput['cluster']): PlannedRead[] {
  const limit = metadataLimit({ kind });
  const asked: readonly (readonly [Readonly<Record<string, unknown>>, string?])[] = [
    [{ hello: 1 }],
    // Before 4.4.2.
    [{ isMaster: 1 }],
    [{ buildInfo: 1 }],
    [{ getLastRequestStatistics: 1 }],
    [{ getCmdLineOpts: 1 }, 'clusterMonitor'],
    [{ atlasVersion: 1 }],
    [{ ping: 1 }],
    ...(kind === 'mongodb' || kind === 'atlas'
      ? ([
          [{ hostInfo: 1, ...limit }, 'clusterMonitor'],
          [{ serverStatus: 1, ...limit }, 'clusterMonitor'],
        ] as const)
      : []),
  ];
  return asked.map(([command, needs]) => read('server-identity', command, 'admin', 'once', 'primary', needs));
}

function metadata(input: PlannedReadsInput): PlannedRead[] {
  const { cluster, authenticated, readPreference = 'secondaryPreferred' } = input;
  const limit = metadataLimit(cluster);
  const genuine = cluster.kind === 'mongodb' || cluster.kind === 'atlas';
  const statistics = statisticsCommand(expectedTier(cluster), input);
  return [
    read('list-databases', { listDatabases: 1, nameOnly: true, ...limit }, 'admin', 'once', readPreference),
    read('list-collections', { listCollections: 1, ...limit }, DATABASE, 'each-database', 'primaryPreferred'),
    ...(cluster.topology === 'sharded'
      ? [
          read(
            'shard-keys',
            { find: 'collections', projection: { key: 1 }, ...limit },
            'config',
            'once',
            readPreference,
          ),
        ]
      : []),
    ...(authenticated && genuine
      ? [
          read(
            'own-privileges',
            { connectionStatus: 1, showPrivileges: true, ...limit },
            'admin',
            'once',
            readPreference,
          ),
        ]
      : []),
    ...(statistics ? [read('collection-statistics', statistics, DATABASE, 'each-collection', readPreference)] : []),
    // Where the aggregation is refused.
    read('collection-statistics', { collStats: EACH, ...limit }, DATABASE, 'each-collection', readPreference),
    read('collection-indexes', { listIndexes: EACH, ...limit }, DATABASE, 'each-collection', 'primaryPreferred'),
    ...(input.ruThroughput && cluster.kind === 'cosmos-ru'
      ? [
          read(
            'ru-throughput',
            { customAction: 'GetCollection', collection: EACH },
            DATABASE,
            'each-collection',
            'primary',
          ),
        ]
      : []),
  ];
}

function statisticsCommand(
  tier: StatisticsTier,
  input: PlannedReadsInput,
): Readonly<Record<string, unknown>> | undefined {
  if (tier === 'command') return undefined;
  const sampleSize = input.metadataSample ?? METADATA_SAMPLE;
  const request = { coll: EACH, sampleSize, indexUsage: true, sample: sampleSize > 0, timeseries: false };
  const pipeline = tier === 'union' ? unionPipeline(request) : lookupPipeline(request);
  return { aggregate: EACH, pipeline, cursor: {}, maxTimeMS: STATISTICS_LIMIT_MS };
}

function scanReads({ scan, readPreference = 'secondaryPreferred' }: PlannedReadsInput): PlannedRead[] {
  if (!scan) return [];
  const each = (purpose: ReadPurpose, command: Readonly<Record<string, unknown>>): PlannedRead =>
    read(purpose, shown(command), DATABASE, 'each-collection', readPreference);
  if (scan.mode === 'full') {
    const limitMs = scan.limitMs ?? SCAN_LIMIT_MS;
    return [each('data-scan', orderedCommand(EACH, 0, limitMs)), each('data-scan', naturalCommand(EACH, 0, limitMs))];
  }
  const limitMs = scan.limitMs ?? SAMPLE_LIMIT_MS;
  const documents = scan.sampleSize ?? SAMPLE_DOCUMENTS;
  return [
    // Of a small collection everything is read.
    each('data-sample', naturalCommand(EACH, 0, limitMs, 2 * documents)),
    each('data-sample', sampleCommand(EACH, documents, 0, Math.ceil(limitMs / 2))),
    // Where the server draws no sample, stretches between the first `_id` and the last.
    each('data-sample', endCommand(EACH, 1, limitMs)),
    each('data-sample', stretchCommand(EACH, { $gte: '<_id>' }, documents, 0, limitMs)),
  ];
}

function cursors(): PlannedRead[] {
  return [
    read('next-batch', { getMore: '<cursor>', collection: EACH }, DATABASE, 'each-batch', 'of the cursor'),
    read('next-batch', { killCursors: EACH, cursors: ['<cursor>'] }, DATABASE, 'each-batch', 'of the cursor'),
  ];
}

/** How many documents an answer holds depends on their size. */
function shown(command: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const rest = Object.fromEntries(Object.entries(command).filter(([name]) => name !== 'batchSize'));
  return 'cursor' in rest ? { ...rest, cursor: {} } : rest;
}

function read(
  purpose: ReadPurpose,
  command: Readonly<Record<string, unknown>>,
  database: string,
  times: PlannedRead['times'],
  readPreference: string,
  needs?: string,
): PlannedRead {
  const { maxTimeMS } = command;
  return {
    purpose,
    command: `db.runCommand(${JSON.stringify(command)})`,
    name: commandName(command),
    database,
    times,
    ...(typeof maxTimeMS === 'number' ? { maxTimeMs: maxTimeMS } : {}),
    readPreference,
    ...(needs === undefined ? {} : { needs }),
  };
}
