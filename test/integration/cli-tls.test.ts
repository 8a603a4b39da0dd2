import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { SECRETS_PIPE, serveSecrets, type HandedSecrets } from '../../src/adapters/files/secret-handover.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates, type TestCertificates } from '../support/certificates.js';
import { buildCli, type Cli } from '../support/cli.js';
import { someDocuments } from '../support/migration-pair.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

/** A plain MongoDB as target, both sides over TLS: what no test with the stand-in goes through. */
let cli: Cli;
let folder: TempFolder;
let certificates: TestCertificates;
let source: RunningMongod;
let target: RunningMongod;

const auth = { user: 'mover', password: 'tls-password' };

function client(server: RunningMongod): Promise<MongoClient> {
  const { caFile, clientFile } = certificates;
  const uri = `mongodb://${auth.user}:${auth.password}@127.0.0.1:${server.port}/?authSource=admin&tls=true&directConnection=true`;
  return MongoClient.connect(uri, { tlsCAFile: caFile, tlsCertificateKeyFile: clientFile });
}

beforeAll(async () => {
  cli = await buildCli('tls');
  folder = await makeTempFolder('cli-tls');
  certificates = await makeCertificates();
  const tls = { mode: 'requireTLS' as const, certificateKeyFile: certificates.serverFile, caFile: certificates.caFile };
  source = await startMongod({ auth, tls });
  target = await startMongod({ auth, tls });
  const filled = await client(source);
  const shop = filled.db('shop');
  await shop.collection('orders').insertMany(someDocuments(2000));
  await shop.collection('orders').createIndex({ day: 1 }, { expireAfterSeconds: 2_147_483_647 });
  await shop.createCollection('recent', { capped: true, size: 65_536 });
  await shop.collection('recent').insertMany(someDocuments(50));
  await shop.createCollection('first', { viewOn: 'orders', pipeline: [{ $limit: 3 }] });
  await filled.close();
});

afterAll(async () => {
  await folder.remove();
  await source.stop();
  await target.stop();
  await certificates.remove();
  await cli.remove();
});

describe('from MongoDB to MongoDB over TLS with client certificates', () => {
  it('the tools, the relay and the driver all take the files that the options name', async () => {
    const uri = (server: RunningMongod): string => `mongodb://mover@127.0.0.1:${server.port}/?authSource=admin`;
    const { caFile, clientFile } = certificates;
    const files = (side: string): string[] => [
      ...[`--${side}-tls-ca-file`, caFile, `--${side}-tls-certificate-key-file`, clientFile],
      ...[`--${side}-password-env`, 'PASSWORD'],
    ];
    const options = { cwd: folder.path, env: { PASSWORD: auth.password } };
    const clusters = ['--source', uri(source), '--target', uri(target), ...files('source'), ...files('target')];
    const planned = await cli.run(['plan', '--method', 'dump-restore', ...clusters], options);
    expect(planned).toMatchObject({ code: 0 });
    expect(JSON.parse(await readFile(join(folder.path, 'plan.migration.json'), 'utf8'))).toMatchObject({
      source: { tlsCAFile: caFile, passwordFrom: { env: 'PASSWORD' } },
      targetKind: 'mongodb',
    });
    const run = await cli.run(['run', 'plan.migration.json'], options);
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout).toContain('Completed: every document is on the target');
    const arrived = await client(target);
    const names = (await arrived.db('shop').listCollections().toArray()).map((c) => `${c.name} ${c.type ?? ''}`);
    expect(names.filter((name) => !name.startsWith('system.')).sort()).toEqual([
      'first view',
      'orders collection',
      'recent collection',
    ]);
    expect(await arrived.db('shop').collection('orders').countDocuments()).toBe(2000);
    await arrived.close();
  }, 60_000);

  it('a window hands its certificates over with its secrets, and those of the plan are not asked', async () => {
    const { caFile, clientFile } = certificates;
    const uri = (server: RunningMongod): string =>
      `mongodb://mover:${auth.password}@127.0.0.1:${server.port}/?authSource=admin`;
    const files = { tlsCAFile: caFile, tlsCertificateKeyFile: clientFile };
    const handOver = async (secrets: HandedSecrets) => {
      const handover = await serveSecrets(secrets, { clock: systemClock });
      return { cwd: folder.path, env: { [SECRETS_PIPE]: handover.path } };
    };
    const whole = { source: uri(source), target: uri(target) };
    // As somebody may have sent it: their own authority, which the servers are not of.
    const path = join(folder.path, 'sent.migration.json');
    const plan = JSON.parse(await readFile(join(folder.path, 'plan.migration.json'), 'utf8')) as {
      source: { tlsCAFile: string };
      target: { tlsCAFile: string };
    };
    plan.source.tlsCAFile = plan.target.tlsCAFile = join(folder.path, 'theirs.pem');
    await writeFile(path, JSON.stringify(plan));
    const run = await cli.run(['run', path], await handOver({ ...whole, sourceFiles: files, targetFiles: files }));
    expect(run).toMatchObject({ code: 0 });
    const right = join(folder.path, 'plan.migration.json');
    const untrusting = await cli.run(['run', right], await handOver(whole));
    expect(untrusting.code).not.toBe(0);
    const relay = await cli.start(['relay'], await handOver({ target: whole.target, targetFiles: files }));
    await relay.waitFor('The relay is ready');
    relay.child.kill('SIGINT');
    expect(await relay.ended).toMatchObject({ code: 0 });
  }, 60_000);

  it('says which side does not know the authority', async () => {
    const args = ['probe', '--source', `mongodb://127.0.0.1:${source.port}/?tls=true`];
    const { code, stderr } = await cli.run(args, { cwd: folder.path });
    expect(code).toBe(1);
    expect(stderr).toContain('certificate');
  });
});
