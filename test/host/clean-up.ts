/** "Clean Up in Azure…" on a run: what is asked, what is done in a real terminal, and what of the model of Azure is left afterwards. */
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { MongoClient } from 'mongodb';
import * as vscode from 'vscode';
import { adapters } from '../../src/extension-adapters.js';
import { RemoteStart } from '../../src/host/azure/remote-start.js';
import { createRuns, type Runs } from '../../src/host/runs/runs.js';
import { possibleActions } from '../../src/host/runs/run-actions.js';
import type { RunInfo } from '../../src/host/services.js';
import { readSettings } from '../../src/host/settings.js';
import { migrateByDataFactory, startMockAzure } from '../support/data-factory/migrate.js';
import type { MockDataFactory } from '../support/data-factory/mock-data-factory.js';
import { Answers, storeWith } from '../support/host-runs.js';
import { hostTestContext, type HostTestContext } from './context.js';

const TOKEN = 'clean-up-token-canary-52b7';
const LIMIT_MS = 60_000;

describe('what a run has left in Azure', function () {
  this.timeout(LIMIT_MS);
  const answers = new Answers();
  const log = vscode.window.createOutputChannel('clean-up under test', { log: true });
  let context: HostTestContext;
  let azure: MockDataFactory;
  let made: Runs;
  let runId: string;
  let signedIn = 0;

  before(async () => {
    context = await hostTestContext();
    azure = await startMockAzure();
    azure.arm.accept(TOKEN);
    const runsRoot = join(context.folder, 'clean-up-runs');
    const { folder, verdict } = await migrateByDataFactory({
      ...{ sourceUri: context.sourceUri, targetUri: context.mongoTargetUri, azure, runsRoot },
      selection: { include: ['shop.settings'] },
    });
    assert.equal(verdict.state, 'completed');
    ({ runId } = folder);
    const clusters = await storeWith({ source: context.sourceUri, target: context.mongoTargetUri });
    const extension = vscode.extensions.getExtension('mongo-cosmos-migration.mongo-cosmos-migration');
    assert.ok(extension);
    made = createRuns({
      adapters: () => Promise.resolve(adapters),
      runsRoot: () => runsRoot,
      clusters,
      remoteStart: () => Promise.resolve(RemoteStart),
      databricks: { get: () => Promise.resolve(undefined), keep: () => Promise.resolve() },
      log,
      cliPath: join(extension.extensionPath, 'dist', 'cli.cjs'),
      settings: () => readSettings((key) => (key === 'azure.endpoint' ? azure.arm.endpoint : undefined)),
      questions: answers,
      getSession: () => {
        signedIn += 1;
        const account = { id: 'a', label: 'somebody' };
        return Promise.resolve({ id: 's', accessToken: TOKEN, account, scopes: [] });
      },
    });
    await made.runs.refresh();
  });

  after(async () => {
    made.dispose();
    log.dispose();
    for (const terminal of vscode.window.terminals) terminal.dispose();
    assert.deepEqual(azure.notAccepted, []);
    await azure[Symbol.asyncDispose]();
    const client = await MongoClient.connect(context.mongoTargetUri);
    await client.db('shop').dropDatabase();
    await client.close();
  });

  afterEach(() => {
    answers.agrees = true;
    answers.trusted = true;
    answers.asked.length = 0;
  });

  const run = (): RunInfo => {
    const found = made.runs.get(runId);
    assert.ok(found);
    return found;
  };

  async function untilNothingIsLeft(): Promise<void> {
    const looking = made.runs.watch();
    try {
      await new Promise<void>((resolve) => {
        const look = (): void => {
          if (run().leftInAzure === undefined && !run().alive) resolve();
        };
        made.runs.onDidChange(look);
        look();
      });
    } finally {
      looking.dispose();
    }
  }

  it('is offered, and told by name before it is touched: what goes, and what stays', async () => {
    assert.ok(possibleActions(run()).includes('clean-up'));
    answers.agrees = false;
    const before = azure.resources.size;
    await made.control.cleanUp(runId);
    const [asked = ''] = answers.asked;
    assert.match(asked, /^Take away what this run has made in Azure\?/);
    for (const words of [
      'from the resource group migration (subscription 00000000-0000-0000-0000-000000000001)',
      'data factory adf-migration, with everything in it',
      'storage account migrationmarkers, with everything in it',
      'This stays:',
      'what was copied, on the target',
    ])
      assert.ok(asked.includes(words), `${words} is not in: ${asked}`);
    assert.equal(azure.resources.size, before);
    assert.equal(azure.requests.filter(({ method }) => method === 'DELETE').length, 0);
    assert.equal(signedIn, 0, 'nobody is asked to sign in for what they did not agree to');
    assert.equal(vscode.window.terminals.length, 0);
  });

  it('is not touched from a workspace that is not trusted', async () => {
    answers.trusted = false;
    await assert.rejects(made.control.cleanUp(runId));
    assert.equal(azure.requests.filter(({ method }) => method === 'DELETE').length, 0);
  });

  it('is taken away at a word, in a terminal, and nothing but it', async () => {
    const theirs = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/migration/providers';
    const other = `${theirs}/Microsoft.Storage/storageAccounts/theirs`;
    azure.arm.put({ id: other, type: 'Microsoft.Storage/storageAccounts', apiVersion: '2023-05-01', body: {} });
    await made.control.cleanUp(runId);
    const [terminal] = vscode.window.terminals;
    assert.ok(terminal);
    assert.ok(terminal.name.startsWith('Clean up '));
    assert.ok(!JSON.stringify(terminal.creationOptions).includes(TOKEN), 'the terminal was told no secret');
    await untilNothingIsLeft();
    assert.deepEqual(
      [...azure.resources.values()].map(({ id }) => id),
      [other],
    );
    assert.equal(run().snapshot.state, 'completed');
    assert.ok(!possibleActions(run()).includes('clean-up'));
    const client = await MongoClient.connect(context.mongoTargetUri);
    assert.equal(await client.db('shop').collection('settings').countDocuments(), 3, 'what was copied stays');
    await client.close();
  });

  it('is nothing any more, and says so', async () => {
    await made.control.cleanUp(runId);
    assert.deepEqual(answers.asked, ['Nothing stands in Azure that this run has made.']);
  });
});
