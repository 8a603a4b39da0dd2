import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type ConnectedCluster, type ConnectOptions } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { MigrationError } from '../../src/core/model/error.js';
import { makeCertificates, type TestCertificates } from '../support/certificates.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { RECORDINGS, startRecordedServer } from '../support/recorded-server.js';

/** In every password here; must be seen nowhere. */
const CANARY = 'cAnArY#%,@:ü';
const LIMIT_MS = 10_000;

type Files = Partial<Pick<ConnectOptions, 'tlsCAFile' | 'tlsCertificateKeyFile' | 'signal' | 'deadlineMs'>>;

function open(uri: string, password?: string, files: Files = {}): Promise<ConnectedCluster> {
  const connectionString = parseConnectionString(uri, password === undefined ? {} : { password });
  return connect({ connectionString, clock: systemClock, ...files });
}

/** The error of an attempt, which must come in time and without the canary in it. */
async function failure(attempt: () => Promise<ConnectedCluster>): Promise<MigrationError> {
  const started = performance.now();
  try {
    const cluster = await attempt();
    await cluster.close();
  } catch (error) {
    expect(performance.now() - started).toBeLessThan(LIMIT_MS);
    if (!MigrationError.is(error)) throw error;
    const everything = inspect(error, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null });
    for (const secret of ['cAnArY', encodeURIComponent(CANARY)]) {
      expect(everything).not.toContain(secret);
      expect(JSON.stringify(error.facts)).not.toContain(secret);
    }
    return error;
  }
  throw new Error('connected');
}

describe('a cluster that can be reached', () => {
  let server: RunningMongod;
  beforeAll(async () => {
    server = await startMongod({ auth: { user: 'root#1', password: CANARY } });
    const admin = new MongoClient(`mongodb://127.0.0.1:${server.port}/`, {
      auth: { username: 'root#1', password: CANARY },
    });
    await admin.db('shop').collection('orders').insertOne({ a: 1 });
    await admin.db('admin').command({ createUser: 'nobody', pwd: CANARY, roles: [] });
    await admin.db('admin').command({ createUser: 'reader', pwd: CANARY, roles: [{ role: 'read', db: 'shop' }] });
    await admin.close();
  });
  afterAll(() => server.stop());

  const uri = (user: string): string => `mongodb://${encodeURIComponent(user)}@127.0.0.1:${server.port}/`;

  it('is connected to by SCRAM with a password of odd characters', async () => {
    await using cluster = await open(uri('root#1'), CANARY);
    expect(cluster.facts).toMatchObject({
      kind: 'mongodb',
      kindEvidence: 'server-reply',
      topology: 'standalone',
      version: '6.0.5',
      driver: 'current',
      storageEngine: 'wiredTiger',
      hosts: [`127.0.0.1:${server.port}`],
      maxBsonObjectSize: 16_777_216,
    });
    expect(cluster.facts.logicalCores).toBeGreaterThan(0);
    expect(inspect(cluster.facts) + JSON.stringify(cluster.facts)).not.toContain('cAnArY');
    expect(await cluster.session.command('shop', { count: 'orders' })).toMatchObject({ n: 1 });
  });

  it('refuses a wrong password as authentication-failed', async () => {
    const error = await failure(() => open(uri('root#1'), `${CANARY}x`));
    expect(error.code).toBe('authentication-failed');
    expect(error.facts).toMatchObject({ reason: 'refused', serverCode: 18 });
  });

  it('gives a user without privileges its facts as far as they may be known, and missing-privilege for the rest', async () => {
    await using cluster = await open(uri('nobody'), CANARY);
    expect(cluster.facts).toMatchObject({ kind: 'mongodb', version: '6.0.5' });
    expect(cluster.facts.logicalCores).toBeUndefined();
    const error: unknown = await cluster.session.command('shop', { find: 'orders' }).catch((e: unknown) => e);
    expect(MigrationError.is(error, 'missing-privilege')).toBe(true);
    expect((error as MigrationError).facts).toMatchObject({
      command: 'find',
      namespace: 'shop.orders',
      serverCode: 13,
    });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('cAnArY');
  });

  it('tells a command without login from one that is not allowed', async () => {
    await using cluster = await open(`mongodb://127.0.0.1:${server.port}/`);
    const error: unknown = await cluster.session.command('shop', { find: 'orders' }).catch((e: unknown) => e);
    expect(MigrationError.is(error, 'authentication-failed')).toBe(true);
    expect((error as MigrationError).facts).toMatchObject({ reason: 'no-credentials' });
  });

  it('refuses an option that the driver does not know as bad-connection-string', async () => {
    const error = await failure(() => open(`${uri('root#1')}?noSuchOption=1`, CANARY));
    expect(error.code).toBe('bad-connection-string');
    expect(error.facts).toMatchObject({ reason: 'bad-option' });
  });

  it('is given up at once when the user cancels', async () => {
    const controller = new AbortController();
    const attempt = failure(() => open('mongodb://192.0.2.1/', undefined, { signal: controller.signal }));
    controller.abort();
    expect((await attempt).code).toBe('cancelled');
  });

  it('that is no member of the replica set asked for is unreachable for that reason', async () => {
    const error = await failure(() => open(`${uri('root#1')}?replicaSet=other`, CANARY));
    expect(error.code).toBe('unreachable-host');
    expect(error.facts).toMatchObject({ reason: 'wrong-replica-set-name' });
  });
});

describe('a server that cannot be reached', () => {
  it('because nothing listens is told as refused', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    const error = await failure(() => open(`mongodb://u@127.0.0.1:${port}/`, CANARY));
    expect(error.code).toBe('unreachable-host');
    expect(error.facts).toMatchObject({ reason: 'refused', host: `127.0.0.1:${port}` });
  });

  it.each([
    ['in the clear', ''],
    ['with TLS', '?tls=true'],
  ])('because it never answers is told as a timeout, %s', async (_name, options) => {
    const server = createServer((socket) => socket.on('error', () => socket.destroy())).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const error = await failure(() => open(`mongodb://u@127.0.0.1:${port}/${options}`, CANARY));
    server.close();
    expect(error.code).toBe('unreachable-host');
    expect(error.facts).toMatchObject({ reason: 'timeout' });
  });

  it('because its name does not exist is told as dns', async () => {
    const error = await failure(() => open('mongodb://u@no-such-host.invalid/', CANARY));
    expect(error.code).toBe('unreachable-host');
    expect(error.facts).toMatchObject({ reason: 'dns', srv: false });
  });

  it('because its SRV record does not exist is told as dns', async () => {
    const error = await failure(() => open('mongodb+srv://u@cluster.no-such-host.invalid/', CANARY));
    expect(error.code).toBe('unreachable-host');
    expect(error.facts).toMatchObject({ reason: 'dns', srv: true });
  });

  it('because its replica set names members that cannot be reached is told so', async () => {
    const hello = {
      ...RECORDINGS.atlas.hello,
      hosts: ['member.invalid:27017'],
      primary: 'member.invalid:27017',
      me: 'member.invalid:27017',
    };
    await using server = await startRecordedServer({ ...RECORDINGS.atlas, hello });
    const error = await failure(() => open(`mongodb://u@127.0.0.1:${server.port}/`, CANARY));
    expect(error.code).toBe('unreachable-host');
    expect(error.facts).toMatchObject({
      reason: 'members-unreachable',
      members: ['member.invalid:27017'],
      network: 'dns',
    });
  });
});

describe('TLS', () => {
  let certificates: TestCertificates;
  let strict: RunningMongod;
  let open_: RunningMongod;
  let wrongName: RunningMongod;
  let plain: RunningMongod;
  beforeAll(async () => {
    certificates = await makeCertificates();
    const { caFile, serverFile, wrongNameServerFile } = certificates;
    [strict, open_, wrongName, plain] = await Promise.all([
      startMongod({
        auth: { user: 'root', password: CANARY },
        tls: { mode: 'requireTLS', certificateKeyFile: serverFile, caFile },
      }),
      startMongod({
        tls: { mode: 'requireTLS', certificateKeyFile: serverFile, caFile, allowConnectionsWithoutCertificates: true },
      }),
      startMongod({
        tls: {
          mode: 'requireTLS',
          certificateKeyFile: wrongNameServerFile,
          caFile,
          allowConnectionsWithoutCertificates: true,
        },
      }),
      startMongod(),
    ]);
  });
  afterAll(async () => {
    await Promise.all([strict, open_, wrongName, plain].map((server) => server?.stop()));
    await certificates.remove();
  });

  const tlsReason = async (attempt: () => Promise<ConnectedCluster>): Promise<unknown> => {
    const error = await failure(attempt);
    expect(error.code).toBe('tls-failed');
    return error.facts.reason;
  };

  it('with an authority file connects', async () => {
    await using cluster = await open(`mongodb://127.0.0.1:${open_.port}/?tls=true`, undefined, {
      tlsCAFile: certificates.caFile,
    });
    expect(cluster.facts).toMatchObject({ tls: true, version: '6.0.5' });
  });

  it('is meant where an authority file is given, also when the string does not say so', async () => {
    await using cluster = await open(`mongodb://localhost:${open_.port}/`, undefined, {
      tlsCAFile: certificates.caFile,
    });
    expect(cluster.facts.tls).toBe(true);
  });

  it('that the server wants and the string does not give', async () => {
    expect(await tlsReason(() => open(`mongodb://u@127.0.0.1:${open_.port}/`, CANARY))).toBe('server-requires-tls');
  });

  it('that the string gives and the server does not speak', async () => {
    expect(await tlsReason(() => open(`mongodb://u@127.0.0.1:${plain.port}/?tls=true`, CANARY))).toBe(
      'server-speaks-no-tls',
    );
  });

  it('with a certificate of an authority that is not known', async () => {
    const uri = `mongodb://u@127.0.0.1:${open_.port}/?tls=true`;
    expect(await tlsReason(() => open(uri, CANARY))).toBe('unknown-authority');
    const foreign = { tlsCAFile: certificates.foreignCaFile };
    expect(await tlsReason(() => open(uri, CANARY, foreign))).toBe('unknown-authority');
  });

  it('with a certificate for another name', async () => {
    const uri = `mongodb://u@127.0.0.1:${wrongName.port}/?tls=true`;
    expect(await tlsReason(() => open(uri, CANARY, { tlsCAFile: certificates.caFile }))).toBe('hostname-mismatch');
  });

  it('without the certificate that the server wants of its clients', async () => {
    const uri = `mongodb://u@127.0.0.1:${strict.port}/?tls=true`;
    expect(await tlsReason(() => open(uri, CANARY, { tlsCAFile: certificates.caFile }))).toBe(
      'client-certificate-required',
    );
  });

  it('with an authority file that is not there is a failed file', async () => {
    const error = await failure(() =>
      open(`mongodb://127.0.0.1:${open_.port}/?tls=true`, undefined, { tlsCAFile: '/no/such/ca.pem' }),
    );
    expect(error.code).toBe('file-failed');
    expect(error.facts).toMatchObject({ path: '/no/such/ca.pem', reason: 'ENOENT' });
  });

  it('with an X.509 certificate logs its user in, and refuses one that is nobody', async () => {
    const files = { tlsCAFile: certificates.caFile, tlsCertificateKeyFile: certificates.clientFile };
    const uri = `mongodb://127.0.0.1:${strict.port}/?tls=true&authMechanism=MONGODB-X509&authSource=$external`;
    const refused = await failure(() => open(uri, undefined, files));
    expect(refused.code).toBe('authentication-failed');

    const root = await open(`mongodb://root@127.0.0.1:${strict.port}/?tls=true`, CANARY, files);
    await root.session.command('$external', {
      createUser: certificates.clientSubject,
      roles: [{ role: 'root', db: 'admin' }],
    });
    await root.close();

    await using cluster = await open(uri, undefined, files);
    const status = await cluster.session.command('admin', { connectionStatus: 1 });
    expect(status.authInfo).toMatchObject({
      authenticatedUsers: [{ user: certificates.clientSubject, db: '$external' }],
    });
  });
});
