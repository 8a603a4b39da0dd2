import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type WriteError,
  MongoBulkWriteError,
  MongoClient,
  MongoServerError,
  type Collection,
  type Document,
} from 'mongodb';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn, type RuStandInOptions } from '../support/ru-stand-in/start.js';
import { virtualClock } from '../support/virtual-clock.js';

let mongod: RunningMongod;
let direct: MongoClient;

beforeAll(async () => {
  mongod = await startMongod();
  direct = new MongoClient(mongod.uri);
});

afterAll(async () => {
  await direct?.close();
  await mongod?.stop();
});

interface Setup {
  readonly standIn: RuStandIn;
  readonly client: MongoClient;
  readonly clock: ReturnType<typeof virtualClock>;
  readonly collection: Collection<Document>;
}

const open: { client: MongoClient; standIn: RuStandIn }[] = [];
let count = 0;

/** A stand-in whose time stands still but for its own waiting: the budget of one second is all there is until the test moves the clock. */
function setUp(options: Partial<RuStandInOptions> = {}): Promise<Setup> {
  const clock = virtualClock(1_000_000_000);
  return startRuStandIn({ backendPort: mongod.port, clock, ...options }).then((standIn) => {
    const client = new MongoClient(standIn.uri, { monitorCommands: true });
    open.push({ client, standIn });
    count += 1;
    return { standIn, client, clock, collection: client.db(`throttle${count}`).collection('c') };
  });
}

afterEach(async () => {
  for (const { client, standIn } of open.splice(0)) {
    await client.close();
    await standIn.close();
  }
});

function documents(n: number, from = 0): { _id: never }[] {
  return Array.from({ length: n }, (_, i) => ({ _id: (from + i) as never, text: 'some text' }));
}

function stored(collection: Collection<Document>): Promise<number> {
  return direct.db(collection.dbName).collection(collection.collectionName).countDocuments();
}

async function failure(work: Promise<unknown>): Promise<MongoServerError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof MongoServerError)) throw new Error(`no server error but ${String(error)}`);
  return error;
}

function writeErrors(error: MongoServerError): { index: number; code: number; errmsg: string }[] {
  if (!(error instanceof MongoBulkWriteError)) throw new Error(`not a bulk error: ${error.message}`);
  const told = error.writeErrors;
  const list: readonly WriteError[] = 'length' in told ? told : [told];
  return list.map((one) => ({ index: one.index, code: one.code, errmsg: one.errmsg ?? '' }));
}

/** 400 RU admit 81 inserts of 4.95 RU: the last one goes into debt. */
const ADMITTED = 81;

describe('throttling of the RU stand-in', () => {
  it('writes the part of an unordered bulk that the budget takes and names every other by its own index', async () => {
    const { collection, standIn } = await setUp();
    const error = await failure(collection.insertMany(documents(300), { ordered: false }));
    const errors = writeErrors(error);
    expect(errors.map((one) => one.index)).toEqual(Array.from({ length: 300 - ADMITTED }, (_, i) => ADMITTED + i));
    expect(errors.every((one) => one.code === 16500)).toBe(true);
    expect((error as MongoBulkWriteError).insertedCount).toBe(ADMITTED);
    expect(await stored(collection)).toBe(ADMITTED);
    const stats = standIn.stats()[collection.namespace];
    expect(stats).toMatchObject({ operations: 300, throttledOperations: 219, documentsWritten: 81, rejected: 0 });
    expect(stats?.ruCharged).toBeCloseTo(81 * 4.95 + 219 * 0.38, 5);
    expect(stats?.perSecond).toEqual([{ second: 1_000_000, used: stats?.ruCharged, budget: 400 }]);
  });

  it('stops an ordered bulk at the first throttled document', async () => {
    const { collection } = await setUp();
    const error = await failure(collection.insertMany(documents(300), { ordered: true }));
    expect(writeErrors(error).map((one) => one.index)).toEqual([ADMITTED]);
    expect(await stored(collection)).toBe(ADMITTED);
  });

  it('says how long to wait, and admits again after that', async () => {
    const { collection, clock } = await setUp();
    clock.advance(250);
    const error = await failure(collection.insertMany(documents(90), { ordered: false }));
    const text = writeErrors(error).at(-1)?.errmsg ?? '';
    const wait = Number(/RetryAfterMs=(\d+)/.exec(text)?.[1]);
    expect(wait).toBe(750);
    clock.advance(wait - 1);
    expect((await failure(collection.insertOne(documents(1, 1000)[0] ?? {}))).code).toBe(16500);
    clock.advance(1);
    await collection.insertOne(documents(1, 1000)[0] ?? {});
  });

  it('carries a debt over as many seconds as it takes', async () => {
    const { collection, clock } = await setUp({ document16Mb: true });
    // 1.5 MB cost 937.5 RU: two whole seconds of 400 and the rest of a third.
    await collection.insertOne({ _id: 1 as never, big: 'x'.repeat(1.5 * 1024 * 1024 - 40) });
    const error = await failure(collection.insertOne({ _id: 2 as never }));
    expect(error.message).toContain('RetryAfterMs=2000');
    clock.advance(2000);
    await collection.insertOne({ _id: 2 as never });
  });

  it('merges duplicates that the server found with throttles, each under its own index', async () => {
    const { collection, clock } = await setUp();
    await collection.insertMany(documents(10));
    clock.advance(1000);
    const mixed = [...documents(40, 100), ...documents(10), ...documents(50, 200)];
    const errors = writeErrors(await failure(collection.insertMany(mixed, { ordered: false })));
    const codes = (code: number): number[] => errors.filter((one) => one.code === code).map((one) => one.index);
    expect(codes(11000)).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49]);
    expect(codes(16500)).toEqual(Array.from({ length: 19 }, (_, i) => 81 + i));
    expect(await stored(collection)).toBe(10 + 71);
  });

  it('ends an ordered bulk at a duplicate and charges nothing that was behind it', async () => {
    const { collection, standIn, clock } = await setUp();
    await collection.insertOne(documents(1, 5)[0] ?? {});
    clock.advance(1000);
    const before = standIn.totalStats().ruCharged;
    const error = await failure(collection.insertMany(documents(20), { ordered: true }));
    expect(writeErrors(error)).toMatchObject([{ index: 5, code: 11000 }]);
    expect(standIn.totalStats().ruCharged - before).toBeCloseTo(6 * 4.95, 5);
  });

  it('tells a single write and a read in one command error', async () => {
    const { collection } = await setUp();
    await failure(collection.insertMany(documents(90), { ordered: false }));
    const work = [
      () => collection.insertOne({ _id: 500 as never }),
      () => collection.updateOne({ _id: 1 as never }, { $set: { a: 1 } }),
      () => collection.deleteOne({ _id: 1 as never }),
      () => collection.findOne({ _id: 1 as never }),
      () => collection.countDocuments(),
      () => collection.findOneAndUpdate({ _id: 1 as never }, { $set: { a: 1 } }),
      () => collection.distinct('text'),
    ];
    for (const one of work) {
      const error = await failure(one());
      expect([error.code, error.codeName]).toEqual([16500, 'RequestRateTooLarge']);
      expect(error.errmsg).toMatch(/^Error=16500, RetryAfterMs=\d+, Details='Response status code/);
    }
  });

  it('leaves a cursor usable when its getMore is throttled', async () => {
    const { collection, clock, standIn } = await setUp();
    await direct.db(collection.dbName).collection('c').insertMany(documents(300));
    const db = collection.db;
    standIn.setRuPerSecond(collection.namespace, 50);
    const first = await db.command({ find: 'c', batchSize: 100, sort: { _id: 1 } });
    const { id } = first['cursor'] as { id: unknown };
    expect((await failure(db.command({ getMore: id, collection: 'c' }))).code).toBe(16500);
    standIn.setRuPerSecond(collection.namespace, 1000);
    clock.advance(1000);
    const next = await db.command({ getMore: id, collection: 'c' });
    const { nextBatch } = next['cursor'] as { nextBatch: Document[] };
    expect(nextBatch).toHaveLength(200);
    expect(nextBatch[0]).toMatchObject({ _id: 100 });
  });

  it('throttles updates and deletes as parts of a bulk', async () => {
    const { collection, clock } = await setUp();
    await collection.insertMany(documents(60));
    clock.advance(1000);
    const updates = documents(60).map(({ _id }) => ({ updateOne: { filter: { _id }, update: { $set: { n: 1 } } } }));
    // Each costs two writes: 9.9 RU, 41 of them in a second.
    const error = await failure(collection.bulkWrite(updates, { ordered: false }));
    expect(writeErrors(error).map((one) => one.index)).toEqual(Array.from({ length: 19 }, (_, i) => 41 + i));
    expect(await direct.db(collection.dbName).collection('c').countDocuments({ n: 1 })).toBe(41);
    clock.advance(2000);
    const deletes = documents(60).map(({ _id }) => ({ deleteOne: { filter: { _id } } }));
    await collection.bulkWrite(deletes, { ordered: false });
    expect(await stored(collection)).toBe(0);
  });

  it('throttles one partition while another still takes writes', async () => {
    const { collection, client } = await setUp();
    const create = { customAction: 'CreateCollection', collection: 'c', shardKey: 'k', offerThroughput: 12_000 };
    await client.db(collection.dbName).command(create);
    const hot = Array.from({ length: 1000 }, (_, i) => ({ _id: i as never, k: 'hot', text: 'x' }));
    await collection.insertMany(hot);
    const more = Array.from({ length: 300 }, (_, i) => ({ _id: (1000 + i) as never, k: 'hot' }));
    expect(writeErrors(await failure(collection.insertMany(more, { ordered: false })))).toHaveLength(1300 - 1213);
    const cold = Array.from({ length: 100 }, (_, i) => ({ _id: (5000 + i) as never, k: `cold${i}` }));
    const error = await failure(collection.insertMany(cold, { ordered: false }));
    const refused = writeErrors(error).length;
    expect(refused).toBeGreaterThan(20);
    expect(refused).toBeLessThan(80);
  });

  it('drops throttled documents silently when nothing is acknowledged', async () => {
    const { collection, standIn } = await setUp();
    await collection.insertMany(documents(300), { ordered: false, writeConcern: { w: 0 } });
    // Answered on the same connection, so behind the write.
    await collection.db.command({ ping: 1 });
    await expect.poll(() => standIn.totalStats().operations).toBe(300);
    await expect.poll(() => stored(collection)).toBe(ADMITTED);
  });

  it('writes the chosen share of throttled documents all the same, the same ones for a seed', async () => {
    const lost: number[][] = [];
    for (let run = 0; run < 2; run += 1) {
      const { collection, standIn } = await setUp({ ambiguousFraction: 0.3, seed: 7 });
      const errors = writeErrors(await failure(collection.insertMany(documents(300), { ordered: false })));
      const present = await direct.db(collection.dbName).collection('c').find().toArray();
      const ids = new Set(present.map((one) => Number(one._id)));
      const both = errors.map((one) => one.index).filter((index) => ids.has(index));
      expect(errors).toHaveLength(300 - ADMITTED);
      expect(both.length).toBeGreaterThan(30);
      expect(both.length).toBeLessThan(100);
      expect(standIn.totalStats().documentsWritten).toBe(ids.size);
      lost.push(both);
    }
    expect(lost[0]).toEqual(lost[1]);
  });
});

describe('message styles of the RU stand-in', () => {
  it.each([
    ['modern', /^Error=16500, RetryAfterMs=\d+, Details='Response status code does not indicate success: TooManyReq/],
    ['insertError', /^Error=16500, Details='Insert error\.'$/],
    ['legacy', /^Message: \{"Errors":\["Request rate is large"\]\}$/],
  ] as const)('tells a partly throttled bulk in the style %s', async (messageStyle, text) => {
    const { collection } = await setUp({ messageStyle });
    const errors = writeErrors(await failure(collection.insertMany(documents(100), { ordered: false })));
    expect(errors).toHaveLength(100 - ADMITTED);
    for (const error of errors) expect(error.errmsg).toMatch(text);
  });

  it('tells a partly throttled bulk as a failed command in the style commandLevel, though a part was written', async () => {
    const { collection, standIn } = await setUp();
    standIn.setMessageStyle('commandLevel');
    const reply = await failure(collection.db.command({ insert: 'c', documents: documents(100), ordered: false }));
    expect(reply).toMatchObject({ code: 16500, codeName: 'RequestRateTooLarge' });
    expect(await stored(collection)).toBe(ADMITTED);
  });

  it('has no retry hint in legacy command errors', async () => {
    const { collection } = await setUp({ messageStyle: 'legacy' });
    await failure(collection.insertMany(documents(90), { ordered: false }));
    const error = await failure(collection.findOne({ _id: 1 as never }));
    expect(error.errmsg).toContain('Message: {"Errors":["Request rate is large"]}');
    expect(error.errmsg).not.toContain('RetryAfterMs');
  });
});

describe('server-side retry of the RU stand-in', () => {
  it('holds the reply until everything is written', async () => {
    const { collection, clock, standIn } = await setUp({ serverSideRetry: true });
    const result = await collection.insertMany(documents(300), { ordered: false });
    expect(result.insertedCount).toBe(300);
    expect(await stored(collection)).toBe(300);
    expect(clock.slept).toBe(3000);
    expect(standIn.totalStats()).toMatchObject({ throttledOperations: 0, documentsWritten: 300 });
    await collection.insertMany(documents(200, 1000), { ordered: true });
    expect(await stored(collection)).toBe(500);
  });

  it('gives up after 60 s with code 50; what is written stays', async () => {
    const { collection, clock } = await setUp({ serverSideRetry: true, ruPerSecond: 50 });
    const error = await failure(collection.db.command({ insert: 'c', documents: documents(1000), ordered: false }));
    expect(error).toMatchObject({ code: 50, codeName: 'ExceededTimeLimit' });
    expect(clock.slept).toBe(60_000);
    const written = await stored(collection);
    expect(written).toBeGreaterThan(600);
    expect(written).toBeLessThan(650);
  });

  it('holds reads too', async () => {
    const { collection, clock } = await setUp({ serverSideRetry: true });
    await collection.insertMany(documents(81));
    expect(await collection.findOne({ _id: 1 as never })).toMatchObject({ _id: 1 });
    expect(clock.slept).toBe(1000);
  });
});
