import { serialize } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawCopySource } from '../../src/adapters/mongo/raw-copy-source.js';
import { RawCopyTarget } from '../../src/adapters/mongo/raw-copy-target.js';
import { MigrationError } from '../../src/core/model/error.js';
import { DocumentBatch } from '../../src/engine/copy/batch.js';
import { connectTo, migrate, type Migrated } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startReplicaSet, type ReplicaSet } from '../support/replica-set.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const DB = 'failover';
const NS = `${DB}.docs`;
const DOCUMENTS = 14_000;

/** Slow enough that what happens meanwhile happens in the middle. */
const CEILINGS = { bytesPerSecond: 8_000_000 };

let plain: RunningMongod;
let set: ReplicaSet;
let runs: TempFolder;

beforeAll(async () => {
  [plain, set, runs] = await Promise.all([startMongod(), startReplicaSet(), makeTempFolder('direct-failover')]);
  const client = await MongoClient.connect(plain.uri);
  const pad = 'x'.repeat(2_000);
  const docs = client.db(DB).collection<{ _id: unknown }>('docs');
  await docs.insertMany(
    Array.from({ length: DOCUMENTS }, (_, i) => ({ _id: i % 2 === 0 ? i : `text ${i}`, pad: pad.slice(i % 300) })),
    { ordered: false },
  );
  await client.close();
});
afterAll(async () => {
  await set[Symbol.asyncDispose]();
  await Promise.all([plain.stop(), runs.remove()]);
});

async function hashOf(uri: string): Promise<string> {
  const client = await MongoClient.connect(uri);
  const { collections } = await client.db(DB).command({ dbHash: 1, collections: ['docs'] });
  await client.close();
  return JSON.stringify(collections);
}

/** Copies, and does `during` once documents arrive. */
async function copyAnd(
  sourceUri: string,
  targetUri: string,
  during: () => Promise<void>,
  more: Partial<Parameters<typeof migrate>[0]> = {},
): Promise<Migrated> {
  let disturbance: Promise<void> | undefined;
  const migrated = await migrate({
    sourceUri,
    targetUri,
    selection: { include: [`${DB}.*`] },
    runsRoot: runs.path,
    ceilings: CEILINGS,
    ...more,
    plan: { method: 'direct-copy', ...more.plan },
    onEvent: (event) => {
      if (event.kind === 'copy-progress' && (event.counts[0]?.acknowledged ?? 0) > 0) disturbance ??= during();
    },
  });
  expect(disturbance).toBeDefined();
  await disturbance;
  return migrated;
}

async function expectWhole({ verdict, status }: Migrated, from: string, to: string): Promise<void> {
  expect(verdict).toEqual({ state: 'completed', reasons: [] });
  const { copy, verification } = status.collections[NS] ?? {};
  expect(copy).toMatchObject({ deadLettered: 0, conflicts: 0 });
  expect((copy?.acknowledged ?? 0) + (copy?.alreadyThere ?? 0)).toBe(DOCUMENTS);
  expect(verification).toMatchObject({ kind: 'equal', evidence: { target: { documents: DOCUMENTS } } });
  expect(await hashOf(to)).toBe(await hashOf(from));
}

describe('a direct copy whose servers change', () => {
  it('brings every document exactly once where the target elects, and elects again', { timeout: 90_000 }, async () => {
    const migrated = await copyAnd(plain.uri, set.uri, async () => {
      await set.stepDown();
      await set.stepDown();
    });
    await expectWhole(migrated, plain.uri, set.uri);
    expect(migrated.status.attempts).toBe(1);
  });

  it('brings what the source has, though the secondary that it reads lags behind', { timeout: 90_000 }, async () => {
    await using target = await startMongod();
    const client = await MongoClient.connect(set.uri);
    const docs = client.db(DB).collection<{ _id: number }>('docs');
    await docs.updateOne({ _id: 2 }, { $set: { pad: 'before' } }, { writeConcern: { w: 3 } });
    await set.lag(true);
    await docs.updateOne({ _id: 2 }, { $set: { pad: 'after' } }, { writeConcern: { w: 1 } });
    let caughtUp: Promise<void> | undefined;
    const migrated = await migrate({
      sourceUri: set.uri,
      targetUri: target.uri,
      selection: { include: [`${DB}.*`] },
      runsRoot: runs.path,
      plan: { method: 'direct-copy', readPreference: 'secondary' },
      // The first time when there is nothing to be told of yet: nothing can be read.
      onEvent: (event) => {
        if (event.kind === 'ranges') caughtUp ??= set.lag(false);
      },
    });
    await caughtUp;
    await expectWhole(migrated, set.uri, target.uri);
    const there = await MongoClient.connect(target.uri);
    expect(await there.db(DB).collection<{ _id: number }>('docs').findOne({ _id: 2 })).toMatchObject({ pad: 'after' });
    await there.close();
    await client.close();
  });

  it(
    'reads of a secondary what the primary had, with any read concern, to copy and to verify',
    { timeout: 90_000 },
    async () => {
      const client = await MongoClient.connect(set.uri);
      const docs = client.db(DB).collection<{ _id: number }>('lagging');
      await using cluster = await connectTo(set.uri);
      const ns = { db: DB, coll: 'lagging' };
      const { signal } = new AbortController();
      const secondary = { readPreference: 'secondary' } as const;
      const verifying = async (concern: object): Promise<string> => {
        const find = { filter: { _id: 2 }, ...secondary, ...concern };
        for await (const { documents } of cluster.session.findRaw(ns, find, signal)) return String(documents[0]);
        return '';
      };
      const copying = async (concern: object): Promise<string> => {
        const options = { filter: { _id: 2 }, replyBytes: 1_000, averageBytes: 100, ...secondary, ...concern, signal };
        const reader = new RawCopySource(cluster.session).read(ns, 'by-id', {}, options);
        const batch = await reader.next();
        await reader.close();
        return String(batch?.at(0));
      };
      const concerns = [{}, ...(['local', 'available', 'majority'] as const).map((readConcern) => ({ readConcern }))];
      for (const [turn, concern] of concerns.entries()) {
        for (const reading of [verifying, copying]) {
          const pad = `${turn} ${reading.name}`;
          await docs.updateOne({ _id: 2 }, { $set: { pad: 'before' } }, { upsert: true, writeConcern: { w: 3 } });
          await reading(concern);
          await set.lag(true);
          await docs.updateOne({ _id: 2 }, { $set: { pad } }, { writeConcern: { w: 1 } });
          const [read] = await Promise.all([reading(concern), set.lag(false)]);
          expect(read).toContain(pad);
        }
      }
      await client.close();
    },
  );

  it(
    'brings every document exactly once where the secondary that it reads becomes primary',
    { timeout: 90_000 },
    async () => {
      await using target = await startMongod();
      const plan = { readPreference: 'secondary' } as const;
      await expectWhole(await copyAnd(set.uri, target.uri, () => set.stepDown(), { plan }), set.uri, target.uri);
    },
  );

  it('brings every document exactly once where the primary that it reads is killed', { timeout: 90_000 }, async () => {
    await using target = await startMongod();
    await expectWhole(await copyAnd(set.uri, target.uri, () => set.killPrimary()), set.uri, target.uri);
  });

  it(
    'brings every document exactly once where the target is killed and comes back with an empty cache',
    { timeout: 90_000 },
    async () => {
      const folder = await makeTempFolder('direct-restart');
      let target = await startMongod({ dbPath: folder.path });
      const { port, dbPath } = target;
      try {
        const migrated = await copyAnd(plain.uri, target.uri, async () => {
          await target.kill();
          target = await startMongod({ dbPath, port });
        });
        await expectWhole(migrated, plain.uri, target.uri);
        expect(migrated.status.attempts).toBe(1);
      } finally {
        await target.stop();
        await folder.remove();
      }
    },
  );
});

describe('a server that stands alone', () => {
  it('has after a kill what it has acknowledged to a copy, to the last document', { timeout: 60_000 }, async () => {
    const folder = await makeTempFolder('direct-kept');
    const ns = { db: 'kept', coll: 'docs' };
    const { signal } = new AbortController();
    let acknowledged = 0;
    for (let round = 1; round <= 3; round += 1) {
      const server = await startMongod({ dbPath: folder.path });
      await using cluster = await connectTo(server.uri);
      const writer = await new RawCopyTarget(cluster).openWriter(signal);
      const until = acknowledged + 25_000;
      let killed: Promise<void> | undefined;
      try {
        for (;;) {
          // Small ones: a server keeps them together for a while before it writes them to its journal.
          const some = Array.from({ length: 200 }, (_, i) =>
            Buffer.from(serialize({ _id: acknowledged + i, pad: 'x'.repeat(100) })),
          );
          await writer.insert(ns, DocumentBatch.of(some), { charge: false, signal });
          acknowledged += some.length;
          if (acknowledged >= until) killed ??= server.kill();
        }
      } catch (error) {
        expect(MigrationError.is(error, 'connection-lost')).toBe(true);
      }
      await killed;
      await using again = await startMongod({ dbPath: folder.path });
      const client = await MongoClient.connect(again.uri);
      const there = await client
        .db(ns.db)
        .collection(ns.coll)
        .countDocuments({ _id: { $lt: acknowledged as never } });
      expect(there).toBe(acknowledged);
      // What was written and not acknowledged is written again.
      await client
        .db(ns.db)
        .collection(ns.coll)
        .deleteMany({ _id: { $gte: acknowledged as never } });
      await client.close();
    }
    await folder.remove();
  });
});
