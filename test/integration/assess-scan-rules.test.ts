/** Rules on what documents hold, from real documents, through the real scan, to the finding. */
import type { Document } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { assess } from '../../src/core/assess/assess.js';
import type { ClusterInventory } from '../../src/core/model/facts.js';
import { formatNamespace } from '../../src/core/model/namespace.js';
import type { CollectionScan } from '../../src/core/model/scan.js';
import { MIB } from '../../src/core/model/units.js';
import { scanCollections } from '../../src/engine/scan/scan-collection.js';
import { RU, RU_ALL, VCORE } from '../unit/assess-builders.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

let server: RunningMongod;
let inventory: ClusterInventory;
let scans: readonly CollectionScan[];

const nested = (levels: number): Document =>
  Array.from({ length: levels - 1 }).reduce<Document>((inner) => ({ a: inner }), { x: 1 });
const key = (values: readonly unknown[]): Document[] => values.map((region) => ({ region }));

/** Each with the one thing that it is about; `region` is what collections are to be sharded by. */
const SITUATIONS: Readonly<Record<string, readonly Document[]>> = {
  plain: key(['a', 'b', 'c']),
  large: [...key(['a', 'b']), { region: 'c', text: 'x'.repeat(2 * MIB) }],
  deep: [{ region: 'a', ...nested(129) }, ...key(['b'])],
  ids: [{ _id: 'x'.repeat(1100), region: 'a' }, ...key(['b'])],
  long_ids: [{ _id: 'x'.repeat(2100), region: 'a' }, ...key(['b'])],
  missing: [{ other: 1 }, ...key(['a', 'b'])],
  null: key([null, 'a', 'b']),
  array: key([['a'], 'b']),
  long: key(['x'.repeat(2049), 'a']),
  mixed: key(['1', 1]),
  dates: key([new Date(0), new Date(1)]),
  constant: Array.from({ length: 20 }, () => ({ region: 'a' })),
  compound: [{ region: 'a', list: [1, 2] }, ...key(['b'])],
  unique: [{ region: 'a', list: [1, 2] }, ...key(['b'])],
  expiring: [{ region: 'a', at: 1_700_000_000 }, { region: 'b', at: new Date() }, { region: 'c', at: 'soon' }], // prettier-ignore
  ttl_field: [{ region: 'a', ttl: 20 }, ...key(['b'])],
};
const INDEXES: Readonly<Record<string, Document>> = {
  compound: { name: 'i', key: { region: 1, list: 1 } },
  unique: { name: 'i', key: { region: 1, list: 1 }, unique: true },
  expiring: { name: 'i', key: { at: 1 }, expireAfterSeconds: 2_000_000_000 },
  ttl_field: { name: 'i', key: { _ts: 1 }, expireAfterSeconds: 2_000_000_000 },
};

beforeAll(async () => {
  server = await startMongod();
  const client = await MongoClient.connect(server.uri);
  for (const [name, documents] of Object.entries(SITUATIONS)) {
    await client
      .db('it')
      .collection<Document>(name)
      .insertMany([...documents]);
    const index = INDEXES[name];
    if (index) await client.db('it').command({ createIndexes: name, indexes: [index] });
  }
  await client.close();
  const cluster = await connectTo(server.uri);
  inventory = await readInventory(cluster, { readPreference: 'primary' });
  scans = await scanCollections(cluster.session, inventory.collections, {
    mode: 'full',
    clock: systemClock,
    readPreference: 'primary',
    paths: ['region'],
  });
  await cluster.close();
});
afterAll(() => server?.stop());

const shardKeys = Object.fromEntries(Object.keys(SITUATIONS).map((name) => [`it.${name}`, 'region']));

/** What is found with the scan and not without it, or with more in it: by collection. */
function foundBy(target: typeof RU): Record<string, string[]> {
  const { findings, failedRules } = assess({ inventory, target, scans, shardKeys });
  expect(failedRules).toEqual([]);
  const without = new Set(
    assess({ inventory, target, shardKeys }).findings.map((f) => JSON.stringify([f.rule, f.ns, f.params])),
  );
  const found: Record<string, string[]> = {};
  for (const { rule, ns, params } of findings) {
    if (without.has(JSON.stringify([rule, ns, params]))) continue;
    (found[ns ? formatNamespace(ns).replace('it.', '') : '*'] ??= []).push(
      `${rule}${params['count'] === undefined ? '' : ` ${params['count']}`}`,
    );
  }
  return found;
}

describe('the rules on documents, on what a real server holds', () => {
  it('find on an RU account what it refuses or takes otherwise, with how many documents have it', () => {
    const everywhere = {
      array: ['shard-key-array 1'],
      compound: ['compound-over-array 1'],
      constant: ['shard-key-few-values'],
      dates: ['shard-key-other-types'],
      deep: ['document-too-deep'],
      ids: ['id-over-1023-bytes'],
      long: ['shard-key-too-large'],
      long_ids: ['id-over-1023-bytes'],
      missing: ['shard-key-missing 1'],
      mixed: ['shard-key-mixed-types'],
      null: ['shard-key-null 1'],
      ttl_field: ['document-ttl-field 1'],
      unique: ['unique-over-array 1'],
    };
    expect(foundBy(RU_ALL)).toEqual({
      ...everywhere,
      expiring: ['ttl-numbers-expire 1', 'ttl-field-unfit 1'],
      large: ['document-needs-16mb 1'],
    });
    // Without the capability nothing expires by a field of one's own.
    expect(foundBy(RU)).toEqual({ ...everywhere, large: ['document-over-2mb 1'] });
  });

  it('find on vCore what it refuses', () => {
    expect(foundBy(VCORE)).toEqual({ expiring: ['ttl-field-unfit 2'], long_ids: ['id-over-2kb'] });
  });
});
