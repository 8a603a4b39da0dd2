/** What goes wrong for people who begin, and the way out that they are shown. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { startSession, type Session } from '../support/vscode/session.js';
import { startTestServers, type TestServers } from '../support/vscode/test-servers.js';
import type { Workbench } from '../support/vscode/workbench.js';
import { answerConnection, keepFailure, SOURCE_NAME } from './steps.js';

/** Nothing listens there. */
const NOBODY = 'mongodb://127.0.0.1:1/?directConnection=true&serverSelectionTimeoutMS=1500';
const DECLARED = 'of the workspace';
const MISSING = /Database Tools are missing/;

/** One server whose windows have no database tools, trust nothing by themselves, and whose folder declares a connection. */
describe('somebody whose surroundings are not what they should be', () => {
  let servers: TestServers;
  let session: Session;
  let workbench: Workbench;
  let empty: TempFolder;

  beforeAll(async () => {
    [servers, empty] = await Promise.all([startTestServers(), makeTempFolder('no-tools')]);
    const connectionString = servers.sourceUri.replace(encodeURIComponent(servers.password), '${env:SHOP_PASSWORD}');
    session = await startSession({
      name: 'troubles',
      workspaceTrust: true,
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
      workspaceSettings: { 'mongoCosmosMigration.connections': [{ name: DECLARED, role: 'source', connectionString }] },
      env: {
        PATH: empty.path,
        MCM_CACHE: empty.path,
        MCM_MONGODUMP: '',
        MCM_MONGORESTORE: '',
        SHOP_PASSWORD: servers.password,
      },
    });
    ({ workbench } = session);
  });
  beforeEach(() => keepFailure(() => session));
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await servers?.[Symbol.asyncDispose]();
    await empty?.remove();
  });

  it('gets a wrong password told in a window without a folder, and mends it', async () => {
    await session.openWindow('nothing');
    await workbench.openViews();
    await workbench.welcomeButton('Add Source').first().click();
    const wrong = servers.sourceUri.replace(encodeURIComponent(servers.password), 'wrong');
    await answerConnection(workbench, wrong, SOURCE_NAME);
    await workbench.answerNotification(/refused the login/, 'Edit');
    await workbench.answer('Connection string.', servers.sourceUri);
    await workbench.answer('Its name in the tree', SOURCE_NAME);
    await workbench.treeRow(SOURCE_NAME).waitFor();
  });

  it('can keep a target that cannot be reached, and finds the error with a retry in the tree', async () => {
    await workbench.command('Cosmos Migration: Add Target…');
    await answerConnection(workbench, NOBODY, 'nobody');
    await workbench.answerNotification(/127\.0\.0\.1:1/, 'Save Anyway');
    await workbench.expand('nobody');
    const problem = workbench.treeRow(/127\.0\.0\.1:1/);
    await problem.waitFor();
    await workbench.inlineAction(problem, 'Retry');
    await problem.waitFor();
  });

  it('is offered to set the database tools up, and told what was tried', async () => {
    await workbench.command('Cosmos Migration: Set Up Database Tools');
    await workbench.notification(MISSING).getByRole('button', { name: 'Build or Download' }).waitFor();
    await workbench.answerNotification(MISSING, 'Show What Was Tried');
    await workbench.frontWebview().getByText('mongodump').first().waitFor();
  });

  it('opens the wizard without a folder', async () => {
    await workbench.expand(SOURCE_NAME);
    await workbench.expand('shop');
    await workbench.contextMenu(workbench.treeRow('orders'), 'Migrate Collection…');
    await workbench.frontWebview().getByRole('heading', { level: 1, name: 'Source and target' }).waitFor();
  });

  it('works in an untrusted folder, which declares nothing until it is trusted', async () => {
    await session.openWindow('folder');
    await workbench.openViews();
    await workbench.expand(SOURCE_NAME);
    await workbench.treeRow('shop').waitFor();
    expect(await workbench.treeRow(DECLARED).count()).toBe(0);
    await workbench.command('Workspaces: Manage Workspace Trust');
    await session.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await workbench.treeRow(DECLARED).waitFor();
    await workbench.expand(DECLARED);
    await expect.poll(() => workbench.treeRow('shop').count()).toBe(2);
  });
});
