import type { MongoClient } from 'mongodb';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruPerSecond } from '../../src/core/model/units.js';
import type { JournalRecord } from '../../src/engine/journal/record.js';
import { startCutOff } from '../support/databricks/cut-off.js';
import { SCOPE, sparkPlan, sparkRun } from '../support/databricks/spark-run.js';
import { startWorkspace, type Workspace } from '../support/databricks/workspace.js';
import { connectTo } from '../support/migrate.js';
import { startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const DB = 'shop';
const NS = { db: DB, coll: 'orders' };
const NAME = 'shop.orders';
const DOCUMENTS = 8_000;
const RU = 3_000;
/** A document of 16 KB: 9.52 RU (the table of `src/core/size/charges.ts`). */
const RU_EACH = 9.52;
const MINUTES = 60_000;
/** Cores of the modelled cluster. */
const TASKS = 2;
const PASSWORD = 'sp@rk c/n%ry';

let pair: MigrationPair;
let workspace: Workspace;
let folder: TempFolder;

beforeAll(async () => {
  [pair, workspace, folder] = await Promise.all([
    startMigrationPair(PASSWORD, { latencyMs: 5 }),
    startWorkspace({ master: 'local[2]' }),
    makeTempFolder('spark-throttled'),
  ]);
  await fillCollection(pair.source.secretUri, DB, 'orders', DOCUMENTS, 16_384);
  // More than the account takes.
  await pair.sourceClient
    .db(DB)
    .collection('poison')
    .insertMany([
      { _id: 1 as never, pad: 'x' },
      { _id: 2 as never, pad: 'x'.repeat(2_500_000) },
    ]);
}, 15 * MINUTES);
afterAll(async () => {
  await workspace.close();
  await Promise.all([pair.stop(), folder.remove()]);
});

async function hashOf(client: MongoClient): Promise<unknown> {
  const { collections } = await client.db(DB).command({ dbHash: 1, collections: ['orders'] });
  return (collections as Record<string, unknown>)['orders'];
}

describe('a Spark job that writes to a throttling target', () => {
  it(
    'is killed and gone on with: nothing lost or twice, poison kept, and the throughput used to 95 %',
    async () => {
      const { standIn } = pair;
      const [sourceUri, targetUri] = [pair.source.secretUri, pair.target.secretUri];
      const port = /:(\d+)\/\?/.exec(targetUri)?.[1] ?? '';
      await using cutOff = await startCutOff({
        port: Number(port),
        ns: NS,
        tasks: TASKS,
        cut: () => workspace.crash(),
      });
      // Straight there, whatever the account calls itself.
      const there = targetUri
        .replace(`:${port}/?`, `:${cutOff.port}/?`)
        .replace('replicaSet=globaldb', 'directConnection=true');
      const secrets = { 'source-uri': sourceUri, 'target-uri': there };
      workspace.scopes.set(SCOPE, new Map(Object.entries(secrets)));
      const [from, to] = await Promise.all([connectTo(sourceUri), connectTo(targetUri)]);
      const throughput = { kind: 'manual', ruPerSecond: ruPerSecond(RU) } as const;
      const plan = await sparkPlan(from, to, { selection: { include: [`${DB}.*`] }, throughput });
      await Promise.all([from.close(), to.close()]);
      const job = { plan, sourceUri, targetUri, workspace, folder: folder.path };
      const records: JournalRecord[] = [];
      const first = await sparkRun({ ...job, records });
      expect(first.verdict.state).toBe('failed-resumable');
      const before = standIn.stats()[NAME]?.perSecond.at(-1)?.second ?? Number.NaN;

      const second = await sparkRun({
        ...job,
        records,
      });
      expect(second.verdict).toMatchObject({
        state: 'completed-with-findings',
        reasons: [{ id: 'dead-letters', params: { documents: 1 } }],
      });
      expect(JSON.stringify(await hashOf(pair.backendClient))).toBe(JSON.stringify(await hashOf(pair.sourceClient)));
      expect(standIn.stats()[NAME]?.documentsWritten).toBe(DOCUMENTS);
      const orders = second.status.collections[NAME]?.copy;
      expect((orders?.acknowledged ?? 0) + (orders?.alreadyThere ?? 0)).toBe(DOCUMENTS);
      // A quarter of a second of the whole budget is the largest insert, and each is noted: a task repeats that one, and nothing else of its range.
      expect(cutOff.tasks).toHaveLength(TASKS);
      for (const { unnoted, noted } of cutOff.tasks) {
        expect(noted).toBeGreaterThan(0);
        expect(unnoted).toBeGreaterThan(0);
        expect(unnoted).toBeLessThanOrEqual(Math.ceil(RU / 4 / RU_EACH));
      }
      const repeated = cutOff.tasks.reduce((sum, { unnoted }) => sum + unnoted, 0);
      expect(cutOff.sent().again).toBe(repeated);
      expect(orders?.alreadyThere).toBe(repeated);
      const letters = await readdir(folder.path);
      const kept = await readFile(join(folder.path, letters.find((name) => name.endsWith('.bson')) ?? ''));
      expect(kept.length).toBeGreaterThan(2_500_000);
      const told = JSON.stringify([workspace.output(), workspace.asked, records, first.events, second.events]);
      for (const secret of [PASSWORD, encodeURIComponent(PASSWORD)]) expect(told).not.toContain(secret);

      // Preparing asks a little, Spark starts, then comes the first write. From a second after that until 97 % of all that had to be paid was paid: seconds in which nothing came count.
      const all = standIn.stats()[NAME]?.perSecond ?? [];
      let paid = 0;
      const end = all.find(({ used }) => (paid += used) >= DOCUMENTS * RU_EACH * 0.97)?.second ?? Number.NaN;
      const start = (all.find((one) => one.second > before && one.used > RU / 10)?.second ?? Number.NaN) + 1;
      const used = all.reduce((sum, one) => (one.second >= start && one.second < end ? sum + one.used : sum), 0);
      const utilisation = used / (RU * (end - start));
      expect(end - start).toBeGreaterThan(10);
      expect(utilisation, `over ${end - start} s`).toBeGreaterThanOrEqual(0.95);
    },
    10 * MINUTES,
  );
});
