import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Document } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMongodLogs } from '../../src/adapters/files/mongod-log.js';
import { startMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

/** Stands in every value of a document or a query, and nowhere else. */
const CANARY = 'c4n4ryValue';
let folder: TempFolder;
/** Written by a real server whose every operation counts as slow. */
let log: string;

beforeAll(async () => {
  folder = await makeTempFolder('logs');
  log = join(folder.path, 'mongod.log');
  await using server = await startMongod({ args: ['--slowms', '0'], logFile: log });
  const client = await MongoClient.connect(server.uri, { appName: 'webshop' });
  const orders = client.db('shop').collection<Document>('orders');
  await orders.insertMany([{ customer: 1, state: CANARY }, { customer: 2 }]);
  await orders.updateMany({ customer: { $gt: 0 }, state: CANARY }, { $set: { 'address.city': CANARY } });
  await orders.deleteOne({ customer: 3 });
  for (let i = 0; i < 3; i++) {
    await orders.find({ customer: i, name: new RegExp(CANARY, 'i') }).sort({ at: 1, state: -1 }).toArray(); // prettier-ignore
  }
  await orders
    .aggregate([
      { $match: { customer: 1 } },
      { $graphLookup: { from: 'people', startWith: '$customer', connectFromField: 'boss', connectToField: 'number', as: 'chain' } },
      { $group: { _id: '$state', most: { $max: { $round: ['$total', 1] } } } },
    ])
    .toArray(); // prettier-ignore
  await client.close();
});
afterAll(() => folder.remove());

describe("a real server's log", () => {
  it('tells features, fields, sorts and drivers, and no value', async () => {
    const reading = await readMongodLogs([log]);
    expect(reading.unreadable).toBe(0);
    expect(reading.gaps).toEqual([]);
    const counts = Object.fromEntries(reading.features.map(({ name, count, kind }) => [`${kind} ${name}`, count]));
    expect(counts).toMatchObject({
      'command insert': 1,
      'command update': 1,
      'command delete': 1,
      'command find': 3,
      'command aggregate': 1,
      'stage $graphLookup': 1,
      'expression $round': 1,
      'accumulator $max': 1,
      'update-operator $set': 1,
      'option $regex.options': 3,
    });
    const field = (path: string): unknown =>
      reading.fields.find((one) => one.ns.coll === 'orders' && one.path === path);
    expect(field('customer')).toMatchObject({ equality: 5, otherwise: 1 });
    expect(field('address.city')).toMatchObject({ updated: 1 });
    expect(reading.sorts).toMatchObject([{ ns: { db: 'shop', coll: 'orders' }, key: [['at', 1], ['state', -1]], count: 3 }]); // prettier-ignore
    expect(reading.clients).toContainEqual(expect.objectContaining({ driver: 'nodejs', application: 'webshop' }));
    expect(await readFile(log, 'utf8')).toContain(CANARY);
    expect(JSON.stringify(reading)).not.toContain(CANARY);
  });

  it('tells the same compressed, and twice as much twice', async () => {
    const packed = join(folder.path, 'mongod.log.gz');
    await writeFile(packed, gzipSync(await readFile(log)));
    const [plain, unpacked, both] = [await readMongodLogs([log]), await readMongodLogs([packed]), await readMongodLogs([log, packed])]; // prettier-ignore
    expect(unpacked).toEqual(plain);
    expect(both.operations).toBe(2 * plain.operations);
    expect(both.features.map(({ count }) => count)).toEqual(plain.features.map(({ count }) => 2 * count));
  });

  it('that was cut off is read as far as it goes, and told of', async () => {
    const whole = gzipSync(await readFile(log));
    const cut = join(folder.path, 'cut.log.gz');
    await writeFile(cut, whole.subarray(0, whole.length - 20));
    const reading = await readMongodLogs([cut]);
    expect(reading.operations).toBeGreaterThan(0);
    expect(reading.gaps).toMatchObject([{ purpose: 'log-files', reason: 'failed' }]);
  });
});

describe('a log file', () => {
  it('with bad lines is read around them', async () => {
    const text = await readFile(log, 'utf8');
    const half = Math.floor(text.length / 2);
    const damaged = join(folder.path, 'damaged.log');
    await writeFile(damaged, `\u0000\u0001 no log\n${text.slice(0, half)}\n${text.slice(half)}`);
    const [good, bad] = [await readMongodLogs([log]), await readMongodLogs([damaged])];
    expect(bad.unreadable).toBeGreaterThanOrEqual(2);
    expect(bad.operations).toBeGreaterThanOrEqual(good.operations - 1);
  });

  it('of one endless line is counted as one, in flat memory', async () => {
    const endless = join(folder.path, 'endless.log');
    const file = createWriteStream(endless);
    const piece = Buffer.alloc(1 << 20, 'x');
    for (let i = 0; i < 300; i++) if (!file.write(piece)) await once(file, 'drain');
    file.end('\n{"t":{},"msg":"last"}\n');
    await once(file, 'close');
    const before = process.memoryUsage().rss;
    const reading = await readMongodLogs([endless]);
    expect([reading.lines, reading.unreadable]).toEqual([2, 1]);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
    // Nothing in it was an operation, which is told.
    expect(reading.gaps).toEqual([{ purpose: 'log-files', reason: 'not-enabled' }]);
  });

  it('that is none ends the reading, as does the caller', async () => {
    await expect(readMongodLogs([join(folder.path, 'missing')])).rejects.toMatchObject({ code: 'file-failed' });
    await expect(readMongodLogs([folder.path])).rejects.toMatchObject({ code: 'file-failed' });
    const gone = new AbortController();
    gone.abort();
    await expect(readMongodLogs([log], { signal: gone.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
