/** Runs as people start and steer them: in real terminals, against real servers. */
import { strict as assert } from 'node:assert';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { MongoClient } from 'mongodb';
import * as vscode from 'vscode';
import { MigrationError, type MigrationErrorCode } from '../../src/core/model/error.js';
import { adapters } from '../../src/extension-adapters.js';
import type { SavedClusterStore } from '../../src/host/clusters/cluster-store.js';
import { RemoteStart } from '../../src/host/azure/remote-start.js';
import { COMMANDS, PANELS } from '../../src/host/ids.js';
import { RunNotifier } from '../../src/host/runs/notifier.js';
import type { Choice } from '../../src/host/runs/questions.js';
import { createRuns, type Runs } from '../../src/host/runs/runs.js';
import type { RunInfo } from '../../src/host/services.js';
import { readSettings } from '../../src/host/settings.js';
import { freePort } from '../support/free-port.js';
import { Answers, storeWith, writePlan, type Saved } from '../support/host-runs.js';
import { hostTestContext, SHOP } from './context.js';

const RUN_LIMIT_MS = 90_000;

/** The tab of a webview, once VS Code tells of it. */
async function tabOf(viewType: string): Promise<vscode.Tab> {
  const { tabGroups } = vscode.window;
  const find = (): vscode.Tab | undefined =>
    tabGroups.all
      .flatMap((group) => group.tabs)
      .find(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType));
  for (let tab = find(); ; tab = find()) {
    if (tab !== undefined) return tab;
    await new Promise<void>((resolve) => {
      const subscription = tabGroups.onDidChangeTabs(() => {
        subscription.dispose();
        resolve();
      });
    });
  }
}

describe('runs', function () {
  this.timeout(RUN_LIMIT_MS);
  const answers = new Answers();
  const log = vscode.window.createOutputChannel('runs under test', { log: true });
  let secretsSeen: readonly string[] = [];
  let clusters: SavedClusterStore;
  let servers: Saved & { readonly target: string };
  let made: Runs;
  let root: string;
  let folder: string;
  let cliPath: string;

  before(async () => {
    const context = await hostTestContext();
    folder = context.folder;
    // The same folder as the extension's own: two windows, as far as the runs can tell.
    root = adapters.defaultRunsRoot();
    servers = { source: context.sourceUri, target: context.targetUri };
    clusters = await storeWith(servers);
    secretsSeen = [context.password, encodeURIComponent(context.password)];
    const extension = vscode.extensions.getExtension('mongo-cosmos-migration.mongo-cosmos-migration');
    assert.ok(extension);
    await extension.activate();
    cliPath = join(extension.extensionPath, 'dist', 'cli.cjs');
    made = runsFor(clusters);
  });

  after(() => {
    made.dispose();
    log.dispose();
  });

  afterEach(() => {
    answers.trusted = true;
    answers.agrees = true;
    answers.pick = undefined;
    answers.asked.length = 0;
    answers.ran.length = 0;
    for (const terminal of vscode.window.terminals) terminal.dispose();
  });

  function runsFor(store: SavedClusterStore): Runs {
    return createRuns({
      adapters: () => Promise.resolve(adapters),
      runsRoot: () => root,
      clusters: store,
      remoteStart: () => Promise.resolve(RemoteStart),
      databricks: { get: () => Promise.resolve(undefined), keep: () => Promise.resolve() },
      log,
      cliPath,
      settings: () => readSettings(() => undefined),
      questions: answers,
    });
  }

  const planTo = (db: string, from?: string): Promise<string> => writePlan(clusters, { folder, db, from });
  /** VS Code lets the process of a closed terminal live for up to five seconds while it prints: the run outlasts them. */
  const longPlanTo = (db: string): Promise<string> => writePlan(clusters, { folder, db, ruPerSecond: 400 });

  async function until(runId: string, what: string, wanted: (run: RunInfo) => boolean): Promise<RunInfo> {
    const { runs } = made;
    const looking = runs.watch();
    try {
      return await new Promise((resolve, reject) => {
        const done = (end: () => void): void => {
          clearTimeout(timer);
          subscription.dispose();
          end();
        };
        const look = (): void => {
          const run = runs.get(runId);
          if (run !== undefined && wanted(run)) done(() => resolve(run));
        };
        const timer = setTimeout(() => {
          const last = runs.get(runId);
          const { state, why, done: documents } = last?.snapshot ?? {};
          const now = JSON.stringify({ alive: last?.alive, state, why, documents });
          done(() => reject(new Error(`never ${what}: ${now}`)));
        }, RUN_LIMIT_MS / 2);
        const subscription = runs.onDidChange(look);
        look();
      });
    } finally {
      looking.dispose();
    }
  }

  const runTerminals = (runId: string): readonly vscode.Terminal[] =>
    vscode.window.terminals.filter((terminal) => terminal.name.endsWith(runId.slice(-8)));
  const terminalOf = (runId: string): vscode.Terminal | undefined => runTerminals(runId)[0];

  it('start in a terminal, pause, go on, complete, and leave a report that opens', async () => {
    const runId = await made.control.start(await planTo('steered'));
    const terminal = terminalOf(runId);
    assert.ok(terminal, 'a terminal is open');
    const options = JSON.stringify(terminal.creationOptions);
    for (const secret of secretsSeen) assert.ok(!options.includes(secret), 'the terminal was told no secret');

    const copying = await until(
      runId,
      'copying',
      (run) => run.alive && run.snapshot.state === 'copying' && run.snapshot.done > 0,
    );
    assert.equal(copying.pid, await terminal.processId, 'the process of the terminal works on the run');
    // Another window's command: the extension's own store and control, not this test's.
    await vscode.commands.executeCommand(COMMANDS.pauseRun, { kind: 'run', runId });
    const paused = await until(runId, 'paused', (run) => run.snapshot.state === 'paused');
    assert.equal(paused.alive, true, 'the process waits with what it knows');
    assert.ok(paused.snapshot.done < SHOP.orders);

    await made.control.resume(runId);
    assert.equal(terminalOf(runId), terminal, 'it goes on in the same terminal');
    const ended = await until(
      runId,
      'over',
      (run) => !run.alive && run.snapshot.endedAt !== undefined && run.snapshot.state.startsWith('completed'),
    );
    assert.equal(ended.snapshot.done, SHOP.orders);
    assert.equal(ended.snapshot.collections[0]?.verified, 'equal');
    assert.equal(terminal.exitStatus, undefined, 'the terminal stays, so that its end can be read');

    await vscode.commands.executeCommand(COMMANDS.openReport, { kind: 'run', runId });
    assert.ok((await tabOf(PANELS.report)).label.endsWith(runId.slice(-8)), 'it is the report of this run');
    await vscode.commands.executeCommand(COMMANDS.openRunPage, { kind: 'run', runId });
    assert.equal((await tabOf(PANELS.runPage)).label, ended.planName);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('can be gone on with after their terminal was closed, and be cancelled, which asks first', async () => {
    const runId = await made.control.start(await longPlanTo('closed'));
    await until(runId, 'copying', (run) => run.alive && run.snapshot.state === 'copying' && run.snapshot.done > 0);
    terminalOf(runId)?.dispose();
    const cut = await until(runId, 'let go', (run) => !run.alive);
    assert.ok(['failed-resumable', 'paused'].includes(cut.snapshot.state), cut.snapshot.state);

    answers.pick = 'Resume';
    made.control.showTerminal(runId);
    await new Promise(setImmediate);
    assert.match(answers.asked.join(), /has no terminal/);
    assert.deepEqual(answers.ran, [[COMMANDS.resumeRun, { kind: 'run', runId }]]);
    await Promise.all([made.control.resume(runId), made.control.resume(runId)]);
    assert.equal(runTerminals(runId).length, 1, 'pressing twice starts one process');
    await until(runId, 'copying again', (run) => run.alive && run.snapshot.state === 'copying');

    answers.agrees = false;
    await made.control.cancel(runId);
    assert.equal(made.runs.get(runId)?.alive, true, 'who does not agree cancels nothing');
    assert.match(answers.asked.at(-1) ?? '', /stays? on the target/);
    answers.agrees = true;
    await made.control.cancel(runId);
    await until(runId, 'cancelled', (run) => run.snapshot.state === 'cancelled' && !run.alive);

    await made.control.resume(runId);
    assert.match(answers.asked.at(-1) ?? '', /cannot be resumed/, 'a cancelled run is over, in words');
  });

  it('open their dead letters, and send them again in a terminal', async () => {
    const client = await MongoClient.connect(servers.source);
    try {
      // Over the 2 MB that an RU account takes.
      const large = { _id: 2 as never, text: 'x'.repeat(3_000_000) };
      await client
        .db('letters')
        .collection('mixed')
        .insertMany([{ _id: 1 as never, text: 'small' }, large]);
    } finally {
      await client.close();
    }
    const runId = await made.control.start(await planTo('letters', 'letters.mixed'));
    const hasEnded = (run: RunInfo): boolean => !run.alive && run.snapshot.state === 'completed-with-findings';
    const first = await until(runId, 'over', hasEnded);
    assert.equal(first.snapshot.deadLetters, 1);

    await vscode.commands.executeCommand(COMMANDS.openDeadLetters, { kind: 'run', runId });
    const opened = vscode.window.activeTextEditor?.document;
    assert.ok(opened);
    assert.ok(opened.fileName.endsWith('letters.orders.jsonl'), opened.fileName);
    assert.match(opened.lineAt(0).text, /"ns":"letters.orders"/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');

    await made.control.retryDeadLetters(runId);
    const again = (run: RunInfo): boolean => (run.snapshot.endedAt ?? 0) > (first.snapshot.endedAt ?? 0);
    const second = await until(runId, 'over again', (run) => hasEnded(run) && again(run));
    assert.equal(second.snapshot.deadLetters, 1, 'what is too large stays too large');
    assert.equal(runTerminals(runId).length, 1, 'the first terminal has made room');

    await made.control.verify(runId);
    assert.ok(vscode.window.terminals.some((terminal) => terminal.name.startsWith('Verify letters.mixed')));
  });

  it('wait for a person who copies with Studio 3T, tell so, and go on at their word', async () => {
    const path = await writePlan(clusters, {
      folder,
      db: 'studio',
      handoff: { kind: 'studio-3t', port: await freePort() },
    });
    const told: { readonly message: string; readonly choices: readonly Choice[] }[] = [];
    const notifier = new RunNotifier({
      runs: made.runs,
      clusters,
      questions: {
        tell: (_tone, message, ...choices) => told.push({ message, choices }),
        run: answers.run.bind(answers),
      },
      settings: () => readSettings(() => undefined),
      log,
      windowStart: Date.now(),
    });
    try {
      const runId = await made.control.start(path);
      const run = await until(runId, 'waiting', ({ alive, snapshot }) => alive && snapshot.awaits !== undefined);
      assert.equal(run.snapshot.awaits, 'studio-3t-done');
      const notice = told.find(({ message }) => message.includes('Studio 3T'));
      assert.deepEqual(
        notice?.choices.map(({ label }) => label),
        ['Open the Steps', 'Studio 3T Is Done…'],
      );
      await notice.choices[0]?.run();
      const [command, steps] = answers.ran.at(-1) ?? [];
      assert.equal(command, 'markdown.showPreview');
      const text = await vscode.workspace.fs.readFile(steps as vscode.Uri);
      assert.match(Buffer.from(text).toString(), /Copy shop\.orders with Studio 3T/);

      answers.agrees = false;
      await made.control.proceed(runId);
      assert.match(answers.asked.at(-1) ?? '', /Has Studio 3T copied everything/);
      await made.runs.refresh();
      assert.equal(made.runs.get(runId)?.snapshot.awaits, 'studio-3t-done', 'who does not agree goes on waiting');
      // The person has forgotten to copy: that is found, and told in numbers.
      answers.agrees = true;
      await made.control.proceed(runId);
      const ended = await until(runId, 'over', ({ snapshot }) => snapshot.state === 'failed-resumable');
      assert.deepEqual(ended.snapshot.why, { id: 'documents-missing', params: { documents: SHOP.orders } });
      await made.control.proceed(runId);
      assert.match(answers.asked.at(-1) ?? '', /does not wait for anybody/);
    } finally {
      notifier.dispose();
    }
  });

  it('tell that a login was refused after the password was changed, and lead to the connection', async () => {
    const path = await planTo('refused');
    const [target] = clusters.list('target');
    assert.ok(target);
    const told: { readonly message: string; readonly choices: readonly Choice[] }[] = [];
    const notifier = new RunNotifier({
      runs: made.runs,
      clusters,
      questions: {
        tell: (_tone, message, ...choices) => told.push({ message, choices }),
        run: answers.run.bind(answers),
      },
      settings: () => readSettings(() => undefined),
      log,
      windowStart: Date.now(),
    });
    const notice = (text: RegExp) => told.find(({ message }) => text.test(message));
    const press = async (text: RegExp, label: string): Promise<void> => {
      await notice(text)
        ?.choices.find((choice) => choice.label === label)
        ?.run();
    };
    try {
      const wrong = adapters.parseConnectionString(servers.target.replace(/:[^:@/]+@/, ':not-the-password@'));
      const { name, role } = target;
      await clusters.update(target.id, { name, role, connectionString: wrong });
      const runId = await made.control.start(path);
      const failed = await until(runId, 'told of', (run) => run.startFailure !== undefined);
      assert.equal(failed.snapshot.state, 'planned');
      assert.equal(failed.alive, false);
      assert.match(notice(/could not be started/)?.message ?? '', /The target refused the login/);
      await press(/could not be started/, 'Edit Connection');
      assert.deepEqual(answers.ran.at(-1), [COMMANDS.editCluster, { kind: 'cluster', clusterId: target.id }]);
      await press(/could not be started/, 'Show Terminal');
      assert.deepEqual(answers.ran.at(-1), [COMMANDS.showTerminal, { kind: 'run', runId }]);

      const right = adapters.parseConnectionString(servers.target);
      await clusters.update(target.id, { name, role, connectionString: right });
      await made.control.resume(runId);
      const copying = (run: RunInfo): boolean => run.snapshot.state === 'copying' && run.snapshot.done > 0;
      const going = await until(runId, 'copying', copying);
      assert.equal(going.startFailure, undefined, 'what was mended is told no more');

      await made.control.pause(runId);
      await until(runId, 'paused', (run) => run.snapshot.state === 'paused');
      await until(runId, 'told of', () => notice(/is paused/) !== undefined);
      await made.control.resume(runId);
      const again = await until(runId, 'copying again', (run) => run.snapshot.state === 'copying');
      assert.ok(again.snapshot.done >= going.snapshot.done, 'what is there counts');
      // The message of the pause is still on the screen.
      answers.ran.length = 0;
      await press(/is paused/, 'Resume');
      assert.deepEqual(answers.ran, [], 'an old button starts nothing');
      assert.match(told.at(-1)?.message ?? '', /goes on already/);
      await until(runId, 'over', (run) => !run.alive && run.snapshot.state === 'completed');
      await press(/is paused/, 'Resume');
      assert.deepEqual(answers.ran, []);
      assert.match(told.at(-1)?.message ?? '', /nothing to resume/);
    } finally {
      notifier.dispose();
    }
  });

  it('are paused and cancelled on paper where nobody works on them', async () => {
    const plan = await adapters.readPlanFile(await planTo('paper'));
    const { runId } = await adapters.createRun(root, plan, Date.now());
    await made.runs.refresh();
    assert.equal(made.runs.get(runId)?.snapshot.state, 'planned');
    await made.control.cancel(runId);
    assert.equal(made.runs.get(runId)?.snapshot.state, 'cancelled');
    await made.control.pause(runId);
    assert.match(answers.asked.at(-1) ?? '', /cannot be paused/);
  });

  /** Nothing may come of it: no folder, no terminal. */
  async function refused(control: Runs['control'], path: string, code: MigrationErrorCode): Promise<void> {
    const before = await readdir(root);
    await assert.rejects(control.start(path), (error) => MigrationError.is(error, code));
    assert.deepEqual(await readdir(root), before);
    assert.equal(vscode.window.terminals.length, 0);
  }

  it('are not started in a workspace that is not trusted', async () => {
    answers.trusted = false;
    await refused(made.control, await planTo('untrusted'), 'cancelled');
    assert.match(answers.asked.join(), /not trusted/);
  });

  it('are not started where a cluster of the plan is not saved, and adding it is offered', async () => {
    const path = await planTo('unsaved');
    const few = runsFor(await storeWith({ source: servers.source }));
    try {
      answers.pick = 'Add Target…';
      await refused(few.control, path, 'cancelled');
      assert.match(answers.asked.join(), /no saved target/);
      assert.deepEqual(answers.ran, [[COMMANDS.addTarget]]);
    } finally {
      few.dispose();
    }
  });

  it('are not started without the database tools', async () => {
    const path = await planTo('toolless');
    const kept = { ...process.env };
    // Nothing on the path, nothing in the cache, nothing named.
    for (const name of Object.keys(process.env)) if (name.startsWith('MCM_MONGO')) delete process.env[name];
    Object.assign(process.env, {
      PATH: join(folder, 'nothing'),
      HOME: folder,
      XDG_CACHE_HOME: join(folder, 'no-cache'),
      MCM_CACHE: join(folder, 'no-cache'),
    });
    try {
      await refused(made.control, path, 'tool-missing');
    } finally {
      process.env = kept;
    }
  });
});
