/**
 * From the wizard's steps to the end of a Spark job, on an account with request units: every word to the wizard as its page sends it, the plan that it starts, and exactly
 * that plan carried out by the real job on a real Spark. The account is the RU stand-in, the workspace a model.
 */
import { Binary, Long, UUID, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorJars } from '../../scripts/setup-spark.js';
import { readLiveSnapshot } from '../../src/adapters/files/live-snapshot.js';
import { openRun } from '../../src/adapters/files/open-run.js';
import { readPlanFile } from '../../src/adapters/files/plan-file.js';
import { createRun } from '../../src/adapters/files/run-folder.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { composeRun } from '../../src/assembly/compose-run.js';
import { remoteAccess } from '../../src/assembly/remote-access.js';
import { writeReports } from '../../src/assembly/run-reports.js';
import type { Plan } from '../../src/core/model/plan.js';
import type { RunReport } from '../../src/engine/journal/report.js';
import type { Verdict } from '../../src/engine/journal/record.js';
import type { Clock } from '../../src/engine/ports.js';
import { pageCollections } from '../../src/host/panels/run-page-collections.js';
import { initialState } from '../../src/host/wizard/model/wizard-state.js';
import type { WizardIntent, WizardView } from '../../src/protocol/wizard.js';
import { reportContent } from '../../src/words/report-content.js';
import type { ReportContent } from '../../src/words/report-parts.js';
import { reportMarkdown } from '../../src/words/report-markdown.js';
import { AUDIENCE } from '../support/databricks/closed-world.js';
import { startWorkspace, type Workspace } from '../support/databricks/workspace.js';
import { connectTo } from '../support/migrate.js';
import { startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { startWizardWorld, tell, type WizardWorld } from '../support/wizard-world.js';
import { t } from '../unit/host-wizard-builders.js';

const PASSWORD = 'w!zard sp@rk/c%nary';
const ORDERS = 300;
const PEOPLE = 120;
const RU = 4_000;
const MINUTES = 60_000;
const LONGEST_SLEEP_MS = 100;
const SCOPE = 'mongo-cosmos-migration';

let pair: MigrationPair;
let workspace: Workspace;
let folder: TempFolder;
let wizard: WizardWorld;

beforeAll(async () => {
  const jars = await connectorJars();
  [pair, workspace, folder] = await Promise.all([
    startMigrationPair(PASSWORD, { ruPerSecond: RU }),
    startWorkspace({ master: 'local[2]', conf: { 'spark.jars': jars } }),
    makeTempFolder('wizard-spark'),
  ]);
  for (const db of ['bytes', 'frames']) await fill(db);
  const uris = { sourceUri: pair.source.secretUri, targetUri: pair.target.secretUri };
  wizard = await startWizardWorld({ ...uris, folder: folder.path });
}, 15 * MINUTES);
afterAll(async () => {
  await wizard.dispose();
  await Promise.all([pair.stop(), workspace.close(), folder.remove()]);
});

async function fill(db: string): Promise<void> {
  const from = pair.sourceClient.db(db);
  const orders = Array.from({ length: ORDERS }, (_, i) => ({
    i,
    u: new UUID(),
    long: Long.fromNumber(i),
    half: i / 2,
  }));
  await from.collection('orders').insertMany(orders);
  await from.collection('orders').createIndex({ i: -1 });
  const people = Array.from({ length: PEOPLE }, (_, i) => ({ _id: i as never, name: `p${i}`, at: new Date(i * 1000) }));
  await from.collection('people').insertMany(people);
}

/** As somebody goes through the steps, says what only they know, and starts. */
async function started(db: string, ...said: readonly WizardIntent[]): Promise<{ view: WizardView; plan: Plan }> {
  const { sourceId, targetId } = wizard;
  const open = wizard.open(initialState({ sourceId, targetId, include: [`${db}.*`] }));
  const { session, errors } = open;
  const go = (step: Extract<WizardIntent, { type: 'go' }>['step']): WizardIntent => ({ type: 'go', step });
  const set = (field: string, value: string): WizardIntent => ({ type: 'set-handoff', field, value });
  const before = await tell(
    session,
    { type: 'ready' },
    ...(['namespaces', 'size', 'findings', 'method'] as const).map(go),
    { type: 'choose-method', id: 'spark-databricks' },
    go('tuning'),
    { type: 'set-tuning', field: 'ruPerSecond', value: RU },
    ...[set('workspaceUrl', workspace.url), set('nodeType', 'Standard_D2ds_v5'), set('workers', '1')],
    ...said,
  );
  expect(before.nextProblem ?? '').toBe('');
  const view = await tell(session, go('review'), { type: 'start' });
  expect([view.step, view.review.needsConsent, errors]).toEqual(['review', false, []]);
  expect(open.started).toHaveLength(1);
  for (const form of [PASSWORD, encodeURIComponent(PASSWORD)])
    expect(JSON.stringify([open.views, open.kept])).not.toContain(form);
  return { view, plan: await readPlanFile(open.started[0] ?? '') };
}

interface Ended {
  readonly verdict: Verdict;
  readonly report: RunReport;
  /** What a person reads at the end. */
  readonly told: ReportContent;
  /** `documents, words` of each collection on the run page. */
  readonly page: readonly (readonly [string, string])[];
}

/** By the parts that a run of the product has, which put the connection strings into the secret scope first. */
async function carriedOut(plan: Plan): Promise<Ended> {
  await using from = await connectTo(pair.source.secretUri);
  await using to = await connectTo(pair.target.secretUri);
  const runFolder = await createRun(folder.path, plan, Date.now());
  // Looks often.
  const clock: Clock = {
    now: () => systemClock.now(),
    sleep: (ms, signal) => systemClock.sleep(Math.min(ms, LONGEST_SLEEP_MS), signal),
  };
  const token = await workspace.tokens.token(AUDIENCE, { renew: true });
  const run = await openRun(runFolder, { clock: systemClock });
  let verdict: Verdict;
  try {
    const composed = await composeRun({
      ...{ run, source: from, target: to, clock, signal: new AbortController().signal },
      files: { source: plan.source, target: plan.target },
      access: remoteAccess({ env: { DATABRICKS_TOKEN: token }, clock, putSecrets: true }),
      onEvent: () => undefined,
    });
    verdict = await composed.run();
  } finally {
    await run.close();
  }
  const report = await writeReports(runFolder);
  for (const form of [PASSWORD, encodeURIComponent(PASSWORD), token])
    expect(JSON.stringify([plan, reportMarkdown(report), workspace.asked, workspace.output()])).not.toContain(form);
  const { collections } = pageCollections(await readLiveSnapshot(runFolder), t);
  return {
    ...{ verdict, report, told: reportContent(report) },
    page: collections.map(({ doneText, stateText }) => [doneText, stateText]),
  };
}

/** Nothing is left in the workspace but the secrets, nor of the job's memory on the account. */
async function expectCleanedUp(): Promise<void> {
  expect(workspace.jobs()).toEqual([]);
  expect([...(workspace.scopes.get(SCOPE)?.keys() ?? [])].sort()).toEqual(['source-uri', 'target-uri']);
  const { databases } = await pair.backendClient.db('admin').admin().listDatabases();
  expect(databases.filter(({ name }) => name.startsWith('mcm_'))).toEqual([]);
}

const line = (view: WizardView, label: string): string | undefined =>
  view.review.lines.find((one) => one.label === label)?.value;

describe('a plan of the wizard for Spark into an account', { timeout: 10 * MINUTES }, () => {
  it('ends verified by the job, byte for byte, at the throughput that was said', async () => {
    const { view, plan } = await started('bytes');
    expect(plan).toMatchObject({
      targetKind: 'cosmos-ru',
      handoff: { kind: 'spark-databricks', mode: 'raw', workspaceUrl: workspace.url, secretScope: SCOPE },
    });
    expect(line(view, 'Pace')).toBe('kept by the job, whose tasks divide the throughput of the target');
    expect(line(view, 'Verification')).toBe('every byte of every document');

    const { verdict, report, told, page } = await carriedOut(plan);
    expect(verdict).toEqual({ state: 'completed', reasons: [] });
    expect(told.headline).toBe('Completed: every document is on the target, byte for byte.');
    expect(report.collections.map(({ verification }) => verification?.evidence.means)).toEqual([
      'spark-job',
      'spark-job',
    ]);
    expect(report.totals.copy).toMatchObject({ acknowledged: ORDERS + PEOPLE, alreadyThere: 0, deadLettered: 0 });
    expect(report.totals.copy.ru).toBeGreaterThan(ORDERS + PEOPLE);
    expect(page).toEqual([
      [String(ORDERS), 'Equal, byte for byte'],
      [String(PEOPLE), 'Equal, byte for byte'],
    ]);
    expect(pair.standIn.stats()['bytes.orders']).toMatchObject({ documentsWritten: ORDERS });
    const hashes = await Promise.all([pair.sourceClient, pair.backendClient].map((one) => hashesOf(one.db('bytes'))));
    expect(hashes[1]).toEqual(hashes[0]);
    await expectCleanedUp();
  });

  it('through DataFrames ends as what it is: counted, not proven, types changed, and said so from the choice on', async () => {
    const { view, plan } = await started('frames', { type: 'set-handoff', field: 'mode', value: 'transform' });
    expect(plan).toMatchObject({ targetKind: 'cosmos-ru', handoff: { kind: 'spark-databricks', mode: 'transform' } });
    expect(view.tuning.handoff?.notes.join(' ')).toMatch(
      /changes nothing.*is replaced.*only the numbers.*fails the job/,
    );
    expect(line(view, 'Copy mode')).toBe('Transform: through DataFrames, which change types');
    expect(line(view, 'Pace')).toMatch(/^not kept/);
    expect(line(view, 'Verification')).toBe('counts only');
    expect(line(view, 'Conflicts')).toBe("the source's document replaces one with the same _id and other content");
    expect(view.review.actions.slice(-4)).toEqual([
      `Writes ${ORDERS + PEOPLE} documents as rows of DataFrames, which change types.`,
      'Builds 1 index.',
      'Compares the numbers of documents.',
      'Replaces documents of the target that have the same _id and other content; deletes nothing.',
    ]);
    // Not stopped at, though the plan's policy is to stop.
    expect(plan.conflictPolicy).toBe('fail');
    await pair.backendClient
      .db('frames')
      .collection<Document>('people')
      .insertOne({ _id: 7 as never, name: 'other' });

    const { verdict, report, told, page } = await carriedOut(plan);
    const ns = ['frames.orders', 'frames.people'] as const;
    expect(verdict).toEqual({
      state: 'completed-with-findings',
      reasons: ns.map((one) => ({ id: 'not-verified', params: { ns: one, why: 'counts-only' } })),
    });
    expect(told.headline).toBe('Copied, but the target is not proven to be equal to the source.');
    expect(told.tone).toBe('look');
    expect(told.reasons).toEqual(
      ns.map((one) => `${one} is not proven: the numbers of documents agree, and nothing more was compared.`),
    );
    expect(told.nextSteps).toEqual([
      'Numbers that agree do not prove what is in the documents: compare what matters to you by hand.',
    ]);
    expect(reportMarkdown(report)).toContain('Only the numbers of documents were compared');
    expect(report.totals.copy).toMatchObject({ acknowledged: ORDERS + PEOPLE, deadLettered: 0 });
    expect(page).toEqual([
      [String(ORDERS), 'Counts agree, contents not compared'],
      [String(PEOPLE), 'Counts agree, contents not compared'],
    ]);

    const [from, to] = [pair.sourceClient.db('frames'), pair.backendClient.db('frames')];
    const [was, is] = await Promise.all(
      [from, to].map((db) => db.collection('orders').find().sort({ i: 1 }).toArray()),
    );
    expect(is?.map(({ _id }) => _id as unknown)).toEqual(was?.map(({ _id }) => _id.toHexString()));
    expect(is?.map(({ u }) => (u as Binary).sub_type)).toEqual(was?.map(() => Binary.SUBTYPE_DEFAULT));
    const people = await to.collection<Document>('people').find().sort({ _id: 1 }).toArray();
    expect(people).toEqual(await from.collection<Document>('people').find().sort({ _id: 1 }).toArray());
    await expectCleanedUp();
  });
});

async function hashesOf(db: { command(command: Document): Promise<Document> }): Promise<unknown> {
  const { collections } = await db.command({ dbHash: 1, collections: ['orders', 'people'] });
  return collections as unknown;
}
