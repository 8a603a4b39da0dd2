import { serialize } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ConnectedCluster, type ConnectOptions } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import type { DataConnection } from '../../src/adapters/mongo/data-connection.js';
import { RawCopySource } from '../../src/adapters/mongo/raw-copy-source.js';
import { RawCopyTarget } from '../../src/adapters/mongo/raw-copy-target.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { DocumentBatch } from '../../src/engine/copy/batch.js';
import { makeCertificates, type TestCertificates } from '../support/certificates.js';
import { startFaultProxy } from '../support/fault-proxy.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

const { signal } = new AbortController();
const ns = { db: 'd', coll: 'c' };
const USER = { user: 'root', password: 'canary-3f9a' };
const documents = Array.from({ length: 500 }, (_, i) => Buffer.from(serialize({ _id: i, text: 'x'.repeat(i) })));

let certificates: TestCertificates;
let plain: RunningMongod;
let guarded: RunningMongod;
beforeAll(async () => {
  certificates = await makeCertificates();
  plain = await startMongod();
  guarded = await startMongod({
    auth: USER,
    tls: { mode: 'requireTLS', certificateKeyFile: certificates.serverFile },
  });
});
afterAll(async () => {
  await plain?.stop();
  await guarded?.stop();
  await certificates?.remove();
});

async function connected(uri: string, more: Partial<ConnectOptions> = {}): Promise<ConnectedCluster> {
  return connect({ connectionString: parseConnectionString(uri), clock: systemClock, ...more });
}

async function withConnection<T>(
  cluster: ConnectedCluster,
  work: (connection: DataConnection | undefined) => Promise<T>,
): Promise<T> {
  const { dataConnections } = cluster.session.parts;
  const connection = await dataConnections.borrow('primary', signal);
  try {
    return await work(connection);
  } finally {
    if (connection) dataConnections.giveBack('primary', connection);
  }
}

/** Writes and reads all documents the way a copy does. */
async function thereAndBack(cluster: ConnectedCluster): Promise<Buffer[]> {
  await cluster.session.command(ns.db, { dropDatabase: 1 });
  const writer = await new RawCopyTarget(cluster).openWriter(signal);
  const reply = await writer.insert(ns, DocumentBatch.of(documents), { charge: false, signal });
  expect(reply).toMatchObject({ kind: 'answered', inserted: documents.length });
  await writer.close();
  const reader = new RawCopySource(cluster.session).read(
    ns,
    'by-id',
    {},
    { replyBytes: 20_000, averageBytes: 300, signal },
  );
  const found: Buffer[] = [];
  for (let batch = await reader.next(); batch; batch = await reader.next()) {
    for (let i = 0; i < batch.count; i += 1) found.push(Buffer.from(batch.at(i)));
    batch.release();
  }
  await reader.close();
  return found;
}

describe('a connection of the copy itself', () => {
  it('is had from the driver as it is pinned: where this fails, an update of the driver has changed its insides', async () => {
    await using cluster = await connected(plain.uri);
    await withConnection(cluster, (connection) => {
      expect(connection?.isOpen).toBe(true);
      return Promise.resolve();
    });
    expect(await thereAndBack(cluster)).toEqual(documents);
  });

  it('logs in over TLS as the driver does, and carries the same bytes', async () => {
    const uri = guarded.uri.replace('mongodb://', `mongodb://${USER.user}:${USER.password}@`);
    await using cluster = await connected(`${uri}&authSource=admin`, { tlsCAFile: certificates.caFile });
    await withConnection(cluster, async (connection) => {
      const reply = await connection?.exchange('admin', { connectionStatus: 1 }, { readPreference: 'primary', signal });
      expect(reply?.body.toString('latin1')).toContain(USER.user);
    });
    expect(await thereAndBack(cluster)).toEqual(documents);
  });

  it('is left to the driver where messages shall be compressed, and the copy goes on over that', async () => {
    await using cluster = await connected(`${plain.uri}&compressors=zlib`);
    await withConnection(cluster, (connection) => {
      expect(connection).toBeUndefined();
      return Promise.resolve();
    });
    expect(await thereAndBack(cluster)).toEqual(documents);
  });

  it('is used again by the next one, unless it was lost meanwhile', async () => {
    await using cluster = await connected(plain.uri);
    const first = await withConnection(cluster, (connection) => Promise.resolve(connection));
    expect(await withConnection(cluster, (connection) => Promise.resolve(connection))).toBe(first);
    first?.close();
    const second = await withConnection(cluster, (connection) => Promise.resolve(connection));
    expect(second?.isOpen).toBe(true);
    expect(second === first).toBe(false);
  });

  it("tells the server's own word and stays open; what the server says of an unknown command too", async () => {
    await using cluster = await connected(plain.uri);
    await withConnection(cluster, async (connection) => {
      const asked = connection?.exchange('d', { noSuchCommand: 1 }, { readPreference: 'primary', signal });
      await expect(asked).rejects.toMatchObject({ code: 59, name: 'MongoServerError' });
      expect(connection?.isOpen).toBe(true);
    });
  });

  it('is closed, and its command given up with the reason, when the caller does not want it any more', async () => {
    await using cluster = await connected(plain.uri);
    const stop = new AbortController();
    await withConnection(cluster, async (connection) => {
      const sleeping = { find: 'one', filter: { $where: 'sleep(20000) || true' } };
      await cluster.session.command('d', { insert: 'one', documents: [{ a: 1 }] });
      const asked = connection?.exchange('d', sleeping, { readPreference: 'primary', signal: stop.signal });
      setImmediate(() => stop.abort(new Error('enough')));
      await expect(asked).rejects.toThrow('enough');
      expect(connection?.isOpen).toBe(false);
    });
  });

  it('goes to a server that is there again under the same address', async () => {
    const first = await startMongod();
    const { port } = first;
    const cluster = await connected(first.uri);
    const lost = await withConnection(cluster, (connection) => Promise.resolve(connection));
    await first.stop();
    const second = await startMongod({ port });
    try {
      const ping = { readPreference: 'primary', signal };
      await expect(lost?.exchange('d', { ping: 1 }, ping)).rejects.toMatchObject({ name: 'MongoNetworkError' });
      await withConnection(cluster, async (connection) => {
        expect((await connection?.exchange('d', { ping: 1 }, ping))?.body.length).toBeGreaterThan(5);
      });
    } finally {
      await cluster.close();
      await second.stop();
    }
  });

  it('is given up where a server falls silent in the middle of a login', { timeout: 20_000 }, async () => {
    const mongod = await startMongod({ auth: USER });
    let silent = false;
    await using proxy = await startFaultProxy({
      port: mongod.port,
      breaks: (command) => (silent && command === 'saslContinue' ? 'stall' : undefined),
    });
    try {
      const uri = proxy.uri.replace('mongodb://', `mongodb://${USER.user}:${USER.password}@`);
      await using cluster = await connected(`${uri}&authSource=admin`, { silenceMs: 300 });
      silent = true;
      const lost = { code: 'connection-lost', facts: { reason: 'silence' } };
      const options = { replyBytes: 20_000, averageBytes: 300, signal };
      const reader = new RawCopySource(cluster.session).read(ns, 'by-id', {}, options);
      await expect(reader.next()).rejects.toMatchObject(lost);
      await reader.close();
      await expect(new RawCopyTarget(cluster).openWriter(signal)).rejects.toMatchObject(lost);
    } finally {
      await mongod.stop();
    }
  });

  it('is closed, and its range read on over another, when the server wants a new login', async () => {
    const mongod = await startMongod({ args: ['--setParameter', 'enableTestCommands=1'] });
    try {
      await using cluster = await connected(mongod.uri);
      await cluster.session.command(ns.db, { insert: ns.coll, documents: [{ _id: 1 }] });
      const expired = { failCommands: ['find', 'insert'], errorCode: 391 };
      await cluster.session.command('admin', { configureFailPoint: 'failCommand', mode: { times: 2 }, data: expired });
      const options = { replyBytes: 20_000, averageBytes: 300, signal };
      const lost = { code: 'connection-lost', facts: { serverCode: 391 } };
      const read = () => new RawCopySource(cluster.session).read(ns, 'by-id', {}, options);
      const first = read();
      await expect(first.next()).rejects.toMatchObject(lost);
      await first.close();
      const writer = await new RawCopyTarget(cluster).openWriter(signal);
      const batch = DocumentBatch.of(documents);
      await expect(writer.insert(ns, batch, { charge: false, signal })).rejects.toMatchObject(lost);
      const fresh = documents.length - 1;
      expect(await writer.insert(ns, batch, { charge: false, signal })).toMatchObject({ inserted: fresh });
      await writer.close();
      const second = read();
      expect((await second.next())?.count).toBeGreaterThan(0);
      await second.close();
    } finally {
      await mongod.stop();
    }
  });

  it('does not keep a connection when the cluster is closed', async () => {
    const cluster = await connected(plain.uri);
    const kept = await withConnection(cluster, (connection) => Promise.resolve(connection));
    const lent = await cluster.session.parts.dataConnections.borrow('primary', signal);
    const { dataConnections } = cluster.session.parts;
    const opening = dataConnections.borrow('primary', signal).catch(() => undefined);
    // Its server is chosen, so that the client's end does not end it.
    await new Promise((resolve) => setImmediate(resolve));
    await cluster.close();
    expect((await opening)?.isOpen ?? false).toBe(false);
    if (lent) cluster.session.parts.dataConnections.giveBack('primary', lent);
    expect([kept?.isOpen, lent?.isOpen]).toEqual([false, false]);
    const client = new MongoClient(plain.uri);
    await client.connect();
    await client.close();
  });
});
