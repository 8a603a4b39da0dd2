import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruPerSecond } from '../../src/core/model/units.js';
import { migrate } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { startRuStandIn, type MessageStyle } from '../support/ru-stand-in/start.js';
import { makeTempFolder } from '../support/temp.js';

const NS = 'shop.orders';
const DOCUMENTS = 20_000;

let source: RunningMongod;
let folder: Awaited<ReturnType<typeof makeTempFolder>>;

beforeAll(async () => {
  source = await startMongod();
  folder = await makeTempFolder('export-run');
  await fillCollection(source.uri, 'shop', 'orders', DOCUMENTS, 512);
  const client = new MongoClient(source.uri);
  for (let i = 0; i < 12; i += 1) {
    const documents = Array.from({ length: 50 }, (_, n) => ({ _id: n as never, i, when: new Date(n) }));
    await client.db('several').collection(`c${i}`).insertMany(documents);
    await client.db('several').collection(`c${i}`).createIndex({ when: 1 });
  }
  await client.close();
});
afterAll(async () => {
  await source.stop();
  await folder.remove();
});

/** A second judge besides our own verification: MongoDB's hash over a collection. */
async function hashOf(uri: string): Promise<string> {
  const client = new MongoClient(uri);
  const { collections } = await client.db('shop').command({ dbHash: 1, collections: ['orders'] });
  await client.close();
  return JSON.stringify((collections as Record<string, unknown>)['orders']);
}

const method = 'export-import' as const;
const throughput = (rate: number) => ({ kind: 'manual', ruPerSecond: ruPerSecond(rate) }) as const;

describe('an export-import run', () => {
  const styles: readonly MessageStyle[] = ['modern', 'commandLevel'];

  it.each(styles)(
    'loses nothing on a throttled target with %s messages',
    { timeout: 120_000 },
    async (messageStyle) => {
      await using backend = await startMongod();
      await using standIn = await startRuStandIn({ backendPort: backend.port, messageStyle });
      const { verdict, status } = await migrate({
        sourceUri: source.uri,
        targetUri: standIn.uri,
        runsRoot: folder.path,
        selection: { include: [NS] },
        plan: { method, throughput: throughput(20_000), shardKeys: { [NS]: '_id' } },
      });
      expect(verdict).toEqual({ state: 'completed', reasons: [] });
      expect(status.collections[NS]?.copy).toMatchObject({ acknowledged: DOCUMENTS, deadLettered: 0, conflicts: 0 });
      expect(status.tools.map(({ tool, exitCode }) => [tool, exitCode])).toEqual([
        ['mongoexport', 0],
        ['mongoimport', 0],
      ]);
      expect(await hashOf(backend.uri)).toBe(await hashOf(source.uri));
    },
  );

  it('copies several collections at a time, with their indexes', { timeout: 60_000 }, async () => {
    await using target = await startMongod();
    const lines: string[] = [];
    const { verdict, status, plan } = await migrate({
      sourceUri: source.uri,
      targetUri: target.uri,
      runsRoot: folder.path,
      selection: { include: ['several'] },
      plan: { method },
      onEvent: (event) => void (event.kind === 'command' && lines.push(event.display)),
    });
    expect(verdict).toEqual({ state: 'completed', reasons: [] });
    expect(plan.tuning.parallelCollections).toBeGreaterThan(1);
    expect(lines).toHaveLength(12);
    for (const line of lines) {
      expect(line).toMatch(/^mongoexport .*--jsonFormat=canonical.* \| mongoimport .*--mode=insert.*--batchSize=\d+/);
    }
    expect(Object.values(status.collections).map((c) => c.indexes['when_1']?.kind)).toEqual(
      Array.from({ length: 12 }, () => 'created'),
    );
  });

  it('that was stopped goes on, and knows what is there', { timeout: 120_000 }, async () => {
    await using backend = await startMongod();
    await using standIn = await startRuStandIn({ backendPort: backend.port });
    const job = {
      sourceUri: source.uri,
      targetUri: standIn.uri,
      runsRoot: folder.path,
      selection: { include: [NS] },
      plan: { method, throughput: throughput(10_000) },
    };
    const stop = new AbortController();
    const first = await migrate({
      ...job,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === 'copy-progress' && event.counts.some((c) => c.acknowledged > 500)) stop.abort('paused');
      },
    });
    expect(first.verdict.state).toBe('paused');
    standIn.setRuPerSecond(NS, 200_000);
    const second = await migrate({ ...job, resume: first.folder });
    expect(second.verdict).toEqual({ state: 'completed', reasons: [] });
    const { acknowledged = 0, alreadyThere = 0 } = second.status.collections[NS]?.copyByThisProcess ?? {};
    expect(alreadyThere).toBeGreaterThan(500);
    expect(acknowledged + alreadyThere).toBe(DOCUMENTS);
    expect(await hashOf(backend.uri)).toBe(await hashOf(source.uri));
  });

  it('stops at a document of the target that is not its own', { timeout: 60_000 }, async () => {
    await using target = await startMongod();
    const client = new MongoClient(target.uri);
    await client
      .db('several')
      .collection<{ _id: number }>('c3')
      .insertOne({ _id: 7, i: -1 } as never);
    await client.close();
    const job = {
      sourceUri: source.uri,
      targetUri: target.uri,
      runsRoot: folder.path,
      selection: { include: ['several.c3'] },
      plan: { method },
    };
    const { verdict } = await migrate(job);
    expect(verdict).toMatchObject({ state: 'failed-resumable', reasons: [{ id: 'conflict', params: { id: '7' } }] });
    const overwritten = await migrate({ ...job, plan: { method, conflictPolicy: 'overwrite' } });
    expect(overwritten.verdict).toEqual({ state: 'completed', reasons: [] });
  });
});
