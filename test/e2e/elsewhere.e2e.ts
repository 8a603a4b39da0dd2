/** The methods that others carry out, each from the wizard to the verified end, as its page in docs/ says. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { ConnectionString } from 'mongodb-connection-string-url';
import type { FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.js';
import { dumpAndRestore } from '../support/restore-through-relay.js';
import { DATA, startElsewhereWorld, type ElsewhereWorld } from '../support/vscode/elsewhere-world.js';
import { startSession, type Session } from '../support/vscode/session.js';
import type { Workbench } from '../support/vscode/workbench.js';
import { axeFindings } from './axe.js';
import { addCluster, keepFailure, next, SOURCE_NAME } from './steps.js';

const RUN_LIMIT_MS = 110_000;
/** A target without request units: Spark into an account is shown without VS Code, by `spark-throttled.test.ts`. */
const PLAIN_NAME = 'plain mongodb';

type Method = 'studio-3t' | 'data-factory' | 'dms' | 'spark-databricks';

describe('a migration that somebody else carries out', () => {
  let world: ElsewhereWorld;
  let session: Session;
  let workbench: Workbench;

  beforeAll(async () => {
    world = await startElsewhereWorld();
    session = await startSession({
      name: 'elsewhere',
      viewport: { width: 1440, height: 900 },
      accountToken: world.accountToken,
      machineSettings: { 'mongoCosmosMigration.azure.endpoint': world.azure.arm.endpoint },
    });
    ({ workbench } = session);
    await workbench.openViews();
    await addCluster(workbench, 'Source', world.servers.sourceUri, SOURCE_NAME);
  });
  beforeEach(() => keepFailure(() => session));
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });

  /** From the tree to the settings of the method. */
  async function toTuning(method: Method, { db }: { readonly db: string }, target: string): Promise<FrameLocator> {
    await workbench.command('View: Close All Editors');
    await workbench.expand(SOURCE_NAME);
    await workbench.contextMenu(workbench.treeRow(db), 'Migrate Database…');
    const wizard = workbench.frontWebview();
    await wizard.getByRole('radio', { name: new RegExp(target) }).check();
    for (const heading of ['Collections', 'Size', 'Findings', 'Method']) await next(wizard, heading);
    if (method === 'studio-3t') await wizard.locator('[data-wish="studio3t"]').check();
    await wizard.locator(`input[name="method"][value="${method}"]`).check();
    await session.picture(`elsewhere-${method}-method`);
    await next(wizard, 'Tuning');
    return wizard;
  }

  async function set(wizard: FrameLocator, field: string, value: string): Promise<void> {
    const box = wizard.locator(`#handoff-${field}`);
    await box.fill(value);
    await box.press('Enter');
    await wizard.locator(`[data-reset-handoff="${field}"]`).waitFor();
  }

  async function toReview(wizard: FrameLocator, method: Method): Promise<void> {
    expect(await axeFindings(session.page, 'wizard')).toEqual([]);
    await session.picture(`elsewhere-${method}-tuning`);
    await next(wizard, 'Review');
    await session.picture(`elsewhere-${method}-review`);
  }

  const start = (wizard: FrameLocator): Promise<void> =>
    wizard.locator('[data-move="start"]:not([aria-disabled])').click();

  /** Without the places where it breaks lines. */
  const terminalText = async (): Promise<string> => (await workbench.terminal.text()).replaceAll(/\s/g, '');

  /** Waits on the run page until the run waits for its person, whose word the button is. */
  async function awaiting(method: Method, words: string, what: string): Promise<FrameLocator> {
    const page = await workbench.webview(new RegExp(what));
    await page.locator('.state', { hasText: words }).waitFor({ timeout: RUN_LIMIT_MS });
    await session.picture(`elsewhere-${method}-waits`);
    return page;
  }

  async function proceed(page: FrameLocator, question: string): Promise<void> {
    await page.locator('[data-action="proceed"]').click();
    await workbench.answerDialog(question, 'Yes, Go On');
  }

  /** Ends verified, with a report that opens and every document on the target. */
  async function completes(method: Method, { db, coll, documents }: (typeof DATA)[keyof typeof DATA], uri: string) {
    const page = await workbench.webview(new RegExp(`${db}`));
    await page.locator('.run.tone-good').waitFor({ timeout: RUN_LIMIT_MS });
    expect(await page.locator('.state').innerText()).toMatch(/completed/i);
    expect(await page.locator('.run').innerText()).toMatch(/equal, byte for byte|by the Spark job/i);
    await session.picture(`elsewhere-${method}-completed`);
    await page.locator('[data-action="report"]').click();
    await workbench.editorTab(/report/i).waitFor();
    await workbench.frontWebview().getByText(`${db}.${coll}`).first().waitFor();
    await session.picture(`elsewhere-${method}-report`);
    const client = await MongoClient.connect(uri);
    try {
      expect(await client.db(db).collection(coll).countDocuments()).toBe(documents);
    } finally {
      await client.close();
    }
  }

  it('finds the target in Azure, by the account of VS Code', async () => {
    await workbench.command('Cosmos Migration: Discover Cosmos DB Accounts…');
    await workbench.answerDialog(/sign in using Microsoft/, 'Allow');
    await workbench.pick('In which subscription?', 'Test');
    await workbench.pick('Which is to be the target?', world.account);
    await workbench.answer('Its name in the tree', world.account);
    await workbench.treeRow(world.account).waitFor();
    await addCluster(workbench, 'Target', world.servers.mongoTargetUri, PLAIN_NAME);
  });

  it('by Spark on Databricks: the token is asked for, the secrets are put into their scope, the job starts', async () => {
    const wizard = await toTuning('spark-databricks', DATA.spark, PLAIN_NAME);
    await set(wizard, 'workspaceUrl', world.workspace.url);
    await toReview(wizard, 'spark-databricks');
    await start(wizard);
    await workbench.pick('signed in to?', 'With a personal access token');
    await workbench.answer('Personal access token of', world.databricksToken);
    // A mistake that can be made at 2 a.m.
    await workbench.pick('Are they there?', 'They are there already');
    const page = await workbench.webview(new RegExp(DATA.spark.db));
    await page.getByText(/does not hold source-uri, target-uri/).waitFor({ timeout: RUN_LIMIT_MS });
    await session.picture('elsewhere-spark-databricks-no-secrets');
    await page.locator('[data-action="resume"]').click();
    // The token is not asked for again.
    await workbench.pick('Are they there?', 'Put them there now');
    await workbench.terminal.waitFor('mongo-cosmos-migration/', RUN_LIMIT_MS);
  });

  it('by Studio 3T: waits while a person copies through the relay, and compares at their word', async () => {
    const port = await freePort();
    const wizard = await toTuning('studio-3t', DATA.studio, world.account);
    await set(wizard, 'port', String(port));
    await toReview(wizard, 'studio-3t');
    await start(wizard);
    const page = await awaiting('studio-3t', 'Waits for Studio 3T', DATA.studio.db);
    await copyAsAPerson();
    await expect.poll(() => page.locator('[data-figure="documents"]').innerText()).toContain('300');
    await proceed(page, 'Has Studio 3T copied everything?');
    await completes('studio-3t', DATA.studio, world.servers.targetUri);
  });

  /** With the database tools and the connection that Studio 3T is given, less what only Studio 3T understands. */
  async function copyAsAPerson(): Promise<void> {
    const run = (await readdir(session.runsFolder)).sort().at(-1);
    const path = join(session.runsFolder, run ?? '', 'studio-3t', 'target-connection.txt');
    const url = new ConnectionString((await readFile(path, 'utf8')).trim());
    for (const key of [...url.searchParams.keys()]) if (key.startsWith('3t.')) url.searchParams.delete(key);
    const { user, password, sourceUri } = world.servers;
    expect(url.username).toBe(user);
    url.password = encodeURIComponent(password);
    const copied = await dumpAndRestore({ sourceUri, db: DATA.studio.db, targetUri: url.toString(), batchSize: 100 });
    expect(copied).toMatchObject({ dump: 0, restore: 0 });
  }

  it('by Data Factory: what is deployed is seen before, agreed to, and followed to the end', async () => {
    const wizard = await toTuning('data-factory', DATA.factory, world.account);
    expect(await wizard.locator('#handoff-resourceGroup').inputValue()).toBe('rg-migration');
    await toReview(wizard, 'data-factory');
    await wizard.locator('[data-save]').click();
    await workbench.answerPath('Save Migration Plan', join(session.workspace, 'sales.migration.json'));
    await wizard.getByText(/Saved as/).waitFor();
    await workbench.command('Cosmos Migration: Write Hand-off Files…');
    await workbench.pick('Which plan?', 'sales.migration.json');
    await workbench.answerPath('Write Hand-off Files', join(session.workspace, 'handoff'));
    await workbench.notification(/files were written. No file holds a secret/).waitFor();
    await workbench.command('Notifications: Clear All Notifications');
    await workbench
      .editorTab(/Migration/)
      .first()
      .click();
    await start(wizard);
    const page = await awaiting('data-factory', 'Waits for your yes', DATA.factory.db);
    expect(world.azure.resources.size).toBe(0);
    expect(await terminalText()).toContain('create/subscriptions/');
    await proceed(page, 'May what Azure foresees be deployed?');
    await completes('data-factory', DATA.factory, world.servers.targetUri);
    expect(world.azure.notAccepted).toEqual([]);
    expect(world.azure.copies.length).toBeGreaterThan(0);
  });

  it('by Database Migration Service: checked, copied, verified, and the service taken away', async () => {
    const wizard = await toTuning('dms', DATA.dms, world.account);
    await set(wizard, 'subnetId', world.subnet);
    await wizard.locator('#handoff-fromDump').selectOption({ label: 'No' });
    await toReview(wizard, 'dms');
    await start(wizard);
    const page = await awaiting('dms', 'Waits for your yes', DATA.dms.db);
    expect(await terminalText()).toContain('Microsoft.DataMigration/services/mcm-stock');
    await proceed(page, 'May what Azure foresees be deployed?');
    await completes('dms', DATA.dms, world.servers.targetUri);
    expect(world.azure.notAccepted).toEqual([]);
    expect([...world.azure.resources.keys()].filter((id) => id.includes('datamigration'))).toEqual([]);
  });

  it('by Spark on Databricks: the job copies and verifies, and leaves nothing in the workspace but the secrets', async () => {
    await workbench.command('View: Close All Editors');
    await workbench.openByRow(/^archive\.events/, /^archive\.events/);
    await completes('spark-databricks', DATA.spark, world.servers.mongoTargetUri);
    expect([...(world.workspace.scopes.get('mongo-cosmos-migration')?.keys() ?? [])].sort()).toEqual([
      'source-uri',
      'target-uri',
    ]);
    expect(world.workspace.jobs()).toEqual([]);
  });

  it('forgets the token of Databricks at a word', async () => {
    await workbench.command('Cosmos Migration: Databricks Tokens…');
    await workbench.pick('What is to be done?', 'Forget the token');
    await workbench.notification(/was forgotten here/).waitFor();
    await workbench.command('Cosmos Migration: Databricks Tokens…');
    await workbench.quickInput().getByPlaceholder('No token is kept on this machine.').waitFor();
    await session.page.keyboard.press('Escape');
  });

  it('leaves no secret in run folders, plan or hand-off files', async () => {
    const { password } = world.servers;
    const secrets = [password, encodeURIComponent(password), world.accountToken, world.databricksToken];
    for (const folder of [session.runsFolder, session.workspace]) {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      expect(files.length).toBeGreaterThan(3);
      for (const file of files) {
        const text = await readFile(join(file.parentPath, file.name), 'latin1');
        expect([file.name, secrets.some((secret) => text.includes(secret))]).toEqual([file.name, false]);
      }
    }
  });
});
