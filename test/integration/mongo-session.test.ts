import { BSON, Decimal128, Long, ObjectId, Timestamp } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { currentDriver } from '../../src/adapters/mongo/driver.js';
import { openClient } from '../../src/adapters/mongo/open-client.js';
import { loadLegacyDriver } from '../../src/adapters/mongo/driver.js';
import { DataConnections } from '../../src/adapters/mongo/data-connections.js';
import { probeCluster } from '../../src/adapters/mongo/probe.js';
import { selfTest } from '../../src/adapters/mongo/raw-sequence.js';
import { rawDocument } from '../../src/adapters/mongo/raw-statement.js';
import { MongoSession } from '../../src/adapters/mongo/session.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { rawId } from '../../src/core/bson/raw-document.js';
import { MigrationError } from '../../src/core/model/error.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

let server: RunningMongod;
let cluster: ConnectedCluster;
const ns = { db: 'raw', coll: 'do cs.x ü' };

beforeAll(async () => {
  server = await startMongod();
  cluster = await connect({
    connectionString: parseConnectionString(server.uri),
    clock: systemClock,
    monitorCommands: true,
  });
});
afterAll(async () => {
  await cluster.close();
  await server.stop();
});
beforeEach(async () => {
  await cluster.session.command('raw', { dropDatabase: 1 });
});

const int32 = (n: number): Buffer => {
  const b = Buffer.alloc(4);
  b.writeInt32LE(n);
  return b;
};
const int = (name: string, n: number) => ({ name, type: 0x10, value: int32(n) });
const bytesOf = (document: BSON.Document): Buffer => Buffer.from(BSON.serialize(document));

async function readAll(session: MongoSession, find = {}): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const batch of session.findRaw(ns, find)) found.push(...batch.documents.map((d) => Buffer.from(d)));
  return found;
}

async function openCursors(): Promise<number> {
  const admin = await MongoClient.connect(server.uri);
  const status = await admin.db('admin').command({ serverStatus: 1 });
  await admin.close();
  return Number((status.metrics as { cursor: { open: { total: number } } }).cursor.open.total);
}

/** What no decoded copy keeps. Each with `_id` first, as the server would put it. */
const ODD: Readonly<Record<string, Buffer>> = {
  'integer-like keys out of order': rawDocument([int('_id', 1), int('b', 1), int('10', 2), int('2', 3)]),
  'duplicate keys': rawDocument([int('_id', 2), int('a', 1), int('a', 2)]),
  'the double 1.0 and the long 5': rawDocument([
    int('_id', 3),
    { name: 'd', type: 0x01, value: Buffer.from('000000000000f03f', 'hex') },
    { name: 'l', type: 0x12, value: Buffer.from('0500000000000000', 'hex') },
  ]),
  'undefined, symbol and a pointer': rawDocument([
    int('_id', 4),
    { name: 'u', type: 0x06, value: Buffer.alloc(0) },
    { name: 's', type: 0x0e, value: Buffer.concat([int32(2), Buffer.from('x\0')]) },
    { name: 'p', type: 0x0c, value: Buffer.concat([int32(4), Buffer.from('a.b\0'), Buffer.alloc(12, 7)]) },
  ]),
  'every usual type': bytesOf({
    _id: 5,
    date: new Date(0),
    decimal: Decimal128.fromString('1.10'),
    binary: new BSON.Binary(Buffer.from('x'), 4),
    regex: new BSON.BSONRegExp('^a', 'im'),
    code: new BSON.Code('f()', { a: 1 }),
    minmax: [new BSON.MinKey(), new BSON.MaxKey()],
    id: new ObjectId(),
    nested: { a: [{ b: null }] },
  }),
};
const ZERO = rawDocument([
  int('_id', 6),
  { name: 'z', type: 0x11, value: Buffer.alloc(8) },
  int('b', 1),
  int('10', 2),
  int('2', 3),
]);

describe('the driver', () => {
  it('still carries a raw document sequence byte by byte', () => {
    expect(selfTest()).toBe(true);
  });
});

describe('insertRaw and findRaw', () => {
  it.each(Object.entries(ODD))('keep every byte of %s', async (_name, document) => {
    expect(await cluster.session.insertRaw(ns, [document], { ordered: true })).toEqual({
      inserted: 1,
      writeErrors: [],
    });
    expect(await readAll(cluster.session)).toEqual([document]);
  });

  it('tell refused documents by their place and insert the rest', async () => {
    const documents = [1, 2, 1, 3, 2].map((id) => rawDocument([int('_id', id)]));
    const result = await cluster.session.insertRaw(ns, documents, { ordered: false });
    expect(result.inserted).toBe(3);
    expect(result.writeErrors.map(({ index, code }) => [index, code])).toEqual([
      [2, 11_000],
      [4, 11_000],
    ]);
    const ordered = await cluster.session.insertRaw(ns, [rawDocument([int('_id', 9)]), ...documents], {
      ordered: true,
    });
    expect(ordered).toMatchObject({ inserted: 1, writeErrors: [{ index: 1, code: 11_000 }] });
  });

  it('do not send a document over the size limit, and say which it was', async () => {
    const huge = rawDocument([
      int('_id', 1),
      { name: 'x', type: 0x05, value: Buffer.concat([int32(17_000_000), Buffer.alloc(17_000_001)]) },
    ]);
    const others = [2, 3].map((id) => rawDocument([int('_id', id)]));
    const [a, b] = others as [Buffer, Buffer];
    const result = await cluster.session.insertRaw(ns, [a, huge, b], { ordered: false });
    expect(result).toMatchObject({ inserted: 2, writeErrors: [{ index: 1, code: 10_334 }] });
    const ordered = await cluster.session.insertRaw({ ...ns, coll: 'o' }, [a, huge, b], { ordered: true });
    expect(ordered).toMatchObject({ inserted: 1, writeErrors: [{ index: 1, code: 10_334 }] });
  });

  it('send as many commands as the message limit asks for, places kept', async () => {
    const payload = Buffer.concat([int32(15_000_000), Buffer.alloc(15_000_001)]);
    const large = (id: number): Buffer => rawDocument([int('_id', id), { name: 'x', type: 0x05, value: payload }]);
    const commands: number[] = [];
    const listen = (event: { commandName: string }): void => void (event.commandName === 'insert' && commands.push(1));
    cluster.client.on('commandStarted', listen);
    const result = await cluster.session.insertRaw(ns, [large(1), large(2), large(3), large(4), large(1)], {
      ordered: false,
    });
    cluster.client.off('commandStarted', listen);
    expect(commands).toHaveLength(2);
    expect(result).toMatchObject({ inserted: 4, writeErrors: [{ index: 4, code: 11_000 }] });
  });
});

describe('findRaw', () => {
  const fill = (count: number): Promise<unknown> =>
    cluster.session.insertRaw(
      ns,
      Array.from({ length: count }, (_, id) => rawDocument([int('_id', id)])),
      { ordered: true },
    );

  it('reads over many getMores in order, each document once', async () => {
    await fill(2500);
    const ids: number[] = [];
    let batches = 0;
    for await (const batch of cluster.session.findRaw(ns, { sort: { _id: 1 }, batchSize: 100 })) {
      batches++;
      for (const document of batch.documents) ids.push(document.readInt32LE(9));
    }
    expect(ids).toEqual(Array.from({ length: 2500 }, (_, i) => i));
    expect(batches).toBe(25);
  });

  it('passes filter, range and limit on to the server', async () => {
    await fill(50);
    const ids = (
      await readAll(cluster.session, { min: { _id: 10 }, max: { _id: 20 }, hint: { _id: 1 }, limit: 5 })
    ).map((d) => d.readInt32LE(9));
    expect(ids).toEqual([10, 11, 12, 13, 14]);
    expect(await readAll(cluster.session, { filter: { _id: { $gte: 48 } } })).toHaveLength(2);
  });

  it('closes its cursor on the server when the reader stops early', async () => {
    await fill(1000);
    const before = await openCursors();
    for await (const batch of cluster.session.findRaw(ns, { batchSize: 10 })) {
      expect(batch.documents).toHaveLength(10);
      break;
    }
    expect(await openCursors()).toBe(before);
  });

  it('stops promptly when aborted, and says cancelled', async () => {
    await fill(1000);
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const batch of cluster.session.findRaw(ns, { batchSize: 10 }, controller.signal)) {
        if (batch.documents.length > 0) controller.abort();
      }
    };
    const error: unknown = await read().catch((e: unknown) => e);
    expect(MigrationError.is(error, 'cancelled')).toBe(true);
  });

  it('tells a cursor that the server has lost as a lost connection', async () => {
    await fill(1000);
    const find = { find: ns.coll, batchSize: 10 };
    const stream = cluster.session.streamRaw(ns.db, find, { batchSize: 10, prefetch: false });
    expect((await stream.next()).done).toBe(false);
    await cluster.session.command('admin', { killAllSessionsByPattern: [] });
    const error: unknown = await stream.next().catch((e: unknown) => e);
    expect(MigrationError.is(error, 'connection-lost')).toBe(true);
    expect((error as MigrationError).facts).toMatchObject({ reason: 'cursor-lost', serverCode: 43 });
  });

  it('reads nothing of a collection that is not there', async () => {
    expect(await readAll(cluster.session)).toEqual([]);
  });
});

describe('replaceRaw', () => {
  it.each([...Object.entries(ODD), ['a top-level Timestamp(0,0)', ZERO] as const])(
    'puts %s in place, byte by byte',
    async (_name, document) => {
      const id = rawId(document);
      if (!id) throw new Error('no _id');
      const before = rawDocument([{ name: '_id', type: id[0] ?? 0, value: id.subarray(1) }, int('old', 1)]);
      await cluster.session.insertRaw(ns, [before], { ordered: true });
      await cluster.session.replaceRaw(ns, document);
      expect(await readAll(cluster.session)).toEqual([document]);
    },
  );

  it('inserts the document where there is none, a Timestamp(0,0) kept', async () => {
    await cluster.session.replaceRaw(ns, ZERO);
    expect(await readAll(cluster.session)).toEqual([ZERO]);
  });

  it('finds documents by an _id of any type', async () => {
    const ids = [
      's',
      1.5,
      Long.fromNumber(7),
      new ObjectId(),
      new Date(1),
      { a: 1, b: { c: 2 } },
      null,
      new Timestamp(1n),
      Decimal128.fromString('1'),
    ];
    for (const _id of ids) {
      await cluster.session.insertRaw(ns, [bytesOf({ _id, v: 1 })], { ordered: true });
      await cluster.session.replaceRaw(ns, bytesOf({ _id, v: 2 }));
    }
    const found = await readAll(cluster.session);
    expect(found).toHaveLength(ids.length);
    for (const document of found) expect(BSON.deserialize(document)).toMatchObject({ v: 2 });
  });

  it('tells a refusal with its code', async () => {
    await cluster.session.command('raw', { create: 'strict', validator: { v: { $type: 'int' } } });
    const error: unknown = await cluster.session
      .replaceRaw({ db: 'raw', coll: 'strict' }, bytesOf({ _id: 1, v: 'x' }))
      .catch((e: unknown) => e);
    expect(MigrationError.is(error, 'command-failed')).toBe(true);
    expect((error as MigrationError).facts).toMatchObject({
      serverCode: 121,
      command: 'update',
      namespace: 'raw.strict',
    });
  });
});

describe('command', () => {
  it('rejects an unknown command as command-failed with the server’s code', async () => {
    const error: unknown = await cluster.session.command('raw', { noSuchCommand: 1 }).catch((e: unknown) => e);
    expect(MigrationError.is(error, 'command-failed')).toBe(true);
    expect((error as MigrationError).facts).toMatchObject({
      serverCode: 59,
      codeName: 'CommandNotFound',
      command: 'noSuchCommand',
    });
  });

  it('ends at once when aborted', async () => {
    await cluster.session.insertRaw(ns, [bytesOf({ _id: 1 })], { ordered: true });
    const controller = new AbortController();
    const slow = { find: ns.coll, filter: { $where: 'sleep(5000) || true' } };
    const started = performance.now();
    const running = cluster.session.command('raw', slow, { signal: controller.signal });
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('tells a server that has gone as connection-lost', async () => {
    const mortal = await startMongod();
    const connection = await connect({
      connectionString: parseConnectionString(`${mortal.uri}&serverSelectionTimeoutMS=500`),
      clock: systemClock,
    });
    await mortal.kill();
    const error: unknown = await connection.session.command('raw', { ping: 1 }).catch((e: unknown) => e);
    expect(MigrationError.is(error, 'connection-lost')).toBe(true);
    await connection.close();
    await mortal.stop();
  });
});

describe('the older driver', () => {
  it('reads raw, and writes what it can write exactly and nothing else', async () => {
    const settings = { connectionString: parseConnectionString(server.uri) };
    const { client, topology } = await openClient(await loadLegacyDriver(), settings, 10_000);
    try {
      const facts = await probeCluster({
        client,
        driver: 'legacy',
        tls: false,
        hosts: settings.connectionString.hosts,
      });
      const session = new MongoSession({
        client,
        facts,
        clock: systemClock,
        secrets: [],
        hasCredentials: false,
        hasSessions: () => topology()?.logicalSessionTimeoutMinutes !== null,
        clientFor: () => Promise.resolve(client),
        dataConnections: new DataConnections(() => Promise.resolve(client), false),
        random: () => 0,
        silenceMs: 10_000,
      });
      const plain = Array.from({ length: 300 }, (_, i) => rawDocument([int('_id', i), int('a', i)]));
      expect(await session.insertRaw(ns, plain, { ordered: true })).toEqual({ inserted: 300, writeErrors: [] });
      expect(await readAll(session, { sort: { _id: 1 }, batchSize: 50 })).toEqual(plain);
      const duplicateKeys = ODD['duplicate keys'] ?? Buffer.alloc(0);
      await expect(session.insertRaw(ns, [duplicateKeys], { ordered: true })).rejects.toMatchObject({
        code: 'unsupported-server-version',
      });
      await expect(session.replaceRaw(ns, ZERO)).rejects.toMatchObject({ code: 'unsupported-server-version' });
      expect(await readAll(session)).toHaveLength(300);
    } finally {
      await client.close();
    }
    expect(currentDriver.MongoClient).not.toBe((await loadLegacyDriver()).MongoClient);
  });
});
