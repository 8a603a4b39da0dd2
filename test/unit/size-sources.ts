/** Three sources as consultants meet them, with what an assessment reads of each. */
import type { IndexTranslation } from '../../src/core/model/assessment.js';
import type { CollectionFacts, IndexFacts } from '../../src/core/model/facts.js';
import type { CollectionScan } from '../../src/core/model/scan.js';
import type { SourceUsage } from '../../src/core/model/usage.js';
import { bytes, GIB, KIB, TIB } from '../../src/core/model/units.js';
import { planIndexes } from '../../src/core/plan/index-fates.js';
import type { TargetDescription } from '../../src/core/plan/target.js';
import { CHARGE_KNOTS } from '../../src/core/size/charges.js';
import { aCollection, anIndex, ID_INDEX } from './core-builders.js';

export const ruTarget: TargetDescription = {
  kind: 'cosmos-ru',
  versionArray: [7, 0],
  sharded: false,
  capabilities: new Set(),
};

export interface SizedSource {
  readonly collections: readonly CollectionFacts[];
  readonly indexes: readonly IndexTranslation[];
  readonly scans: readonly CollectionScan[];
  readonly usage: SourceUsage;
  readonly shardKeys: Readonly<Record<string, string>>;
}

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

function aStored(
  name: string,
  documents: number,
  averageBytes: number,
  indexes: readonly IndexFacts[],
): CollectionFacts {
  return aCollection(name, {
    documents,
    logicalBytes: bytes(documents * averageBytes),
    storageBytes: bytes((documents * averageBytes) / 3),
    indexBytes: bytes(documents * 24 * (indexes.length + 1)),
    indexes: [ID_INDEX, ...indexes],
  });
}

/** All documents of one size; arrays by index name. */
export function aScan(
  { ns, documents, logicalBytes, indexes }: CollectionFacts,
  terms: Readonly<Record<string, number>> = {},
  looked = documents,
): CollectionScan {
  const each = documents === 0 ? 0 : logicalBytes / documents;
  const bounds = [...CHARGE_KNOTS, null];
  const own = bounds.findIndex((upTo) => upTo === null || each <= upTo);
  return {
    ns,
    mode: looked === documents ? 'full' : 'sample',
    documents: looked,
    of: documents,
    bytes: looked * each,
    largestBytes: each,
    sizes: bounds.map((upTo, i) => ({
      upTo,
      documents: i === own ? looked : 0,
      bytes: i === own ? looked * each : 0,
    })),
    deepest: 2,
    id: { types: { objectId: looked }, largestBytes: 12 },
    termsPerDocument: Object.fromEntries(indexes.map(({ name }) => [name, terms[name] ?? 1])),
    fields: [],
    fieldsLeftOut: 0,
    gaps: [],
  };
}

function source(
  collections: readonly CollectionFacts[],
  scans: readonly CollectionScan[],
  usage: SourceUsage,
  shardKeys: Readonly<Record<string, string>> = {},
): SizedSource {
  const indexes = collections.map((c) => ({
    ns: c.ns,
    target: c.ns,
    indexes: planIndexes(c.indexes, { target: ruTarget, ...shardKeyOf(c, shardKeys) }),
  }));
  return { collections, indexes, scans, usage, shardKeys };
}

function shardKeyOf({ ns }: CollectionFacts, keys: Readonly<Record<string, string>>): { shardKey?: string } {
  const shardKey = keys[`${ns.db}.${ns.coll}`];
  return shardKey === undefined ? {} : { shardKey };
}

/** A web shop of 5 GB on two small machines, read by a full scan, counters of a month. */
export function smallShop(): SizedSource {
  const tags = anIndex({ key: [['tags', 1]] });
  const orders = aStored('shop.orders', 1_200_000, 2 * KIB, [
    anIndex({ key: [['customer', 1]] }),
    anIndex({
      key: [
        ['state', 1],
        ['placed', -1],
      ],
    }),
  ]);
  const products = aStored('shop.products', 80_000, 6 * KIB, [tags, anIndex({ key: [['sku', 1]], unique: true })]);
  const customers = aStored('shop.customers', 400_000, 1.5 * KIB, [anIndex({ key: [['email', 1]], unique: true })]);
  const carts = aStored('shop.carts', 300_000, 3 * KIB, [anIndex({ key: [['seen', 1]], expireAfterSeconds: 86_400 })]);
  const settings = aStored('shop.settings', 40, 700, []);
  const collections = [orders, products, customers, carts, settings];
  const scans = [aScan(orders), aScan(products, { tags_1: 6 }), aScan(customers), aScan(carts), aScan(settings)];
  const usage = aUsage({
    uptimeSeconds: 2_600_000,
    rates: {
      insert: 2,
      query: 60,
      update: 12,
      delete: 1,
      getmore: 2,
      command: 30,
      seconds: 2_600_000,
      by: 'since-start',
    },
    namespaces: [
      { ns: orders.ns, readsPerSecond: 14, writesPerSecond: 3 },
      { ns: products.ns, readsPerSecond: 38, writesPerSecond: 0.4 },
      { ns: customers.ns, readsPerSecond: 6, writesPerSecond: 0.6 },
      { ns: carts.ns, readsPerSecond: 4, writesPerSecond: 11 },
    ],
    machine: { logicalCores: 4, memoryBytes: 16 * GIB, cacheMaxBytes: 7.5 * GIB, cacheUsedBytes: 3.1 * GIB },
    dataBearingMembers: 3,
  });
  return source(collections, scans, usage);
}

/** Events of devices, 200 GB of which one collection has nearly all; a sample of it was read, and the cache is full. */
export function skewedEvents(): SizedSource {
  const events = aStored('iot.events', 230_000_000, 900, [
    anIndex({
      key: [
        ['device', 1],
        ['at', -1],
      ],
    }),
    anIndex({ key: [['kind', 1]] }),
  ]);
  const devices = aStored('iot.devices', 150_000, 2_500, [anIndex({ key: [['serial', 1]], unique: true })]);
  const usage = aUsage({
    uptimeSeconds: 900_000,
    rates: { insert: 800, query: 120, update: 40, delete: 700, getmore: 20, command: 60, seconds: 600, by: 'watched' },
    namespaces: [
      { ns: events.ns, readsPerSecond: 60, writesPerSecond: 1_500 },
      { ns: devices.ns, readsPerSecond: 60, writesPerSecond: 40 },
    ],
    machine: {
      logicalCores: 16,
      memoryBytes: 64 * GIB,
      cacheMaxBytes: 31 * GIB,
      cacheUsedBytes: 26 * GIB,
      cacheReadBytesPerSecond: 9_000_000,
      cacheWrittenBytesPerSecond: 14_000_000,
    },
    dataBearingMembers: 3,
  });
  return source([events, devices], [aScan(events, {}, 10_000), aScan(devices)], usage, { 'iot.events': 'device' });
}

/** An archive of 3 TB on three shards; nothing was scanned, and its use could not be read. */
export function largeArchive(): SizedSource {
  const documents = aStored('archive.documents', 400_000_000, (2.6 * TIB) / 400_000_000, [
    anIndex({
      key: [
        ['tenant', 1],
        ['path', 1],
      ],
    }),
    anIndex({ key: [['words', 1]] }),
    anIndex({ key: [['title', 'text']], name: 'title_text' }),
  ]);
  const versions = aStored('archive.versions', 60_000_000, (0.4 * TIB) / 60_000_000, [
    anIndex({ key: [['document', 1]] }),
  ]);
  return source([documents, versions], [], aUsage(), { 'archive.documents': 'tenant', 'archive.versions': 'document' });
}
