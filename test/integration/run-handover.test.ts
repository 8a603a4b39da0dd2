import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLiveSnapshot } from '../../src/adapters/files/live-snapshot.js';
import { requestControl } from '../../src/adapters/files/run-control.js';
import { findRun } from '../../src/adapters/files/run-folder.js';
import { SECRETS_PIPE, serveSecrets, type SecretServer } from '../../src/adapters/files/secret-handover.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { buildCli, type Cli } from '../support/cli.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const CANARY = 'canary-9Qz#%,@:handed';
const FORMS = [CANARY, encodeURIComponent(CANARY)];

let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;

beforeAll(async () => {
  cli = await buildCli('handover');
  pair = await startMigrationPair(CANARY, { ruPerSecond: 4_000 });
  folder = await makeTempFolder('run-handover');
  await pair.sourceClient.db('shop').collection('orders').insertMany(someDocuments(3_000, 400));
  const args = [
    'plan',
    '--out',
    'shop.migration.json',
    '--throughput',
    '4000',
    '--no-measure',
    '--method',
    'dump-restore',
  ];
  const env = { MCM_SOURCE_URI: pair.source.secretUri, MCM_TARGET_URI: pair.target.secretUri };
  expect(await cli.run(args, { cwd: folder.path, env })).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await folder.remove();
  await pair.stop();
  await cli.remove();
});

function serve(secrets = { source: pair.source.secretUri, target: pair.target.secretUri }): Promise<SecretServer> {
  return serveSecrets(secrets, { clock: systemClock });
}

const at = (server: SecretServer) => ({ cwd: folder.path, env: { [SECRETS_PIPE]: server.path } });

/** Arguments and environment of a process and of everything below it, as anybody with its rights can read them. */
async function seenOf(pid: number): Promise<string> {
  const texts: string[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (Number(name) !== pid && parent !== pid) continue;
    for (const file of ['cmdline', 'environ'])
      texts.push(await readFile(`/proc/${name}/${file}`, 'utf8').catch(() => ''));
  }
  return texts.join('\n');
}

async function filesWithCanary(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(root, { recursive: true })) {
    const path = join(root, entry);
    // Files that are replaced while this walks (the live snapshot) are gone under their first name.
    const text = await readFile(path, 'latin1').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'EISDIR') return '';
      throw error;
    });
    if (FORMS.some((form) => text.includes(form))) found.push(entry);
  }
  return found;
}

describe('connection strings that are handed over', () => {
  it('carry out a run, and are in no argument, environment, file or line of it', { timeout: 120_000 }, async () => {
    const server = await serve();
    expect((await stat(dirname(server.path))).mode & 0o777).toBe(0o700);
    const running = await cli.start(['run', 'shop.migration.json', '--attended'], at(server));
    expect(await server.served).toBe('served');
    await running.waitFor('$ ');
    const run = await findRun(join(folder.path, 'runs'), 'latest');
    await expect.poll(async () => (await readLiveSnapshot(run)).done, { timeout: 60_000 }).toBeGreaterThan(0);
    const seen = await seenOf(running.pid);
    expect(seen).toContain('mongorestore');
    for (const form of FORMS) expect(seen).not.toContain(form);
    // The tools do not even learn where to ask.
    expect(seen.split('\n').filter((text) => text.includes(SECRETS_PIPE))).toHaveLength(1);
    // The secret outlives a pause, in memory.
    await requestControl(run.path, { want: 'pause' });
    await running.waitFor('Paused. Keys:');
    expect(await filesWithCanary(folder.path)).toEqual([]);
    await requestControl(run.path, { want: 'resume' });
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(0);
    for (const form of FORMS) expect(stdout + stderr).not.toContain(form);
    expect(await filesWithCanary(folder.path)).toEqual([]);
    await expect(stat(dirname(server.path))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('are given once: a terminal that comes back finds nobody and says what to do', async () => {
    const server = await serve();
    expect(await cli.run(['verify', 'latest', '--yes'], at(server))).toMatchObject({ code: 0 });
    const again = await cli.run(['run', 'shop.migration.json', '--attended'], at(server));
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('Resume the run from the Migrations view');
  });

  it('are refused where they are for another cluster than the plan names', async () => {
    const server = await serve({ source: pair.target.secretUri, target: pair.source.secretUri });
    const { code, stderr } = await cli.run(['run', 'shop.migration.json'], at(server));
    expect(code).toBe(2);
    expect(stderr).toContain('another cluster');
    expect(stderr).not.toContain(CANARY);
  });

  it('name the target of a relay', async () => {
    const server = await serve();
    const relay = await cli.start(['relay'], at(server));
    await relay.waitFor('The relay is ready');
    relay.child.kill('SIGINT');
    expect(await relay.ended).toMatchObject({ code: 0 });
  });

  it('are gone when nobody asks in time', async () => {
    const server = await serveSecrets({ target: pair.target.secretUri }, { clock: systemClock, timeoutMs: 20 });
    expect(await server.served).toBe('timed-out');
    await expect(stat(dirname(server.path))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
