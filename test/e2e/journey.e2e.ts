/** The whole way, as somebody who has just installed the extension goes it. */
import { MongoClient, type Db } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SHOP } from '../host/context.js';
import { startSession, type Session } from '../support/vscode/session.js';
import { startTestServers, type TestServers } from '../support/vscode/test-servers.js';
import type { Workbench } from '../support/vscode/workbench.js';
import { axeFindings } from './axe.js';
import { addCluster, answerConnection, keepFailure, next, SOURCE_NAME, TARGET_NAME } from './steps.js';

/** Copying at the model's 4,000 RU/s takes about ten seconds; the rest is for a busy machine. */
const RUN_LIMIT_MS = 90_000;

describe('from the empty view to a verified migration', () => {
  let servers: TestServers;
  let session: Session;
  let workbench: Workbench;

  beforeAll(async () => {
    servers = await startTestServers();
    session = await startSession({ name: 'journey', viewport: { width: 1440, height: 900 } });
    ({ workbench } = session);
  });
  beforeEach(() => keepFailure(() => session));
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await servers?.[Symbol.asyncDispose]();
  });

  async function onShop<T>(uri: string, work: (shop: Db) => Promise<T>): Promise<T> {
    const client = await MongoClient.connect(uri);
    try {
      return await work(client.db('shop'));
    } finally {
      await client.close();
    }
  }
  const countOn = (collection: string): Promise<number> =>
    onShop(servers.behindTargetUri, (shop) => shop.collection(collection).countDocuments());
  const drop = (collection: string): Promise<boolean> =>
    onShop(servers.targetUri, (shop) => shop.dropCollection(collection));

  /** From the tree through the wizard, with the native tools and all else as it is proposed. Ends when the tools run. */
  async function startRun(collection: string): Promise<void> {
    await workbench.command('View: Close All Editors');
    await workbench.command('Terminal: Kill All Terminals');
    await workbench.expand(SOURCE_NAME);
    await workbench.expand('shop');
    await workbench.contextMenu(workbench.treeRow(collection), 'Migrate Collection…');
    const wizard = workbench.frontWebview();
    await wizard.getByRole('radio', { name: new RegExp(TARGET_NAME) }).check();
    for (const heading of ['Collections', 'Size', 'Findings', 'Method']) await next(wizard, heading);
    await wizard.locator('input[name="method"][value="dump-restore"]').check();
    for (const heading of ['Tuning', 'Review']) await next(wizard, heading);
    await wizard.locator('[data-move="start"]:not([aria-disabled])').click();
    await workbench.terminal.waitFor('mongorestore', RUN_LIMIT_MS);
  }

  it('says what to do first where there is nothing yet', async () => {
    await workbench.openViews();
    await workbench.welcomeButton('Add Source').first().waitFor();
  });

  it('adds a source by its connection string, with the password hidden, and tests it first', async () => {
    await workbench.welcomeButton('Add Source').first().click();
    await answerConnection(workbench, servers.sourceUri, SOURCE_NAME);
    await expect.poll(() => workbench.treeRow(SOURCE_NAME).innerText()).toMatch(/MongoDB 6/);
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
    await session.picture('clusters');
  });

  it('analyzes the size of the source', async () => {
    await workbench.contextMenu(workbench.treeRow(SOURCE_NAME), 'Analyze Size…');
    await workbench.editorTab(/size/i).waitFor();
    await workbench.command('View: Close All Editors');
  });

  it('opens the wizard on the collection that was right-clicked', async () => {
    await workbench.contextMenu(workbench.treeRow('orders'), 'Migrate Collection…');
    const wizard = workbench.frontWebview();
    await wizard.getByRole('heading', { level: 1, name: 'Source and target' }).waitFor();
    await wizard.getByRole('radio', { name: new RegExp(TARGET_NAME) }).check();
  });

  it('goes through the wizard with the method recommended and the command lines shown', async () => {
    const wizard = workbench.frontWebview();
    const accessible = async (): Promise<void> => expect(await axeFindings(session.page, 'wizard')).toEqual([]);
    await accessible();
    await next(wizard, 'Collections');
    await accessible();
    await expect.poll(() => wizard.getByRole('checkbox', { checked: true }).count()).toBeGreaterThan(0);
    await next(wizard, 'Size');
    await accessible();
    await next(wizard, 'Findings');
    await accessible();
    await next(wizard, 'Method');
    await accessible();
    await wizard.locator('[data-method="direct-copy"].recommended.chosen').waitFor();
    await session.picture('wizard-method');
    await next(wizard, 'Tuning');
    await expect.poll(() => wizard.locator('.preview').innerText()).toContain('mongo-cosmos-migration run');
    expect(await wizard.locator('body').innerText()).not.toContain(servers.password);
    await accessible();
    await session.picture('wizard-tuning');
    await next(wizard, 'Review');
    await accessible();
  });

  it('starts the run in a terminal, without any tool', async () => {
    await workbench.frontWebview().locator('[data-move="start"]:not([aria-disabled])').click();
    await workbench.terminal.waitFor('journal and report', RUN_LIMIT_MS);
    expect(await workbench.terminal.text()).not.toContain(servers.password);
  });

  it('shows the progress on the run page and in the status bar', async () => {
    const page = await workbench.webview(/orders/);
    await page.locator('.run').waitFor();
    await page.locator('[data-figure]').first().waitFor();
    await workbench.statusBarItem().waitFor();
    const percent = async (): Promise<number> => parseFloat(await page.locator('.percent').innerText());
    await expect.poll(percent, { timeout: RUN_LIMIT_MS }).toBeGreaterThan(30);
    await session.picture('run');
  });

  it('ends as completed, which means verified', async () => {
    const page = workbench.frontWebview();
    await page.locator('.run.tone-good').waitFor({ timeout: RUN_LIMIT_MS });
    expect(await page.locator('.state').innerText()).toMatch(/completed/i);
    expect(await axeFindings(session.page, 'run-page')).toEqual([]);
    await session.picture('completed');
    expect(await countOn('orders')).toBe(SHOP.orders);
  });

  it('opens the report', async () => {
    const page = workbench.frontWebview();
    await page.locator('[data-action="report"]').click();
    await workbench.editorTab(/report/i).waitFor();
    const report = workbench.frontWebview();
    await report.getByText('orders').first().waitFor();
    await session.picture('report');
  });

  it('comes through a reload of the window in the middle of a run, and shows it in a second window', async () => {
    // Long enough for a reload, 400 documents at some 6 RU each.
    servers.standIn().setRuPerSecond('shop.customers', 300);
    await startRun('customers');
    await session.workbench.reload();
    await workbench.openViews();
    const row = workbench.treeRow(/^shop\.customers/);
    await row.waitFor();
    const second = await session.secondWindow();
    await second.openViews();
    await second.treeRow(/^shop\.customers/).waitFor();
    await second.page.close();
    await workbench.openByRow(/^shop\.customers/, /^shop\.customers/);
    const page = workbench.frontWebview();
    await page.locator('.run.tone-good').waitFor({ timeout: RUN_LIMIT_MS });
    expect(await countOn('customers')).toBe(SHOP.customers);
  });

  it('stops safely when the target goes away, and resumes when it is back', async () => {
    await drop('orders');
    servers.standIn().setRuPerSecond('shop.orders', 1_500);
    await startRun('orders');
    await expect.poll(() => countOn('orders'), { timeout: RUN_LIMIT_MS }).toBeGreaterThan(100);
    await servers.stopTarget();
    const page = workbench.frontWebview();
    await page.locator('[data-action="resume"]').waitFor({ timeout: RUN_LIMIT_MS });
    await page.getByText('The connection to the target was lost').waitFor();
    await session.picture('interrupted');
    await servers.startTarget();
    await page.locator('[data-action="resume"]').click();
    await page.locator('.run.tone-good').waitFor({ timeout: RUN_LIMIT_MS });
    expect(await countOn('orders')).toBe(SHOP.orders);
  });

  it("leaves no secret in any file: run folders, the opened folder, VS Code's state and logs", async () => {
    const { holding, looked } = await session.whatHolds([servers.password, encodeURIComponent(servers.password)]);
    expect(looked).toBeGreaterThan(20);
    expect(holding).toEqual([]);
  });
});
