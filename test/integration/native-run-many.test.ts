import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruPerSecond } from '../../src/core/model/units.js';
import { migrate } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { makeTempFolder } from '../support/temp.js';

let source: RunningMongod;
let folder: Awaited<ReturnType<typeof makeTempFolder>>;

beforeAll(async () => {
  source = await startMongod();
  folder = await makeTempFolder('many');
});
afterAll(async () => {
  await source.stop();
  await folder.remove();
});

const throughput = { kind: 'manual', ruPerSecond: ruPerSecond(2_000) } as const;

describe('a native run over many or no collections', () => {
  it('completes on 1,000 collections, each verified', { timeout: 300_000 }, async () => {
    const client = new MongoClient(source.uri);
    for (let i = 0; i < 1_000; i += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, k) =>
          client
            .db('many')
            .collection(`c${i + k}`)
            .insertMany([{ _id: 1 as never }, { _id: 2 as never, n: i + k }]),
        ),
      );
    }
    await client.close();
    await using target = await startMongod();
    const { verdict, status } = await migrate({
      sourceUri: source.uri,
      targetUri: target.uri,
      runsRoot: folder.path,
      selection: { include: ['many'] },
    });
    expect(verdict).toEqual({ state: 'completed', reasons: [] });
    const results = Object.values(status.collections).map((c) => c.verification?.kind);
    expect(results).toHaveLength(1_000);
    expect(new Set(results)).toEqual(new Set(['equal']));
  });

  it('completes on a database that is empty', async () => {
    await using empty = await startMongod();
    await using backend = await startMongod();
    await using standIn = await startRuStandIn({ backendPort: backend.port });
    const client = new MongoClient(empty.uri);
    await client.db('bare').createCollection('nothing');
    await client.close();
    const job = { sourceUri: empty.uri, targetUri: standIn.uri, runsRoot: folder.path, plan: { throughput } };
    expect((await migrate(job)).verdict).toEqual({ state: 'completed', reasons: [] });
  });

  it('completes on a target that holds everything already', { timeout: 60_000 }, async () => {
    await using full = await startMongod();
    await using target = await startMongod();
    const client = new MongoClient(full.uri);
    await client
      .db('shop')
      .collection('orders')
      .insertMany(Array.from({ length: 2_500 }, (_, i) => ({ _id: i as never })));
    await client.close();
    const job = { sourceUri: full.uri, targetUri: target.uri, runsRoot: folder.path };
    expect((await migrate(job)).verdict).toEqual({ state: 'completed', reasons: [] });
    const again = await migrate(job);
    expect(again.verdict).toEqual({ state: 'completed', reasons: [] });
    expect(again.status.collections['shop.orders']?.copy).toMatchObject({ acknowledged: 0, alreadyThere: 2_500 });
  });

  it('goes on where it was stopped, and never over documents that are not its own', { timeout: 120_000 }, async () => {
    const client = new MongoClient(source.uri);
    const orders = Array.from({ length: 1_200 }, (_, i) => ({ _id: i as never, n: i }));
    await client.db('shop').collection('orders').insertMany(orders);
    await client.close();
    await using backend = await startMongod();
    await using standIn = await startRuStandIn({ backendPort: backend.port });
    const job = {
      sourceUri: source.uri,
      targetUri: standIn.uri,
      runsRoot: folder.path,
      selection: { include: ['shop.orders'] },
      plan: { throughput },
    };
    const stop = new AbortController();
    const first = await migrate({
      ...job,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.kind === 'copy-progress' && event.counts.some((c) => c.acknowledged > 200))
          stop.abort(new Error('stop'));
      },
    });
    expect(first.verdict).toEqual({ state: 'failed-resumable', reasons: [{ id: 'stopped-by-user', params: {} }] });
    const written = standIn.stats()['shop.orders']?.documentsWritten ?? 0;
    expect(written).toBeGreaterThan(200);
    expect(written).toBeLessThan(1_200);

    const second = await migrate({ ...job, resume: first.folder });
    expect(second.verdict).toEqual({ state: 'completed', reasons: [] });
    expect(second.status.collections['shop.orders']?.copyByThisProcess.alreadyThere).toBeGreaterThan(200);

    const meddler = new MongoClient(backend.uri);
    await meddler
      .db('shop')
      .collection('orders')
      .updateOne({ _id: 7 as never }, { $set: { n: -1 } });
    await meddler.close();
    const third = await migrate(job);
    expect(third.verdict).toMatchObject({
      state: 'failed-resumable',
      reasons: [{ id: 'conflict', params: { ns: 'shop.orders', id: '7' } }],
    });
    const fourth = await migrate({ ...job, plan: { ...job.plan, conflictPolicy: 'skip' } });
    expect(fourth.verdict.state).toBe('completed-with-findings');
    expect(fourth.verdict.reasons).toContainEqual({
      id: 'verification-differs',
      params: { ns: 'shop.orders', missing: 0, extra: 0, different: 1, definition: 0 },
    });
    const fifth = await migrate({ ...job, plan: { ...job.plan, conflictPolicy: 'overwrite' } });
    expect(fifth.verdict).toEqual({ state: 'completed', reasons: [] });
  });
});
