import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunStatus } from '../../src/engine/journal/reduce.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import { migrate, type Migrated } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { fillOddData, ODD_DB } from '../support/odd-data.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { makeTempFolder } from '../support/temp.js';

let source: RunningMongod;
let folder: Awaited<ReturnType<typeof makeTempFolder>>;

beforeAll(async () => {
  source = await startMongod();
  folder = await makeTempFolder('odd');
  await fillOddData(source.uri);
});
afterAll(async () => {
  await source.stop();
  await folder.remove();
});

/** Outcome of verification by collection name. */
function outcomes(status: RunStatus): Record<string, string> {
  return Object.fromEntries(
    Object.entries(status.collections).map(([ns, c]) => [ns.slice(ODD_DB.length + 1), c.verification?.kind ?? 'none']),
  );
}

const EQUAL_EVERYWHERE = {
  types: 'equal',
  keys: 'equal',
  ids: 'equal',
  timestamps: 'equal',
  'dots.in.name': 'equal',
  'with space': 'equal',
  'ünïcödé 名前': 'equal',
  'star*and\\back': 'equal',
  empty: 'equal',
  capped: 'equal',
  large: 'equal',
};

describe('a native run over everything that usually breaks', () => {
  it(
    'brings all of it to an RU target, the too large document as a dead letter, and says what stays behind',
    { timeout: 180_000 },
    async () => {
      await using backend = await startMongod();
      await using standIn = await startRuStandIn({ backendPort: backend.port });
      const migrated: Migrated = await migrate({
        sourceUri: source.uri,
        targetUri: standIn.uri,
        runsRoot: folder.path,
        plan: { throughput: { kind: 'manual', ruPerSecond: ruPerSecond(10_000) } },
      });
      const { 'star*and\\back': refusedName, ...taken } = EQUAL_EVERYWHERE;
      expect(refusedName).toBe('equal');
      expect(outcomes(migrated.status)).toMatchObject(taken);
      expect(migrated.verdict.state).toBe('completed-with-findings');
      expect(migrated.verdict.reasons).toContainEqual({ id: 'dead-letters', params: { documents: 1 } });
      expect(migrated.plan.notMigrated.map((n) => [n.source.coll, n.why]).sort()).toEqual([
        ['series', 'timeseries-unsupported'],
        ['star*and\\back', expect.any(String)],
        ['view', expect.any(String)],
      ]);
      expect(migrated.status.collections[`${ODD_DB}.timestamps`]?.verification?.evidence.mended).toBe(1);
    },
  );

  it('brings all of it to a MongoDB target as it is, with options and views', { timeout: 180_000 }, async () => {
    await using target = await startMongod();
    const migrated = await migrate({ sourceUri: source.uri, targetUri: target.uri, runsRoot: folder.path });
    expect(outcomes(migrated.status)).toMatchObject(EQUAL_EVERYWHERE);
    const client = new MongoClient(target.uri);
    const collections = await client.db(ODD_DB).listCollections().toArray();
    await client.close();
    expect(collections.find((c) => c.name === 'capped')).toMatchObject({ options: { capped: true } });
    expect(collections.find((c) => c.name === 'view')).toMatchObject({ type: 'view' });
  });
});
