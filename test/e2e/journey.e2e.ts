/** The whole way, as somebody who has just installed the extension goes it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SHOP } from '../host/context.js';
import { startSession, type Session } from '../support/vscode/session.js';
import { startTestServers, type TestServers } from '../support/vscode/test-servers.js';
import type { Workbench } from '../support/vscode/workbench.js';
import { addCluster, answerConnection, keepFailure, next, SOURCE_NAME, TARGET_NAME } from './steps.js';

/** Copying at the model's 4,000 RU/s takes about ten seconds; the rest is for a busy machine. */
const RUN_LIMIT_MS = 90_000;

describe('from the empty view to a verified migration', () => {
  let servers: TestServers;
  let session: Session;
  let workbench: Workbench;

  beforeAll(async () => {
    servers = await startTestServers();
    session = await startSession({ name: 'journey' });
    ({ workbench } = session);
  });
  beforeEach(() => keepFailure(() => session));
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await servers?.[Symbol.asyncDispose]();
  });

  it('says what to do first where there is nothing yet', async () => {
    await workbench.openViewContainer('Cosmos Migration');
    await workbench.welcomeButton('Add Source').first().waitFor();
    await session.picture('01-welcome');
  });

  it('adds a source by its connection string, with the password hidden, and tests it first', async () => {
    await workbench.welcomeButton('Add Source').first().click();
    await answerConnection(workbench, servers.sourceUri, SOURCE_NAME);
    await workbench.notification(`${SOURCE_NAME} was added: MongoDB`).waitFor();
    await workbench.treeRow(SOURCE_NAME).waitFor();
  });

  it('adds the target and sees what it is', async () => {
    await addCluster(workbench, 'Target', servers.targetUri, TARGET_NAME);
    await expect.poll(() => workbench.treeRow(TARGET_NAME).innerText()).toMatch(/RU/);
  });

  it('shows databases, collections with their sizes, and indexes', async () => {
    await workbench.expand(SOURCE_NAME);
    await workbench.expand('shop');
    await expect.poll(() => workbench.treeRow('orders').innerText()).toContain('3,000');
    await workbench.expand('orders');
    await workbench.treeRow('newest').waitFor();
    await session.picture('02-clusters');
  });

  it('analyzes the size of the source', async () => {
    await workbench.contextMenu(workbench.treeRow(SOURCE_NAME), 'Analyze Size…');
    await workbench.editorTab(/size/i).waitFor();
    await session.picture('03-size');
    await workbench.command('View: Close All Editors');
  });

  it('opens the wizard on the collection that was right-clicked', async () => {
    await workbench.contextMenu(workbench.treeRow('orders'), 'Migrate Collection…');
    const wizard = workbench.frontWebview();
    await wizard.getByRole('heading', { level: 1, name: 'Source and target' }).waitFor();
    await wizard.getByRole('radio', { name: new RegExp(TARGET_NAME) }).check();
    await session.picture('04-wizard-endpoints');
  });

  it('goes through the wizard with the method recommended and the command lines shown', async () => {
    const wizard = workbench.frontWebview();
    await next(wizard, 'Collections');
    await expect.poll(() => wizard.getByRole('checkbox', { checked: true }).count()).toBeGreaterThan(0);
    await session.picture('05-wizard-collections');
    await next(wizard, 'Size');
    await session.picture('06-wizard-size');
    await next(wizard, 'Findings');
    await next(wizard, 'Method');
    await wizard.locator('[data-method].recommended').waitFor();
    await session.picture('07-wizard-method');
    await next(wizard, 'Tuning');
    await expect.poll(() => wizard.locator('.preview').innerText()).toContain('mongorestore');
    expect(await wizard.locator('body').innerText()).not.toContain(servers.password);
    await session.picture('08-wizard-tuning');
    await next(wizard, 'Review');
    await session.picture('09-wizard-review');
  });

  it('starts the run in a terminal with the real tools', async () => {
    await workbench.frontWebview().locator('[data-move="start"]:not([aria-disabled])').click();
    await workbench.terminal.waitFor('mongorestore', RUN_LIMIT_MS);
    expect(await workbench.terminal.text()).not.toContain(servers.password);
  });

  it('shows the progress on the run page and in the status bar', async () => {
    const page = await workbench.webview(/orders/);
    await page.locator('.run').waitFor();
    await page.locator('[data-figure]').first().waitFor();
    await workbench.statusBarItem().waitFor();
    await session.picture('10-run');
  });

  it('ends as completed, which means verified', async () => {
    const page = workbench.frontWebview();
    await page.locator('.run.tone-good').waitFor({ timeout: RUN_LIMIT_MS });
    expect(await page.locator('.state').innerText()).toMatch(/completed/i);
    await session.picture('11-completed');
    const client = await MongoClient.connect(servers.targetUri);
    try {
      expect(await client.db('shop').collection('orders').countDocuments()).toBe(SHOP.orders);
    } finally {
      await client.close();
    }
  });

  it('opens the report', async () => {
    const page = workbench.frontWebview();
    await page.locator('[data-action="report"]').click();
    await workbench.editorTab(/report/i).waitFor();
    const report = workbench.frontWebview();
    await report.getByText('orders').first().waitFor();
    await session.picture('12-report');
  });

  it('leaves no secret in the run folder', async () => {
    const [run] = await readdir(session.runsFolder);
    const folder = join(session.runsFolder, run ?? '');
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const encoded = encodeURIComponent(servers.password);
    for (const file of files.filter((entry) => entry.isFile())) {
      const text = await readFile(join(file.parentPath, file.name), 'latin1');
      expect([file.name, text.includes(servers.password) || text.includes(encoded)]).toEqual([file.name, false]);
    }
  });
});
