/** The command "Write Hand-off Files…": what lies on the disk afterwards, and what a person is told. */
import { strict as assert } from 'node:assert';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { adapters } from '../../src/extension-adapters.js';
import type { SavedClusterStore } from '../../src/host/clusters/cluster-store.js';
import { SharedConnections } from '../../src/host/clusters/connection-pool.js';
import type { CommandParts } from '../../src/host/commands/parts.js';
import { runCommand } from '../../src/host/commands/run-command.js';
import { writeHandoff } from '../../src/host/commands/write-handoff.js';
import { HANDOFF as FACTORY } from '../support/data-factory/migrate.js';
import { storeWith, writePlan } from '../support/host-runs.js';
import { hostTestContext, type HostTestContext } from './context.js';

describe('hand-off files', function () {
  this.timeout(60_000);
  const log = vscode.window.createOutputChannel('hand-off under test', { log: true });
  const made = {
    showOpenDialog: vscode.window.showOpenDialog,
    showInformationMessage: vscode.window.showInformationMessage,
    showErrorMessage: vscode.window.showErrorMessage,
  };
  let context: HostTestContext;
  let clusters: SavedClusterStore;
  let connections: SharedConnections;
  /** Where the person writes to; undefined: closes the dialog. */
  let folder: string | undefined;
  let presses: string | undefined;
  const told: string[] = [];

  before(async () => {
    context = await hostTestContext();
    clusters = await storeWith({ source: context.sourceUri, target: context.targetUri });
    connections = new SharedConnections({ clusters, adapters: () => Promise.resolve(adapters) });
    const tell = (text: string) => {
      told.push(text);
      return Promise.resolve(presses);
    };
    Object.assign(vscode.window, {
      showOpenDialog: () => Promise.resolve(folder === undefined ? undefined : [vscode.Uri.file(folder)]),
      showInformationMessage: tell,
      showErrorMessage: tell,
    });
  });

  after(() => {
    Object.assign(vscode.window, made);
    void connections.dispose();
    log.dispose();
  });

  afterEach(async () => {
    told.length = 0;
    presses = undefined;
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  async function write(planPath: string, into: string | undefined, store = clusters): Promise<string> {
    folder = into;
    const services = { adapters: () => Promise.resolve(adapters), clusters: store, connections, log };
    const parts = { services } as unknown as CommandParts;
    await runCommand('write-handoff', () => writeHandoff([vscode.Uri.file(planPath)], parts), {
      log,
      clusterNamed: () => undefined,
    });
    return told.join('\n');
  }

  async function textsIn(path: string): Promise<ReadonlyMap<string, string>> {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    return new Map(files.map((file, i) => [file.slice(path.length + 1), texts[i] ?? '']));
  }

  /** Once VS Code tells of it. */
  async function tabCalled(name: string): Promise<void> {
    const { tabGroups } = vscode.window;
    const isOpen = () => tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.includes(name)));
    while (!isOpen()) {
      await new Promise<void>((resolve) => {
        const told = tabGroups.onDidChangeTabs(() => (told.dispose(), resolve()));
      });
    }
  }

  const factoryPlan = (db: string): Promise<string> =>
    writePlan(clusters, { folder: context.folder, db, handoff: FACTORY });

  it('are written into the folder that was chosen, hold no secret, and are counted and explained', async () => {
    const into = join(context.folder, 'factory files');
    presses = 'Open README';
    const text = await write(await factoryPlan('handed'), into);
    const texts = await textsIn(into);
    const names = [...texts.keys()].filter((name) => !name.startsWith('.')).sort();
    for (const name of ['README.md', 'factory.parameters.json', 'ranges.json'])
      assert.ok(names.includes(name), `${name} of ${names.join()}`);
    assert.match(text, new RegExp(`Azure Data Factory: ${names.length} files were written\\. No file holds a secret`));
    for (const [name, content] of texts) {
      for (const secret of [context.password, encodeURIComponent(context.password)]) {
        assert.ok(!content.includes(secret), `${name} holds the password`);
      }
    }
    await tabCalled('README');
  });

  it('are written over their own, and beside what was there before', async () => {
    const into = join(context.folder, 'used before');
    await mkdir(into);
    await writeFile(join(into, 'notes.txt'), 'mine');
    const path = await factoryPlan('again');
    await write(path, into);
    const first = await textsIn(into);
    told.length = 0;
    assert.match(await write(path, into), /files were written/);
    assert.deepEqual(await textsIn(into), first);
    assert.equal(first.get('notes.txt'), 'mine');
  });

  it('never go over a file that somebody wrote or changed: it is named, and nothing is written', async () => {
    const into = join(context.folder, 'changed');
    const path = await factoryPlan('changed');
    await write(path, into);
    await writeFile(join(into, 'README.md'), 'my own notes');
    const before = await textsIn(into);
    told.length = 0;
    const text = await write(await factoryPlan('other'), into);
    assert.ok(text.includes(join(into, 'README.md')), text);
    assert.match(text, /nothing was written\. .* Choose another folder, or move that file away\./);
    assert.deepEqual(await textsIn(into), before);
  });

  it('of a plan that this machine carries out are none, and the person is told so', async () => {
    const path = await writePlan(clusters, { folder: context.folder, db: 'direct' });
    const text = await write(path, join(context.folder, 'never'));
    assert.match(text, /hands nothing over\. This machine carries it out itself\./);
    await assert.rejects(readdir(join(context.folder, 'never')));
  });

  it('need the source among the connections where they are made of what it holds', async () => {
    const path = await factoryPlan('unsaved');
    const few = await storeWith({ source: context.mongoTargetUri });
    const text = await write(path, join(context.folder, 'unsaved'), few);
    assert.match(text, /runs-source is not among the connections/);
    await assert.rejects(readdir(join(context.folder, 'unsaved')));
  });

  it('are not written where the dialog is closed', async () => {
    const path = await factoryPlan('closed');
    assert.equal(await write(path, undefined), '');
    assert.ok(!(await readdir(context.folder)).some((name) => basename(name) === 'closed'));
  });
});
