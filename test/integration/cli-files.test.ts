import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type Cli, type CliResult } from '../support/cli.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const PASSWORD = 'canary-of-the-files';
let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;

beforeAll(async () => {
  cli = await buildCli('files');
  pair = await startMigrationPair(PASSWORD, { ruPerSecond: 100_000 });
  folder = await makeTempFolder('cli-files');
  await pair.sourceClient.db('shop').collection('orders').insertMany(someDocuments(2_000));
  await pair.sourceClient.db('shop').collection('orders').createIndex({ day: 1 });
});

afterAll(async () => {
  await folder.remove();
  await pair.stop();
  await cli.remove();
});

const SOURCE = () => ({ MCM_SOURCE_URI: pair.source.secretUri });
const TARGET = () => ({ MCM_TARGET_URI: pair.target.secretUri });

async function mcm(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CliResult> {
  const result = await cli.run(args, { cwd: folder.path, env });
  expect(`${result.stdout}${result.stderr}`).not.toContain(PASSWORD);
  return result;
}

const RATE = ['--throughput', '100000', '--no-measure'];

/** All files below the test's folder that hold the password. */
async function filesWithSecret(): Promise<string[]> {
  const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(PASSWORD)) found.push(path);
  }
  return found;
}

describe('files on the command line', () => {
  it('are exported without a target, and the verdict says what was proven', { timeout: 60_000 }, async () => {
    const planned = await mcm(
      SOURCE(),
      'plan',
      '--include',
      'shop',
      '--to-files',
      'out',
      '-o',
      'export.migration.json',
    );
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('canonical Extended JSON, into files in');
    expect(planned.stdout).toContain('What text changes');
    const dry = await mcm(SOURCE(), 'run', 'export.migration.json', '--dry-run');
    expect(dry.stdout).toMatch(
      /\$ mongoexport .*--config=PRIVATE_FILE.*--jsonFormat=canonical --out=.*shop\.orders\.json/,
    );
    expect(dry.stdout).not.toMatch(/\$ .*mongoimport/);
    const ran = await mcm(SOURCE(), 'run', 'export.migration.json');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(
      'Exported: every document of the source is in the files, and reads back byte for byte.',
    );
    expect(ran.stdout).not.toContain('Completed');
    expect(await readdir(join(folder.path, 'out'))).toEqual(['shop.orders.json']);
    const report = await mcm(SOURCE(), 'report', 'latest');
    expect(report.stdout).toContain('No target took part');
  });

  it(
    'are imported without a source, and gone back to where the source cannot be reached',
    { timeout: 90_000 },
    async () => {
      const planned = await mcm(TARGET(), 'plan', '--from-files', 'out', '-o', 'import.migration.json', ...RATE);
      expect(planned.stderr + planned.stdout).toContain('out of files in');
      expect(planned.code).toBe(0);
      const ran = await mcm(TARGET(), 'run', 'import.migration.json');
      expect(ran.code).toBe(0);
      expect(ran.stdout).toContain('Imported: every document of the files is on the target, byte for byte.');
      expect(await pair.backendClient.db('shop').collection('orders').countDocuments()).toBe(2_000);
      const verified = await mcm(TARGET(), 'verify', 'import.migration.json', '--yes');
      expect(verified.code).toBe(0);
      // The same plan with a source that is down: the port of nobody.
      const file = join(folder.path, 'import.migration.json');
      const plan = JSON.parse(await readFile(file, 'utf8')) as { source: { name: string; uri: string } };
      plan.source = { name: 'gone', uri: 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=500' };
      await writeFile(file, JSON.stringify(plan));
      const again = await mcm(TARGET(), 'run', 'import.migration.json');
      expect(again.stderr).toContain('The source cannot be reached: the target will be compared with the files.');
      expect(again.code).toBe(0);
      expect(again.stdout).toContain('Imported:');
    },
  );

  it('are compared with the source where that answers, and bring its indexes', { timeout: 60_000 }, async () => {
    await pair.backendClient.db('shop').dropDatabase();
    const env = { ...SOURCE(), ...TARGET() };
    const planned = await mcm(
      env,
      'plan',
      '--include',
      'shop',
      '--from-files',
      'out',
      '-o',
      'both.migration.json',
      ...RATE,
    );
    expect(planned.code).toBe(0);
    const ran = await mcm(env, 'run', 'both.migration.json');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('Completed: every document is on the target, byte for byte.');
    const indexes = await pair.backendClient.db('shop').collection('orders').indexes();
    expect(indexes.map(({ name }) => name)).toContain('day_1');
  });

  it('that were killed in the middle are exported again', { timeout: 60_000 }, async () => {
    const plan = ['plan', '--include', 'shop', '--to-files', 'killed', '-o', 'killed.migration.json'];
    expect((await mcm(SOURCE(), ...plan)).code).toBe(0);
    const running = await cli.start(['run', 'killed.migration.json'], { cwd: folder.path, env: SOURCE() });
    await running.waitFor('mongoexport');
    running.child.kill('SIGKILL');
    await running.ended;
    const whole = await readdir(join(folder.path, 'killed')).catch(() => []);
    const resumed = await mcm(SOURCE(), 'run', '--resume', 'latest');
    expect([resumed.code, resumed.stderr]).toEqual([0, expect.any(String)]);
    expect(whole.filter((name) => name === 'shop.orders.json.part').length).toBeLessThanOrEqual(1);
    expect(await readdir(join(folder.path, 'killed'))).toEqual(['shop.orders.json']);
  });

  it('do not hold up a run from tool to tool that was killed: it goes on', { timeout: 90_000 }, async () => {
    await pair.backendClient.db('shop').dropDatabase();
    const env = { ...SOURCE(), ...TARGET() };
    const slow = ['--throughput', '1000', '--no-measure', '-o', 'piped.migration.json'];
    expect((await mcm(env, 'plan', '--method', 'export-import', '--include', 'shop', ...slow)).code).toBe(0);
    const running = await cli.start(['run', 'piped.migration.json'], { cwd: folder.path, env });
    await running.waitFor('Copying: ');
    running.child.kill('SIGKILL');
    const killed = await running.ended;
    expect(killed.stdout + killed.stderr).not.toContain(PASSWORD);
    pair.standIn.setRuPerSecond('shop.orders', 100_000);
    const resumed = await mcm(env, 'run', '--resume', 'latest');
    expect(resumed.code).toBe(0);
    expect(resumed.stdout).toContain('Completed: every document is on the target, byte for byte.');
    expect(await pair.backendClient.db('shop').collection('orders').countDocuments()).toBe(2_000);
  });

  it('as CSV have their fields from a sample, and their loss told before and after', { timeout: 60_000 }, async () => {
    await pair.backendClient.db('shop').dropDatabase();
    const env = { ...SOURCE(), ...TARGET() };
    const files = ['--to-files', 'csv', '--from-files', 'csv', '--format', 'csv'];
    const planned = await mcm(env, 'plan', '--include', 'shop', ...files, '-o', 'csv.migration.json', ...RATE);
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('What CSV loses');
    expect(planned.stdout).toContain('shop.orders: _id, day, text');
    const ran = await mcm(env, 'run', 'csv.migration.json');
    expect(ran.code).toBe(3);
    expect(ran.stdout).toContain('Copied as CSV: the target is not what the source is.');
    expect((await mcm(env, 'report', 'latest')).stdout).toContain('CSV has no types');
  });

  it('are refused where the options do not fit, or the file is damaged', { timeout: 60_000 }, async () => {
    const refused = async (words: string, ...args: readonly string[]): Promise<void> => {
      const result = await mcm({ ...SOURCE(), ...TARGET() }, 'plan', '-o', 'refused.migration.json', ...args);
      expect([result.code, result.stderr]).toEqual([2, expect.stringContaining(words)]);
    };
    await refused('the method export-import', '--method', 'direct-copy', '--to-files', 'x');
    await refused('the same folder', '--to-files', 'x', '--from-files', 'y');
    await refused('--format csv only', '--to-files', 'x', '--fields', 'shop.orders=a');
    await refused('It looks like', '--to-files', 'x', '--format', 'csv', '--fields', 'shop');
    const path = join(folder.path, 'out', 'shop.orders.json');
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, -10));
    const damaged = await mcm(TARGET(), 'plan', '--from-files', 'out', '-o', 'refused.migration.json', ...RATE);
    expect(damaged.code).toBe(2);
    expect(damaged.stderr).toContain('line 2000');
    expect(damaged.stderr).toContain('It ends in the middle of a document');
  });

  it('leave the password nowhere', async () => {
    expect(await filesWithSecret()).toEqual([]);
  });
});
