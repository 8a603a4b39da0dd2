import { readFile } from 'node:fs/promises';
import { MongoClient, MongoServerError, type MongoClientOptions } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Namespace } from '../../src/core/model/namespace.js';
import type { Relay, RelayOptions } from '../../src/relay/relay.js';
import { makeCertificates } from '../support/certificates.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { createRuCollection, relayTo } from '../support/restore-through-relay.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';

async function withClient<T>(
  port: number,
  work: (client: MongoClient) => Promise<T>,
  options: MongoClientOptions = {},
): Promise<T> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, { serverSelectionTimeoutMS: 5_000, ...options });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

describe('the relay before a real mongod', () => {
  it('hides the members of a replica set, so that a client cannot go round it', async () => {
    await using server = await startMongod({ replSet: 'rs' });
    await using relay = await relayTo(server.port);
    await withClient(relay.port, async (client) => {
      const hello = await client.db('admin').command({ hello: 1 });
      expect(Object.keys(hello)).not.toEqual(expect.arrayContaining(['hosts', 'setName', 'primary', 'me']));
      await client.db('t').collection('c').insertOne({ a: 1 });
      expect(await client.db('t').collection('c').countDocuments()).toBe(1);
    });
    expect(relay.counters()).toMatchObject([{ ns: { db: 't', coll: 'c' }, acknowledged: 1, sentOperations: 1 }]);
  });

  it('lets authentication pass through, right and wrong', async () => {
    const auth = { user: 'root', password: 'p@ss/w%rd' };
    await using server = await startMongod({ auth });
    await using relay = await relayTo(server.port);
    const credentials = { username: auth.user, password: auth.password };
    await withClient(relay.port, (client) => client.db('t').collection('c').insertOne({ a: 1 }), { auth: credentials });
    await expect(
      withClient(relay.port, (client) => client.db('t').collection('c').insertOne({ a: 1 }), {
        auth: { ...credentials, password: 'wrong' },
      }),
    ).rejects.toMatchObject({ code: 18 });
  });

  it('makes TLS on the target side only, and checks the certificate', async () => {
    const certificates = await makeCertificates();
    await using server = await startMongod({
      tls: {
        mode: 'requireTLS',
        certificateKeyFile: certificates.serverFile,
        caFile: certificates.caFile,
        allowConnectionsWithoutCertificates: true,
      },
    });
    const target = (ca?: Buffer): Partial<RelayOptions> => ({
      target: { host: '127.0.0.1', port: server.port, tls: ca ? { ca } : {} },
    });
    await using relay = await relayTo(server.port, target(await readFile(certificates.caFile)));
    await withClient(relay.port, (client) => client.db('t').collection('c').insertOne({ a: 1 }));
    const seen: unknown[] = [];
    await using distrustful = await relayTo(server.port, {
      ...target(),
      onConnectionError: (_side, error) => seen.push((error as NodeJS.ErrnoException).code),
    });
    await expect(
      withClient(distrustful.port, (client) => client.db('t').command({ ping: 1 }), {
        serverSelectionTimeoutMS: 1_000,
      }),
    ).rejects.toThrow();
    expect(seen).toContain('SELF_SIGNED_CERT_IN_CHAIN');
    await certificates.remove();
  });

  it('declines compression and refuses the bulkWrite command that it cannot follow', async () => {
    await using server = await startMongod({ args: ['--networkMessageCompressors=zlib'] });
    await using relay = await relayTo(server.port);
    await withClient(
      relay.port,
      async (client) => {
        const documents = Array.from({ length: 3_000 }, (_, i) => ({ i, text: 'y'.repeat(500) }));
        await client.db('t').collection('c').insertMany(documents);
        expect(await client.db('t').collection('c').countDocuments()).toBe(3_000);
        await expect(client.db('admin').command({ bulkWrite: 1, ops: [], nsInfo: [] })).rejects.toMatchObject({
          code: 115,
        });
      },
      { compressors: ['zlib'] },
    );
    expect(relay.counters()[0]?.acknowledged).toBe(3_000);
  });

  it('ends the connections of the tool when the target is killed', async () => {
    const server = await startMongod();
    await using relay = await relayTo(server.port);
    await withClient(relay.port, async (client) => {
      await client.db('t').collection('c').insertOne({ a: 1 });
      await server.kill();
      await expect(client.db('t').collection('c').insertOne({ a: 2 })).rejects.toThrow();
    });
    expect(relay.counters()[0]?.acknowledged).toBe(1);
    await server.stop();
  });
});

describe('the relay before a throttling target', () => {
  const NS = { db: 'shop', coll: 'orders' };
  let backend: RunningMongod;
  let standIn: RuStandIn;
  let relay: Relay;
  const buried: { ns: Namespace; bytes: number; code: number }[] = [];

  beforeAll(async () => {
    backend = await startMongod();
    standIn = await startRuStandIn({ backendPort: backend.port });
    await createRuCollection(standIn.uri, NS.db, NS.coll, 1_000);
    relay = await relayTo(standIn.port, {
      duplicates: { kind: 'fail', onConflict: () => undefined },
      deadLetters: {
        add: (ns, document, why) => {
          buried.push({ ns, bytes: document.length, code: why.code });
          return Promise.resolve();
        },
      },
    });
  });
  afterAll(async () => {
    await relay.close();
    await standIn.close();
    await backend.stop();
  });

  const onTarget = <T>(work: (client: MongoClient) => Promise<T>): Promise<T> => withClient(backend.port, work);

  it('applies each $inc exactly once', async () => {
    await withClient(relay.port, async (client) => {
      const counters = client.db(NS.db).collection<{ _id: number; n: number }>(NS.coll);
      await counters.insertMany(Array.from({ length: 60 }, (_, i) => ({ _id: i, n: 0 })));
      for (let round = 0; round < 5; round += 1) {
        await counters.bulkWrite(
          Array.from({ length: 60 }, (_, i) => ({ updateOne: { filter: { _id: i }, update: { $inc: { n: 1 } } } })),
          { ordered: false },
        );
      }
    });
    await onTarget(async (client) => {
      const values = await client.db(NS.db).collection(NS.coll).distinct('n');
      expect(values).toEqual([5]);
    });
  });

  it('brings unacknowledged writes to the target, too', async () => {
    await createRuCollection(standIn.uri, NS.db, 'silent', 1_000);
    await withClient(relay.port, async (client) => {
      const silent = client.db(NS.db).collection('silent', { writeConcern: { w: 0 } });
      for (let i = 0; i < 10; i += 1)
        await silent.insertMany(
          Array.from({ length: 50 }, (_, k) => ({ i, k })),
          { ordered: false },
        );
      // The same connection pool answers in order: a read that comes back means that the relay has gone through what came before.
      await client.db(NS.db).command({ ping: 1 });
    });
    await expect
      .poll(() => relay.counters().find((c) => c.ns.coll === 'silent')?.acknowledged, { timeout: 20_000 })
      .toBe(500);
  });

  it('never shows a throttle to a reader either', async () => {
    await withClient(relay.port, async (client) => {
      const reads = Array.from({ length: 40 }, () => client.db(NS.db).collection(NS.coll).find().toArray());
      for (const documents of await Promise.all(reads)) expect(documents.length).toBeGreaterThanOrEqual(60);
    });
    expect(standIn.stats()[`${NS.db}.${NS.coll}`]?.throttledOperations).toBeGreaterThan(0);
  });

  it('keeps a document of 15.9 MB as a dead letter and brings all others', async () => {
    await createRuCollection(standIn.uri, NS.db, 'large', 4_000);
    await withClient(relay.port, async (client) => {
      const large = client.db(NS.db).collection<{ _id: number; pad?: string }>('large');
      const documents = Array.from({ length: 20 }, (_, _id) =>
        _id === 7 ? { _id, pad: 'z'.repeat(15_900_000) } : { _id },
      );
      const outcome = await large.insertMany(documents, { ordered: false }).catch((error: unknown) => error);
      expect(outcome).toBeInstanceOf(MongoServerError);
      expect(outcome).toMatchObject({ code: 121 });
    });
    expect(buried.filter((b) => b.ns.coll === 'large')).toMatchObject([
      { bytes: expect.any(Number) as number, code: 16 },
    ]);
    await onTarget(async (client) => {
      expect(await client.db(NS.db).collection('large').countDocuments()).toBe(19);
    });
  });

  it('takes equal documents for its own and tells of others', async () => {
    await createRuCollection(standIn.uri, NS.db, 'again', 4_000);
    const documents = Array.from({ length: 30 }, (_, _id) => ({ _id: _id as never, v: 1 }));
    await withClient(relay.port, async (client) => {
      await client.db(NS.db).collection('again').insertMany(documents);
      await client.db(NS.db).collection('again').insertMany(documents, { ordered: false });
      await expect(
        client
          .db(NS.db)
          .collection('again')
          .insertMany([{ _id: 3 as never, v: 2 }], { ordered: false }),
      ).rejects.toMatchObject({ code: 11000 });
    });
    expect(relay.counters().find((c) => c.ns.coll === 'again')).toMatchObject({
      acknowledged: 30,
      alreadyThere: 30,
      conflicts: 1,
    });
  });
});
