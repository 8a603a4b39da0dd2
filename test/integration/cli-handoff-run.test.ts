/** From plan to verified, by the command line alone, for methods that another system carries out: models of those, real servers on both sides. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.js';
import { serveAzure, type AzureAddress } from '../support/azure-sign-in.js';
import { buildCli, type Cli, type CliResult } from '../support/cli.js';
import { MockDataFactory } from '../support/data-factory/mock-data-factory.js';
import { AUDIENCE } from '../support/databricks/closed-world.js';
import { startWorkspace } from '../support/databricks/workspace.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const CANARY = 'hand-off-canary-7b2e';
const SUBSCRIPTION = '00000000-0000-0000-0000-000000000001';
const PLACE = ['--subscription', SUBSCRIPTION, '--resource-group', 'migration', '--location', 'westeurope'];

let cli: Cli;
let pair: MigrationPair;
let folder: TempFolder;

beforeAll(async () => {
  [cli, pair, folder] = await Promise.all([
    buildCli('handoff'),
    startMigrationPair(CANARY, { ruPerSecond: 10_000 }),
    makeTempFolder('cli-handoff'),
  ]);
  for (const db of ['factory', 'spark'])
    await pair.sourceClient.db(db).collection('orders').insertMany(someDocuments(1500));
  await pair.sourceClient.db('factory').createCollection('open', { viewOn: 'orders', pipeline: [] });
});

afterAll(async () => {
  await pair.stop();
  await Promise.all([folder.remove(), cli.remove()]);
});

const mcm = (env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CliResult> =>
  cli.run(args, {
    cwd: folder.path,
    env: { MCM_SOURCE_URI: pair.source.secretUri, MCM_TARGET_URI: pair.target.secretUri, ...env },
  });

const plan = (db: string, ...more: readonly string[]): Promise<CliResult> =>
  mcm(
    {},
    'plan',
    '--include',
    `${db}.*`,
    '--out',
    `${db}.migration.json`,
    '--no-measure',
    '--throughput',
    '10000',
    ...more,
  );

async function textsBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map((file) => readFile(file, 'latin1')));
}

async function expectNoSecret(
  azure: Pick<AzureAddress, 'env' | 'token'>,
  ...results: readonly CliResult[]
): Promise<void> {
  const secrets = [
    CANARY,
    azure.token,
    ...Object.entries(azure.env).flatMap(([name, value]) => (/SECRET|TOKEN/.test(name) ? [value] : [])),
  ];
  const texts = [...results.flatMap(({ stdout, stderr }) => [stdout, stderr]), ...(await textsBelow(folder.path))];
  expect(texts.length).toBeGreaterThan(10);
  expect(texts.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
}

describe('a plan for Data Factory', () => {
  it('is refused without saying where, with the options that say it', async () => {
    const result = await plan('factory', '--method', 'data-factory');
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('--subscription, --resource-group, --location');
    const stray = await plan('factory', '--method', 'direct-copy', '--subscription', SUBSCRIPTION);
    expect(stray.stderr).toContain('--subscription');
    expect(stray.code).not.toBe(0);
    const wrong = await plan('factory', '--method', 'data-factory', ...PLACE, '--factory', '-x');
    expect(wrong.stderr).toContain('"-x" cannot be used');
  });

  it('becomes files, and a run that ends verified', async () => {
    const place = { subscription: SUBSCRIPTION, group: 'migration' };
    await using model = await MockDataFactory.start(systemClock, place, { deploysAtOnce: true });
    await using azure = await serveAzure(model.arm);
    const planned = await plan('factory', '--method', 'data-factory', ...PLACE);
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.stdout).toContain('migration, westeurope');

    const dry = await mcm(azure.env, 'run', 'factory.migration.json', '--dry-run');
    expect(dry.stdout).toContain('cut smaller and tried again');
    expect(model.requests).toEqual([]);

    const files = await mcm({}, 'handoff', 'factory.migration.json', '--out', 'files');
    expect(files).toMatchObject({ code: 0 });
    expect(await readdir(join(folder.path, 'files'))).toContain('README.md');

    const ran = await mcm(azure.env, 'run', 'factory.migration.json');
    expect(model.notAccepted).toEqual([]);
    expect(ran.stderr).not.toContain('Error');
    // The view is told of, and stays behind.
    expect(ran).toMatchObject({ code: 3 });
    expect(ran.stdout).toContain('Completed, with findings');
    expect(ran.stdout).toContain('1 collection left out');
    expect(model.copies.length).toBeGreaterThan(0);
    const target = pair.backendClient.db('factory').collection('orders');
    expect(await target.countDocuments()).toBe(1500);

    const standing = model.resources.size;
    expect(standing).toBeGreaterThan(0);
    const unasked = await mcm(azure.env, 'runs', 'clean-up', 'latest');
    expect(unasked).toMatchObject({ code: 2 });
    expect(unasked.stderr).toContain('with everything in it');
    expect(unasked.stderr).toContain('--yes');
    expect(model.resources.size).toBe(standing);
    const cleaned = await mcm(azure.env, 'runs', 'clean-up', 'latest', '--yes');
    expect(cleaned).toMatchObject({ code: 0 });
    expect(cleaned.stdout).toMatch(/^taken away: data factory /);
    expect(model.resources.size).toBe(0);
    const again = await mcm(azure.env, 'runs', 'clean-up', 'latest');
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain('Nothing stands in Azure');
    const told = await mcm({}, 'report', 'latest');
    expect(told.stdout).toContain('taken away');
    expect(await target.countDocuments()).toBe(1500);
    await expectNoSecret(azure, planned, dry, files, ran, unasked, cleaned, told);
  }, 120_000);

  it('leaves nothing in Azure where it is told to clean up at its end', async () => {
    await pair.sourceClient.db('tidy').collection('orders').insertMany(someDocuments(200));
    const place = { subscription: SUBSCRIPTION, group: 'migration' };
    await using model = await MockDataFactory.start(systemClock, place, { deploysAtOnce: true });
    await using azure = await serveAzure(model.arm);
    expect(await plan('tidy', '--method', 'data-factory', ...PLACE)).toMatchObject({ code: 0 });
    const ran = await mcm(azure.env, 'run', 'tidy.migration.json', '--clean-up');
    expect(ran).toMatchObject({ code: 0 });
    expect(ran.stdout + ran.stderr).toContain('taken away: data factory ');
    expect(model.resources.size).toBe(0);
    expect(model.notAccepted).toEqual([]);
  }, 120_000);

  it('says what to do where nobody has signed in', async () => {
    const result = await mcm({ PATH: '' }, 'run', 'factory.migration.json');
    expect(result.code).not.toBe(0);
    expect(result.stderr + result.stdout).toContain('az');
  });
});

describe('a plan for Spark on Databricks', () => {
  it('becomes a bundle, and a run that ends verified', async () => {
    await using workspace = await startWorkspace();
    const token = await workspace.tokens.token(AUDIENCE, { renew: true });
    const env = { DATABRICKS_TOKEN: token };
    const where = ['--workspace', workspace.url, '--spark-workers', '1'];
    const planned = await plan('spark', '--method', 'spark-databricks', ...where);
    expect(planned).toMatchObject({ code: 0 });
    const files = await mcm({}, 'handoff', 'spark.migration.json', '--out', 'bundle');
    expect(files).toMatchObject({ code: 0 });
    expect(await readdir(join(folder.path, 'bundle'))).toContain('databricks.yml');

    const missing = await mcm(env, 'run', 'spark.migration.json');
    expect(missing.stdout + missing.stderr).toContain('source-uri');
    expect(missing.code).not.toBe(0);

    const ran = await mcm(env, 'run', 'spark.migration.json', '--put-secrets');
    expect(ran.stdout + ran.stderr).toContain('Completed');
    expect(ran).toMatchObject({ code: 0 });
    expect(await pair.backendClient.db('spark').collection('orders').countDocuments()).toBe(1500);
    await expectNoSecret({ env, token }, planned, files, missing, ran);
  }, 300_000);
});
