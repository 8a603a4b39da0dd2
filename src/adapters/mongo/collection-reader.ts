/** Reads one collection in two round trips: one aggregation for every number and the sample, one `listIndexes`. */
import { deserialize, type Document } from 'bson';
import { BSON_TYPE, findElement } from '../../core/bson/raw-document.js';
import { MigrationError } from '../../core/model/error.js';
import type { CollectionFacts, IndexFacts, SampleFacts } from '../../core/model/facts.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import { bytes } from '../../core/model/units.js';
import { metadataLimit, STATISTICS_LIMIT_MS } from '../../core/scan/metadata-commands.js';
import {
  expectedTier,
  lookupPipeline,
  unionPipeline,
  type StatisticsRequest,
  type StatisticsTier,
} from '../../core/scan/statistics-pipeline.js';
import { TYPE_ALIAS } from '../../core/scan/type-alias.js';
import type { ConnectedCluster } from './connect.js';
import { SERVER_CODE, serverCode } from './errors.js';
import { indexFacts } from './index-facts.js';
import type { ListedCollection, ReadOptions, ShardKeys } from './listing.js';
import { addSample, addStats, addUsage, noStatistics, type CollectionStatistics } from './statistics-pipeline.js';

/** More than any server allows a collection to have. */
const MOST_INDEXES = 1000;
export interface CollectionReaderOptions extends ReadOptions {
  readonly sampleSize: number;
  readonly shardKeys: ShardKeys;
  readonly mayReadUsage: (ns: Namespace) => boolean;
  readonly tier?: StatisticsTier;
}

/** Remembers what the cluster turned out to refuse, so that only the first collections pay for finding out. */
export class CollectionReader {
  readonly #cluster: ConnectedCluster;
  readonly #options: CollectionReaderOptions;
  #tier: StatisticsTier;
  #usageRefused = false;
  readonly #limit: ReturnType<typeof metadataLimit>;

  constructor(cluster: ConnectedCluster, options: CollectionReaderOptions) {
    this.#cluster = cluster;
    this.#options = options;
    this.#limit = metadataLimit(cluster.facts);
    this.#tier = options.tier ?? expectedTier(cluster.facts);
  }

  /** @throws MigrationError where the collection cannot be read. */
  async read(listed: ListedCollection): Promise<CollectionFacts> {
    const { ns, type, options } = listed;
    if (type === 'view') return { ...emptyFacts(listed), options };
    const statistics = await this.#statistics(ns, type === 'timeseries');
    const indexes = await this.#indexes(ns, statistics);
    const shardKey = this.#options.shardKeys.get(formatNamespace(ns));
    const sampled = statistics.sampledDocuments;
    const sampledAverage = sampled > 0 ? Math.round(statistics.sampledBytes / sampled) : undefined;
    // vCore tells sizes only for small documents (facts, section 4): there the sample counts.
    const sampleCounts = this.#cluster.facts.kind === 'cosmos-vcore' && sampledAverage !== undefined;
    const logical = sampleCounts ? sampledAverage * statistics.documents : statistics.logicalBytes;
    const average = sampleCounts
      ? sampledAverage
      : statistics.documents > 0
        ? Math.round(logical / statistics.documents)
        : 0;
    return {
      ns,
      type,
      documents: statistics.documents,
      logicalBytes: bytes(Math.round(logical)),
      storageBytes: bytes(statistics.storageBytes),
      indexBytes: bytes(statistics.indexBytes),
      averageBytes: bytes(average),
      indexes,
      options,
      ...(shardKey ? { shardKey } : {}),
      ...(sampledAverage === undefined ? {} : { sample: sampleFacts(statistics, sampledAverage) }),
    };
  }

  async #statistics(ns: Namespace, timeseries: boolean): Promise<CollectionStatistics> {
    let sample = this.#options.sampleSize > 0 && !timeseries;
    let tier = this.#tier;
    let usage = !timeseries && !this.#usageRefused && this.#options.mayReadUsage(ns);
    for (;;) {
      if (tier === 'command') return this.#byCommand(ns);
      const { sampleSize } = this.#options;
      try {
        return await this.#byPipeline(ns, tier, { coll: ns.coll, sampleSize, indexUsage: usage, sample, timeseries });
      } catch (error) {
        const code = serverCode(error);
        const refused = MigrationError.is(error, 'missing-privilege');
        if (refused && usage) {
          usage = false;
          this.#usageRefused = true;
        } else if (code === SERVER_CODE.exceededTimeLimit && sample) {
          sample = false;
        } else if (MigrationError.is(error, 'command-failed') && code !== SERVER_CODE.namespaceNotFound) {
          tier = 'command';
          if (isUnsupported(code)) this.#tier = 'command';
        } else {
          throw error;
        }
      }
    }
  }

  async #byPipeline(
    ns: Namespace,
    tier: 'union' | 'lookup',
    request: StatisticsRequest,
  ): Promise<CollectionStatistics> {
    const pipeline = tier === 'union' ? unionPipeline(request) : lookupPipeline(request);
    const command = {
      aggregate: ns.coll,
      pipeline,
      cursor: { batchSize: MOST_INDEXES * 10 },
      maxTimeMS: STATISTICS_LIMIT_MS,
    };
    const statistics = noStatistics();
    let rows = 0;
    for await (const batch of this.#cluster.session.streamRaw(ns.db, command, { ...this.#stream(), prefetch: false })) {
      for (const raw of batch.documents) addRow(statistics, raw, rows++ === 0);
      // Before 4.4 the sample's documents may fill more than one answer; one is sample enough.
      if (tier === 'lookup') break;
    }
    return statistics;
  }

  async #byCommand(ns: Namespace): Promise<CollectionStatistics> {
    const reply = await this.#cluster.session.command(ns.db, { collStats: ns.coll, ...this.#limit }, this.#stream());
    const statistics = noStatistics();
    const series = reply.timeseries as Document | undefined;
    addStats(statistics, series ? { ...reply, buckets: series.bucketCount as unknown } : reply);
    return statistics;
  }

  async #indexes(ns: Namespace, statistics: CollectionStatistics): Promise<IndexFacts[]> {
    const command = { listIndexes: ns.coll, cursor: { batchSize: MOST_INDEXES }, ...this.#limit };
    const found: IndexFacts[] = [];
    // A secondary may know an index later than the primary does; what is on the primary is what has to be made again.
    const stream = this.#cluster.session.streamRaw(ns.db, command, {
      ...this.#stream(),
      readPreference: 'primaryPreferred',
    });
    for await (const batch of stream) {
      for (const raw of batch.documents) {
        const name = String(deserialize(raw).name);
        const sizeBytes = statistics.indexSizes.get(name);
        const usage = statistics.usage.get(name);
        found.push(
          indexFacts(raw, {
            ...(sizeBytes === undefined ? {} : { sizeBytes }),
            ...(usage ? { usageOps: usage.ops } : {}),
            ...(usage?.since === undefined ? {} : { usageSince: usage.since }),
          }),
        );
      }
    }
    return found;
  }

  #stream(): ReadOptions {
    const { readPreference, signal } = this.#options;
    return { readPreference, ...(signal ? { signal } : {}) };
  }
}

/** CommandNotSupported, CommandNotFound, Amazon's "not supported", unknown stage, unknown pipeline operator, FailedToParse. */
function isUnsupported(code: number | undefined): boolean {
  return (
    code !== undefined &&
    [115, SERVER_CODE.commandNotFound, SERVER_CODE.notSupportedByAmazon, 40_324, 168, 9].includes(code)
  );
}

function addRow(statistics: CollectionStatistics, raw: Buffer, first: boolean): void {
  const document = findElement(raw, 'document');
  if (document?.type === BSON_TYPE.document) {
    const id = findElement(raw, '_id', document.valueStart);
    const size = document.valueEnd - document.valueStart;
    addSample(statistics, TYPE_ALIAS[id?.type ?? -1] ?? 'missing', 1, size, size);
    // Every sampled document brings the same statistics along.
    if (!first) return;
  }
  // Sampled documents may hold text that is not valid UTF-8; nobody reads it here.
  const row = deserialize(raw, { validation: { utf8: false }, bsonRegExp: true });
  if (row.part === 'usage') addUsage(statistics, row);
  else if (row.part === 'sample') {
    addSample(statistics, String(row._id), Number(row.documents), Number(row.bytes), Number(row.largest));
  } else {
    addStats(statistics, row);
    for (const usage of (row.usage as Document[] | undefined) ?? []) addUsage(statistics, usage);
  }
}

function sampleFacts(statistics: CollectionStatistics, average: number): SampleFacts {
  return {
    sampledDocuments: statistics.sampledDocuments,
    averageBytes: bytes(average),
    largestBytes: bytes(statistics.largestBytes),
    idTypes: Object.fromEntries(statistics.idTypes) as SampleFacts['idTypes'],
  };
}

function emptyFacts(listed: ListedCollection): CollectionFacts {
  const none = bytes(0);
  return {
    ns: listed.ns,
    type: listed.type,
    documents: 0,
    logicalBytes: none,
    storageBytes: none,
    indexBytes: none,
    averageBytes: none,
    indexes: [],
    options: listed.options,
  };
}
