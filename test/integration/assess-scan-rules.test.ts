/** Rules on what documents hold, from real documents, through the real scan, to the finding. */
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { assess } from '../../src/core/assess/assess.js';
import type { ClusterInventory } from '../../src/core/model/facts.js';
import { formatNamespace } from '../../src/core/model/namespace.js';
import type { CollectionScan } from '../../src/core/model/scan.js';
import { scanCollections } from '../../src/engine/scan/scan-collection.js';
import { RU, RU_ALL, VCORE } from '../unit/assess-builders.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { DOCUMENT_SITUATIONS, makeDocumentSituations } from '../support/rule-situations.js';

let server: RunningMongod;
let inventory: ClusterInventory;
let scans: readonly CollectionScan[];

beforeAll(async () => {
  server = await startMongod();
  const client = await MongoClient.connect(server.uri);
  await makeDocumentSituations(client, 'it');
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

const shardKeys = Object.fromEntries(Object.keys(DOCUMENT_SITUATIONS).map((name) => [`it.${name}`, 'region']));

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
