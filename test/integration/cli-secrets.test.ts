import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type Cli, type CliResult } from '../support/cli.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

/** Every character that an escape could change somewhere: in a URI, in YAML, in JSON, in a shell. */
const CANARY = 'cAnArY-7f3a/\'"\\$%+ü';
const FORMS = [CANARY, encodeURIComponent(CANARY), JSON.stringify(CANARY).slice(1, -1), 'cAnArY-7f3a'];

let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;
/** Somebody else's server with another password. */
let other: MigrationPair;

beforeAll(async () => {
  cli = await buildCli('secrets');
  [pair, other] = await Promise.all([startMigrationPair(CANARY, { ruPerSecond: 1000 }), startMigrationPair('another')]);
  folder = await makeTempFolder('cli-secrets');
  await pair.sourceClient.db('shop').collection('orders').insertMany(someDocuments(3000));
  await writeFile(join(folder.path, 'canary.txt'), `${CANARY}\n`, { mode: 0o600 });
});

afterAll(async () => {
  await folder.remove();
  await Promise.all([pair.stop(), other.stop()]);
  await cli.remove();
});

const NOWHERE = 'mongodb://mover@127.0.0.1:1/?authSource=admin';

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliResult> {
  return cli.run(args, { cwd: folder.path, env: { ...env, TMPDIR: folder.path } });
}

function silent(text: string): void {
  for (const form of FORMS) expect(text).not.toContain(form);
}

/** Every file below the folder but the one that the user keeps the password in. */
async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile() && e.name !== 'canary.txt').map((e) => join(e.parentPath, e.name));
}

async function noFileHoldsIt(): Promise<void> {
  for (const file of await filesBelow(folder.path)) silent(await readFile(file, 'utf8'));
}

const SIDES = ['--source-password-env', 'CANARY', '--target-password-env', 'CANARY'];
const FILES = ['--source-password-file', 'canary.txt', '--target-password-file', 'canary.txt'];

function clusters(of: MigrationPair): string[] {
  return ['--source', of.source.uri, '--target', of.target.uri];
}

describe('a password', () => {
  it.each([
    ['right, from the environment', 0, () => [...clusters(pair), ...SIDES]],
    ['right, from a file', 0, () => [...clusters(pair), ...FILES]],
    ['wrong', 1, () => [...clusters(other), ...SIDES]],
    ['for a host that is not there', 1, () => ['--source', NOWHERE, '--target', NOWHERE, ...SIDES]],
  ] as const)(
    '%s: no command prints it or leaves it in a file',
    async (_name, code, options) => {
      const commands = [
        ['probe'],
        ['analyze'],
        ['advise', '--no-measure', '--throughput', '1000'],
        ['size', '--no-measure', '--throughput', '1000'],
        ['assess', '--out', 'assessment/'],
        ['plan', '--no-measure', '--throughput', '1000', '--force'],
        ['probe', '--json'],
        ['advise', '--no-measure', '--json'],
        ['assess', '--json'],
        ...['text', 'md', 'html', 'json', 'sarif'].map((format) => ['assess', '--format', format]),
      ];
      for (const command of commands) {
        const result = await run([...command, ...options()], { CANARY, MCM_DEBUG: '1' });
        expect(result.code).toBe(code);
        silent(result.stdout + result.stderr);
      }
      await noFileHoldsIt();
    },
    60_000,
  );

  it('in whole connection strings of the environment: the same', async () => {
    const env = { MCM_SOURCE_URI: pair.source.secretUri, MCM_TARGET_URI: pair.target.secretUri };
    const wrong = {
      MCM_SOURCE_URI: other.source.uri.replace('mover@', `mover:${encodeURIComponent(CANARY)}@`),
      MCM_TARGET_URI: 'mongodb://mover:cAnArY-7f3a@127.0.0.1:1/',
    };
    for (const environment of [env, wrong]) {
      const result = await run(['probe', '--json'], environment);
      silent(result.stdout + result.stderr);
    }
  });

  it('is in no argument and in no environment of a tool while a run works, and in no file afterwards', async () => {
    const planned = await run([
      'plan',
      ...clusters(pair),
      ...FILES,
      '--throughput',
      '1000',
      '--no-measure',
      '--method',
      'dump-restore',
      '--force',
    ]);
    expect(planned.code).toBe(0);
    const running = await cli.start(['run', 'plan.migration.json'], {
      cwd: folder.path,
      env: { TMPDIR: folder.path },
    });
    await running.waitFor('Copying: ');
    const tools = await processesBelow(running.pid);
    expect(tools.map((p) => p.name).sort()).toEqual(['mongodump', 'mongorestore']);
    for (const { argv, environment } of tools) {
      silent(argv);
      silent(environment);
    }
    silent(await readFile(`/proc/${running.pid}/cmdline`, 'utf8'));
    // The one place where it is: private files of the tools, gone when they have ended.
    const holders = [];
    for (const file of await filesBelow(folder.path)) {
      if ((await readFile(file, 'utf8')).includes('cAnArY')) holders.push(file);
    }
    expect(holders.length).toBeGreaterThan(0);
    for (const file of holders) expect((await stat(file)).mode & 0o777).toBe(0o600);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(code).toBe(5);
    silent(stdout + stderr);
    await noFileHoldsIt();
    pair.standIn.setRuPerSecond('shop.orders', 20_000);
    for (const command of [
      ['run', '--resume', 'latest'],
      ['verify', 'latest', '--yes'],
      ['report', 'latest'],
      ['report', '--json'],
      ['runs', '--json'],
    ]) {
      const result = await run(command);
      expect(result.code).toBe(0);
      silent(result.stdout + result.stderr);
    }
    await noFileHoldsIt();
  }, 90_000);
});

interface ToolProcess {
  readonly name: string;
  readonly argv: string;
  readonly environment: string;
}

/** Children of a process, by /proc. */
async function processesBelow(pid: number): Promise<ToolProcess[]> {
  const found: ToolProcess[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const read = (name: string): Promise<string> => readFile(`/proc/${entry}/${name}`, 'utf8').catch(() => '');
    const fields = (await read('stat')).replace(/^.*\) /, '').split(' ');
    if (Number(fields[1]) !== pid) continue;
    const argv = await read('cmdline');
    found.push({ name: (argv.split('\0')[0] ?? '').replace(/^.*\//, ''), argv, environment: await read('environ') });
  }
  return found;
}
