import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli, type Cli, type CliResult } from '../support/cli.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;

beforeAll(async () => {
  cli = await buildCli('run');
  pair = await startMigrationPair('run-password', { ruPerSecond: 10_000 });
  folder = await makeTempFolder('cli-run');
  const shop = pair.sourceClient.db('shop');
  await shop.collection('orders').insertMany(someDocuments(3000));
  await shop.collection('orders').createIndex({ day: 1 });
  await shop.collection('orders').createIndex({ text: 'text' }, { name: 'words' });
  await pair.sourceClient.db('plain').collection('items').insertMany(someDocuments(500));
  await pair.sourceClient.db('slow').collection('items').insertMany(someDocuments(4000));
  await pair.sourceClient.db('torn').collection('items').insertMany(someDocuments(50));
});

afterAll(async () => {
  await folder.remove();
  await pair.stop();
  await cli.remove();
});

function env(): Record<string, string> {
  return { MCM_SOURCE_URI: pair.source.secretUri, MCM_TARGET_URI: pair.target.secretUri };
}

const mcm = (...args: readonly string[]): Promise<CliResult> => cli.run(args, { cwd: folder.path, env: env() });

async function planned(db: string, ...more: readonly string[]): Promise<string> {
  const out = `${db}.migration.json`;
  const result = await mcm(
    'plan',
    '--include',
    db,
    '--out',
    out,
    '--throughput',
    '10000',
    '--no-measure',
    '--method',
    'dump-restore',
    ...more,
  );
  expect(result).toMatchObject({ code: 0 });
  return out;
}

interface ReportFile {
  readonly state: string;
  readonly collections: readonly { readonly target: string; readonly verification?: { readonly kind: string } }[];
}

async function reportOf(stdout: string): Promise<ReportFile> {
  const html = /Report: (.*)\.html/.exec(stdout)?.[1] ?? '';
  expect(await readFile(`${html}.md`, 'utf8')).toContain('# Migration of');
  expect(await readFile(`${html}.html`, 'utf8')).toContain('<!DOCTYPE html>');
  return JSON.parse(await readFile(`${html}.json`, 'utf8')) as ReportFile;
}

describe('the commands, one after another', () => {
  it('probe tells what both clusters are', async () => {
    const { code, stdout } = await mcm('probe');
    expect(code).toBe(0);
    expect(stdout).toContain('Azure Cosmos DB for MongoDB (RU)');
    expect(stdout).toMatch(/version\s+6\.0|version\s+[5-8]\./);
    expect(stdout).not.toContain('run-password');
  });

  it('analyze counts without scanning, and gives programs the same', async () => {
    const { stdout } = await mcm('analyze', '--include', 'shop');
    expect(stdout).toMatch(/shop\.orders\s+3,000/);
    const json = await mcm('analyze', '--include', 'shop', '--json');
    const { source } = JSON.parse(json.stdout) as { source: { collections: { documents: number }[] } };
    expect(source.collections.map((c) => c.documents)).toEqual([3000]);
  });

  it('refuses a pattern that matches nothing, and offers the name that was meant', async () => {
    for (const command of ['analyze', 'assess', 'size', 'advise']) {
      const { code, stderr } = await mcm(command, '--exclude', 'shop.oders');
      expect(code).toBe(2);
      expect(stderr).toContain('"shop.oders" matches no collection of the source.');
      expect(stderr).toContain('Did you mean shop.orders?');
    }
  });

  it('advise ranks every method, with a measured charge where that was agreed to', async () => {
    const { code, stdout, stderr } = await mcm('advise', '--include', 'shop', '--throughput', '10000', '--measure');
    expect(code).toBe(0);
    expect(stderr).toMatch(/Measured on the target: [\d.]+ RU per document/);
    for (const name of ['mongodump and mongorestore', 'Studio 3T', 'direct copy', 'Spark'])
      expect(stdout).toContain(name);
    expect(await databasesOfTarget()).not.toContain('shop');
  });

  it('advise needs no target where only its kind is known', async () => {
    const without = { MCM_SOURCE_URI: pair.source.secretUri };
    const args = ['advise', '--include', 'shop', '--target-kind', 'cosmos-vcore', '--json'];
    const { code, stdout } = await cli.run(args, { cwd: folder.path, env: without });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ targets: [{ target: { kind: 'cosmos-vcore' } }] });
  });

  it('nothing is measured where nobody agreed', async () => {
    const { stderr } = await mcm('advise', '--include', 'shop', '--throughput', '10000');
    expect(stderr).toMatch(/^Commands that are sent to the source; none of them writes/);
    expect(pair.standIn.stats()['shop.orders']?.documentsWritten ?? 0).toBe(0);
  });

  it('plan writes a file without a secret and touches nothing', async () => {
    const file = await planned('shop');
    const text = await readFile(join(folder.path, file), 'utf8');
    expect(text).not.toContain('run-password');
    expect(JSON.parse(text)).toMatchObject({ source: { passwordFrom: { env: 'MCM_SOURCE_URI' } } });
    expect(await databasesOfTarget()).not.toContain('shop');
  });

  it('run --dry-run shows the steps and the command lines and touches nothing', async () => {
    const { code, stdout } = await mcm('run', 'shop.migration.json', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toMatch(/\$ mongodump .*--archive.* \| mongorestore .*RELAY_PORT/);
    expect(stdout).toContain('Nothing was written');
    expect(await databasesOfTarget()).not.toContain('shop');
  });

  it('run refuses a connection string of another cluster than the plan names', async () => {
    const target = new URL(pair.source.secretUri);
    target.username = 'somebody';
    const other = { ...env(), MCM_TARGET_URI: target.toString() };
    const { code, stdout, stderr } = await cli.run(['run', 'shop.migration.json'], { cwd: folder.path, env: other });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`The connection string that is set is for somebody at ${target.host}; the plan is for`);
    expect(stderr).not.toContain('run-password');
  });

  it('run copies, verifies and reports: status 3 for an index that the target refuses', async () => {
    const result = await mcm('run', 'shop.migration.json');
    expect(result.code).toBe(3);
    expect(result.stdout).toContain('Index words of shop.orders was not created');
    expect(await pair.backendClient.db('shop').collection('orders').countDocuments()).toBe(3000);
    const report = await reportOf(result.stdout);
    expect(report).toMatchObject({
      state: 'completed-with-findings',
      collections: [{ verification: { kind: 'equal' } }],
    });
  });

  it('run with --json is one event per line, the verdict last, and status 0 where all is well', async () => {
    const { code, stdout, stderr } = await mcm('run', await planned('plain'), '--json');
    expect(code).toBe(0);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; state?: string });
    expect(events.filter((e) => e.event === 'state').map((e) => e.state)).toEqual([
      'preparing',
      'copying',
      'indexing',
      'verifying',
    ]);
    expect(events.at(-1)).toMatchObject({ event: 'end', exitCode: 0, verdict: { state: 'completed' } });
    expect(stderr).toContain('Completed');
  });

  it('verify proves it again and asks before it spends request units', async () => {
    const refused = await mcm('verify', 'plain.migration.json');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--yes');
    const { code, stdout, stderr } = await mcm('verify', 'plain.migration.json', '--yes');
    expect(code).toBe(0);
    expect(stderr).toMatch(/costs about 500 RU/);
    expect(stdout).toContain('The collection is equal, byte for byte.');
  });

  it('verify finds what was changed since: status 4, the document by its _id', async () => {
    const items = pair.backendClient.db('plain').collection<{ _id: number }>('items');
    await items.updateOne({ _id: 7 }, { $set: { text: 'tampered with' } });
    await items.deleteOne({ _id: 8 });
    const { code, stdout } = await mcm('verify', 'latest', '--yes');
    expect(code).toBe(4);
    expect(stdout).toMatch(/1 document missing on the target: _id .*8/);
    expect(stdout).toMatch(/1 document with other content: _id .*7/);
  });

  it('report and runs tell of finished runs', async () => {
    const list = await mcm('runs');
    expect(list.stdout).toMatch(/completed\s+500/);
    expect(list.stdout).toMatch(/completed-with-findings +index skipped +3,000/);
    const markdown = await mcm('report', 'latest');
    expect(markdown.stdout).toContain('**Completed: every document is on the target, byte for byte.**');
    const json = await mcm('report', 'latest', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ state: 'completed' });
    const out = await mcm('report', 'latest', '--format', 'html', '--out', 'r.html');
    expect(out.code).toBe(0);
    expect(await readFile(join(folder.path, 'r.html'), 'utf8')).toContain('<table>');
  });

  it('runs and runs show tell the same numbers', async () => {
    // All of it is there already: nothing is written, and yet it is copied.
    expect(await mcm('run', 'shop.migration.json')).toMatchObject({ code: 3 });
    const listed = JSON.parse((await mcm('runs', '--json')).stdout) as { runs: { run: string; copied: number }[] };
    for (const { run, copied } of listed.runs) {
      const shown = JSON.parse((await mcm('runs', 'show', run, '--json')).stdout) as {
        snapshot: { collections: { copied: number }[] };
      };
      expect(copied).toBe(shown.snapshot.collections.reduce((sum, c) => sum + c.copied, 0));
    }
  });

  it('tools says where the tools are', async () => {
    const { code, stdout } = await mcm('tools', '--no-install');
    expect(code).toBe(0);
    for (const tool of ['mongodump', 'mongorestore', 'mongoexport', 'mongoimport']) expect(stdout).toContain(tool);
  });
});

describe('a run that does not come to its end', () => {
  it('is stopped by one Ctrl-C: status 5, reported, and resumed to completion', async () => {
    const file = await planned('slow', '--throughput', '1000');
    const running = await cli.start(['run', file], { cwd: folder.path, env: env() });
    await running.waitFor('Copying: ');
    running.child.kill('SIGINT');
    const stopped = await running.ended;
    expect(stopped.code).toBe(5);
    expect(stopped.stdout).toContain('Stopped by you');
    const resume = /run --resume (\S+)/.exec(stopped.stdout)?.[1] ?? '';
    expect(await reportOf(stopped.stdout)).toMatchObject({ state: 'failed-resumable' });
    expect((await mcm('runs')).stdout).toMatch(new RegExp(`${resume}\\s+failed-resumable`));
    pair.standIn.setRuPerSecond('slow.items', 10_000);
    const resumed = await mcm('run', '--resume', resume);
    expect(resumed.code).toBe(0);
    expect(await reportOf(resumed.stdout)).toMatchObject({ state: 'completed' });
    const again = await mcm('run', '--resume', resume);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('completed');
  }, 90_000);

  it('that meets a document with other content stops with status 4 and says where', async () => {
    await pair.backendClient
      .db('torn')
      .collection('items')
      .insertOne({ _id: 3, mine: true } as never);
    const result = await mcm('run', await planned('torn'));
    expect(result.code).toBe(4);
    expect(result.stdout).toContain('torn.items holds a document on the target with the same _id');
    expect(result.stdout).toContain('run --resume');
    expect(await reportOf(result.stdout)).toMatchObject({ state: 'failed-resumable' });
    expect(
      await pair.backendClient
        .db('torn')
        .collection('items')
        .findOne({ _id: 3 } as never),
    ).toMatchObject({ mine: true });
  });
});

async function databasesOfTarget(): Promise<string[]> {
  const { databases } = await pair.backendClient.db().admin().listDatabases({ nameOnly: true });
  return databases.map(({ name }) => name);
}
