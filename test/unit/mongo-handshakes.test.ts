import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { connect, type ConnectOptions } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { detectKind } from '../../src/adapters/mongo/detect-kind.js';
import { loadLegacyDriver } from '../../src/adapters/mongo/driver.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { ClusterFacts } from '../../src/core/model/facts.js';
import { RECORDINGS, startRecordedServer } from '../support/recorded-server.js';

const loaded = createRequire(import.meta.url).cache;
const legacyIsLoaded = (): boolean => Object.keys(loaded).some((path) => path.includes('/mongodb-legacy/'));

async function probe(name: keyof typeof RECORDINGS, more: Partial<ConnectOptions> = {}): Promise<ClusterFacts> {
  await using server = await startRecordedServer(RECORDINGS[name]);
  await using cluster = await connect({
    connectionString: parseConnectionString(`mongodb://127.0.0.1:${server.port}/`),
    clock: systemClock,
    ...more,
  });
  return cluster.facts;
}

async function failureOf(work: Promise<unknown>): Promise<MigrationError> {
  try {
    await work;
  } catch (error) {
    if (MigrationError.is(error)) return error;
    throw error;
  }
  throw new Error('did not fail');
}

const NEW_SERVERS = [
  ['mongodb-4.2', { kind: 'mongodb', topology: 'standalone', version: '4.2.24' }],
  ['mongodb-sharded', { kind: 'mongodb', topology: 'sharded' }],
  ['atlas', { kind: 'atlas', topology: 'replica-set', enterprise: true, setName: 'atlas-abc123-shard-0' }],
  ['cosmos-ru-4.2', { kind: 'cosmos-ru', topology: 'replica-set', setName: 'globaldb', maxWriteBatchSize: 1000 }],
  ['cosmos-ru-plain', { kind: 'cosmos-ru', topology: 'replica-set' }],
  ['cosmos-vcore', { kind: 'cosmos-vcore', topology: 'unknown', maxWriteBatchSize: 25_000 }],
  ['cosmos-vcore-old', { kind: 'cosmos-vcore', topology: 'unknown' }],
  ['amazon-documentdb', { kind: 'amazon-documentdb', topology: 'replica-set' }],
  ['ferretdb', { kind: 'ferretdb', topology: 'unknown' }],
] as const;

describe('a recorded handshake', () => {
  // These come first: once loaded, a module stays loaded.
  it.each(NEW_SERVERS)('of %s is told by what the server says, without the older driver', async (name, expected) => {
    const facts = await probe(name);
    expect(facts).toMatchObject({ ...expected, kindEvidence: 'server-reply', driver: 'current', tls: false });
    expect(facts.latencyMs).toBeGreaterThan(0);
    expect(legacyIsLoaded()).toBe(false);
  });

  it.each([
    [
      'mongodb-3.6',
      { version: '3.6.23', maxWireVersion: 6, logicalCores: 8, storageEngine: 'wiredTiger', enterprise: false },
    ],
    ['mongodb-4.0', { version: '4.0.28', maxWireVersion: 7, enterprise: true }],
  ] as const)('of %s is spoken to by the older driver, loaded only then', async (name, expected) => {
    let loads = 0;
    const loadLegacy: typeof loadLegacyDriver = () => {
      loads++;
      return loadLegacyDriver();
    };
    const facts = await probe(name, { loadLegacy });
    expect(facts).toMatchObject({ kind: 'mongodb', topology: 'replica-set', driver: 'legacy', ...expected });
    expect(loads).toBe(1);
    expect(legacyIsLoaded()).toBe(true);
  });

  it('of a server below 3.6 is an unsupported version', async () => {
    const error = await failureOf(probe('mongodb-3.4'));
    expect(error.code).toBe('unsupported-server-version');
    expect(error.facts).toMatchObject({ minimum: '3.6' });
  });

  it('of an old server with a password holds no secret when it fails', async () => {
    await using server = await startRecordedServer(RECORDINGS['mongodb-3.4']);
    const connectionString = parseConnectionString(`mongodb://u@127.0.0.1:${server.port}/`, { password: 'cAnArY' });
    const error = await failureOf(connect({ connectionString, clock: systemClock }));
    expect(error.code).toBe('unsupported-server-version');
    expect(inspect(error, { depth: 12, showHidden: true })).not.toContain('cAnArY');
  });
});

describe('where the server says nothing telling', () => {
  const silent = { hello: {}, buildInfo: {}, hasRequestStatistics: false, hasAtlasVersion: false };
  const genuine = { ...silent, buildInfo: { storageEngines: ['wiredTiger'] } };

  it.each([
    ['acc.mongo.cosmos.azure.com:10255', 'cosmos-ru'],
    ['acc.documents.azure.com:10255', 'cosmos-ru'],
    ['c.mongocluster.cosmos.azure.com:10260', 'cosmos-vcore'],
    ['c.global.mongocluster.cosmos.azure.com', 'cosmos-vcore'],
    ['x-shard-00-00.abc.mongodb.net:27017', 'atlas'],
    ['x.cluster-abc.eu-west-1.docdb.amazonaws.com:27017', 'amazon-documentdb'],
    ['x.eu-west-1.docdb-elastic.amazonaws.com', 'amazon-documentdb'],
  ])('%s is %s by its name', (host, kind) => {
    expect(detectKind(silent, [host])).toEqual({ kind, evidence: 'host-name' });
  });

  it('a genuine server on a host of no meaning is MongoDB, and an unknown one is unknown', () => {
    expect(detectKind(genuine, ['db.example'])).toEqual({ kind: 'mongodb', evidence: 'server-reply' });
    expect(detectKind(silent, ['db.example'])).toEqual({ kind: 'unknown', evidence: 'none' });
  });

  it('what the server says goes before the name of its host', () => {
    const vcore = { ...silent, hello: { internal: { documentdb_versions: ['1'] } } };
    expect(detectKind(vcore, ['x.mongodb.net'])).toEqual({ kind: 'cosmos-vcore', evidence: 'server-reply' });
  });
});
