import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MongoClient } from 'mongodb';
import { makeCertificates, type TestCertificates } from '../support/certificates.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { runProgram } from '../support/ru-stand-in/run-program.js';
import { startRuStandInProcess } from '../support/ru-stand-in/start-process.js';
import { startRuStandIn } from '../support/ru-stand-in/start.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { findTestTool } from '../support/tools.js';

const DOCUMENTS = 40_000;
let mongod: RunningMongod;
let folder: TempFolder;
let archive: string;

beforeAll(async () => {
  mongod = await startMongod();
  folder = await makeTempFolder('stand-in');
  archive = join(folder.path, 'source.archive');
  const source = new MongoClient(mongod.uri);
  try {
    for (let batch = 0; batch < DOCUMENTS / 1000; batch += 1) {
      const documents = Array.from({ length: 1000 }, (_, i) => ({
        number: batch * 1000 + i,
        name: 'n'.repeat(200),
        nested: { flag: true, text: 't'.repeat(300) },
        tags: [1, 2, 3],
        more: 'm'.repeat(400),
      }));
      await source.db('speed').collection('c').insertMany(documents);
    }
    await source.db('speed').collection('c').createIndex({ number: 1 });
  } finally {
    await source.close();
  }
  const dump = await runProgram(await findTestTool('mongodump'), [
    `--uri=${mongod.uri}`,
    '--db=speed',
    `--archive=${archive}`,
  ]);
  expect(dump.code, dump.stderr).toBe(0);
});

afterAll(async () => {
  await mongod?.stop();
  await folder?.remove();
});

describe('clients of the RU stand-in', () => {
  it.each([
    ['4.2', 8],
    ['5.0', 13],
    ['6.0', 17],
    ['7.0', 21],
  ] as const)('see a globaldb primary of version %s with wire version %d', async (emulatedVersion, wireVersion) => {
    await using standIn = await startRuStandIn({ backendPort: mongod.port, emulatedVersion });
    const client = new MongoClient(standIn.uri);
    try {
      const hello = await client.db('admin').command({ hello: 1 });
      expect(hello).toMatchObject({
        isWritablePrimary: true,
        setName: 'globaldb',
        hosts: [`127.0.0.1:${standIn.port}`],
        maxWriteBatchSize: 1000,
        maxWireVersion: wireVersion,
      });
      expect(hello).not.toHaveProperty('compression');
      expect(hello).not.toHaveProperty('topologyVersion');
      expect(await client.db('admin').command({ buildInfo: 1 })).toMatchObject({
        _t: 'BuildInfoResponse',
        version: `${emulatedVersion}.0`,
      });
      await client
        .db('seen')
        .collection('c')
        .insertMany([{ a: 1 }, { a: 2 }]);
      expect(await client.db('seen').collection('c').find({ a: 2 }).toArray()).toHaveLength(1);
    } finally {
      await client.db('seen').dropDatabase();
      await client.close();
    }
  });

  it.each(['6.0', '7.0'] as const)(
    'restore with the real mongorestore as version %s, whole and with indexes, at under 25 µs of CPU a document',
    async (emulatedVersion) => {
      await using standIn = await startRuStandIn({ backendPort: mongod.port, emulatedVersion, ruPerSecond: 1_000_000 });
      const before = process.cpuUsage();
      const restore = await runProgram(await findTestTool('mongorestore'), [
        `--uri=${standIn.uri}`,
        `--archive=${archive}`,
        '--nsFrom=speed.*',
        `--nsTo=speed${emulatedVersion.replace('.', '')}.*`,
        '--numInsertionWorkersPerCollection=4',
      ]);
      const used = process.cpuUsage(before);
      expect(restore.code, restore.stderr).toBe(0);
      expect(standIn.totalStats()).toMatchObject({ documentsWritten: DOCUMENTS, throttledOperations: 0 });
      // 25 µs a document are 40,000 documents/s on one core.
      expect((used.user + used.system) / DOCUMENTS).toBeLessThan(25);
      const client = new MongoClient(standIn.uri);
      try {
        const indexes = await client
          .db(`speed${emulatedVersion.replace('.', '')}`)
          .collection('c')
          .indexes();
        expect(indexes.map((index) => index.name)).toEqual(['_id_', 'number_1']);
      } finally {
        await client.close();
      }
    },
  );

  it('authenticate against the mongod behind, and not with a wrong password', async () => {
    await using secured = await startMongod({ auth: { user: 'owner', password: 'p@ss/word' } });
    await using standIn = await startRuStandIn({ backendPort: secured.port });
    const connect = async (password: string): Promise<number> => {
      const auth = { username: 'owner', password };
      const client = new MongoClient(standIn.uri, { auth, authSource: 'admin', serverSelectionTimeoutMS: 5000 });
      try {
        await client.db('secured').collection('c').insertOne({ a: 1 });
        await client.db('secured').command({ customAction: 'GetCollection', collection: 'c' });
        return await client.db('secured').collection('c').countDocuments();
      } finally {
        await client.close();
      }
    };
    expect(await connect('p@ss/word')).toBe(1);
    await expect(connect('wrong')).rejects.toMatchObject({ code: 18 });
  });

  it('are let in over TLS only, where it has a certificate', async () => {
    const certificates: TestCertificates = await makeCertificates();
    try {
      const pem = await readFile(certificates.serverFile, 'utf8');
      await using standIn = await startRuStandIn({ backendPort: mongod.port, tls: { key: pem, cert: pem } });
      expect(standIn.uri).toContain('tls=true');
      const client = new MongoClient(standIn.uri, { tlsCAFile: certificates.caFile });
      await client.db('tls').collection('c').insertOne({ a: 1 });
      await client.close();
      const plain = new MongoClient(standIn.uri.replace('&tls=true', ''), { serverSelectionTimeoutMS: 1000 });
      await expect(plain.db('tls').command({ ping: 1 })).rejects.toThrow();
      await plain.close();
    } finally {
      await certificates.remove();
    }
  });

  it('lose their connection when the mongod behind dies, but no durable write, and get it back with it', async () => {
    const other = await startMongod();
    await using standIn = await startRuStandIn({ backendPort: other.port, durable: true });
    const client = new MongoClient(standIn.uri, { serverSelectionTimeoutMS: 500 });
    try {
      await client.db('a').collection('c').insertOne({ a: 1 });
      await other.kill();
      await expect(client.db('a').collection('c').insertOne({ a: 2 })).rejects.toThrow();
      await using again = await startMongod({ dbPath: other.dbPath, port: other.port });
      expect(again.port).toBe(other.port);
      await expect
        .poll(
          () =>
            client
              .db('a')
              .collection('c')
              .countDocuments()
              .catch(() => -1),
          { timeout: 15_000 },
        )
        .toBe(1);
    } finally {
      await client.close();
      await other.stop();
    }
  });

  it('find the same account after its process was killed', async () => {
    const stateFile = join(folder.path, 'state.json');
    const first = await startRuStandInProcess({ backendPort: mongod.port, stateFile });
    const client = new MongoClient(first.uri, { serverSelectionTimeoutMS: 10_000 });
    try {
      const create = { customAction: 'CreateCollection', collection: 'c', shardKey: 'k', offerThroughput: 12_000 };
      await client.db('killed').command(create);
      await client.db('killed').collection('c').insertOne({ k: 1 });
      expect((await first.stats())['killed.c']).toMatchObject({ documentsWritten: 1 });
      await first.kill();
      await using again = await startRuStandInProcess({ backendPort: mongod.port, port: first.port, stateFile });
      expect(again.uri).toBe(first.uri);
      const reply = await client.db('killed').command({ customAction: 'GetCollection', collection: 'c' });
      expect(reply).toMatchObject({ provisionedThroughput: 12_000, shardKeyDefinition: { k: 'hashed' } });
    } finally {
      await client.close();
    }
  });

  it('wait for the modelled round trip', async () => {
    await using standIn = await startRuStandIn({ backendPort: mongod.port, latencyMs: 60, perDocumentMs: 5 });
    const client = new MongoClient(standIn.uri);
    try {
      await client.db('latency').command({ ping: 1 });
      const start = performance.now();
      await client
        .db('latency')
        .collection('c')
        .insertMany([{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }]);
      expect(performance.now() - start).toBeGreaterThanOrEqual(78);
    } finally {
      await client.close();
    }
  });
});
