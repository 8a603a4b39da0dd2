/** The wizard on its own: how soon it is painted, what a reload leaves of it, and its plan files. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSession, type Session } from '../support/vscode/session.js';
import { startTestServers, type TestServers } from '../support/vscode/test-servers.js';
import type { Workbench } from '../support/vscode/workbench.js';
import { keepFailure, next } from './steps.js';

const SOURCE = 'declared source';
const TARGET = 'declared target';

describe('the wizard', () => {
  let servers: TestServers;
  let session: Session;
  let workbench: Workbench;

  beforeAll(async () => {
    servers = await startTestServers();
    const secret = encodeURIComponent(servers.password);
    const withVariable = (uri: string): string => uri.replace(secret, '${env:WIZARD_PASSWORD}');
    session = await startSession({
      name: 'wizard',
      env: { WIZARD_PASSWORD: servers.password },
      settings: {
        'mongoCosmosMigration.connections': [
          { name: SOURCE, role: 'source', connectionString: withVariable(servers.sourceUri) },
          { name: TARGET, role: 'target', connectionString: withVariable(servers.targetUri) },
        ],
      },
    });
    ({ workbench } = session);
  });
  beforeEach(() => keepFailure(() => session));
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await servers?.[Symbol.asyncDispose]();
  });

  /** VS Code in a browser writes down which tabs are open every few seconds, and not when the page goes. */
  async function tabsSaved(): Promise<void> {
    await session.page.waitForFunction(
      `(async () => {
        for (const { name } of await indexedDB.databases()) {
          if (!name.startsWith('vscode-web-state-db')) continue;
          const db = await new Promise((resolve) => { indexedDB.open(name).onsuccess = (e) => resolve(e.target.result); });
          // Which views were ever open is kept, too, by a clock of its own.
          const tabs = await new Promise((resolve) => {
            const store = db.transaction('ItemTable').objectStore('ItemTable');
            store.get('memento/workbench.parts.editor').onsuccess = (e) => resolve(e.target.result);
          });
          db.close();
          if (String(tabs).includes('mongoCosmosMigration.wizard')) return true;
        }
        return false;
      })()`,
      undefined,
      { polling: 500 },
    );
  }

  it('comes back after a reload at the step and with the numbers that it was left with', async () => {
    await workbench.openViews();
    await workbench.command('Cosmos Migration: Open Migration Wizard');
    const wizard = workbench.frontWebview();
    await wizard.getByRole('radio', { name: new RegExp(SOURCE) }).check();
    await wizard.getByRole('radio', { name: new RegExp(TARGET) }).check();
    for (const heading of ['Collections', 'Size', 'Findings', 'Method', 'Tuning']) await next(wizard, heading);
    const rate = () => workbench.frontWebview().getByLabel('Throughput of each collection', { exact: true });
    await rate().fill('5000');
    await rate().press('Enter');
    await wizard.getByText(/collection that is made gets this much/).waitFor();
    await tabsSaved();
    await workbench.reload();
    const after = workbench.frontWebview();
    await after.getByRole('heading', { level: 1, name: 'Tuning' }).waitFor();
    expect(await rate().inputValue()).toBe('5000');
  });

  it('is not lost when the window goes before VS Code has saved its tabs', async () => {
    await workbench.command('View: Close All Editors');
    await workbench.command('Cosmos Migration: Open Migration Wizard');
    const wizard = workbench.frontWebview();
    await wizard.getByRole('radio', { name: new RegExp(SOURCE) }).check();
    await wizard.getByRole('radio', { name: new RegExp(TARGET) }).check();
    await next(wizard, 'Collections');
    await workbench.reload();
    await workbench.openViews();
    // Shows the tab where it came back by itself.
    await workbench.welcomeButton('Plan a Migration').click();
    const after = workbench.frontWebview();
    await after.getByRole('heading', { level: 1, name: 'Collections' }).waitFor();
    await after.getByText('3 of 3 selected').waitFor();
    for (const heading of ['Size', 'Findings', 'Method', 'Tuning', 'Review']) await next(after, heading);
  });

  it('saves its plan to a file that opens it again', async () => {
    const wizard = workbench.frontWebview();
    await wizard.locator('[data-save]').click();
    const path = join(session.workspace, 'shop.migration.json');
    await workbench.answerPath('Save Migration Plan', path);
    await wizard.getByText('shop.migration.json').waitFor();
    expect(await readdir(session.workspace)).toContain('shop.migration.json');
    await workbench.command('View: Close All Editors');
    await workbench.command('Cosmos Migration: Open Plan in Wizard');
    await workbench.pick('Which plan?', 'shop.migration.json');
    const again = workbench.frontWebview();
    await again.getByText(/Filled in from .*shop\.migration\.json/).waitFor();
    await next(again, 'Collections');
    await again.getByText('3 of 3 selected').waitFor();
  });
});
