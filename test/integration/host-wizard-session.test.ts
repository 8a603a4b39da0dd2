/** The wizard's session on real clusters: what it shows, what it keeps, what goes wrong, and that its plan is the command line's. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAssessmentFile } from '../../src/adapters/files/assessment-file.js';
import { readPlanFile } from '../../src/adapters/files/plan-file.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import type { Recommendation } from '../../src/core/model/method.js';
import { initialState, type WizardState } from '../../src/host/wizard/model/wizard-state.js';
import type { WizardPorts } from '../../src/host/wizard/wizard-ports.js';
import { isWizardMessage } from '../../src/protocol/guards/wizard.js';
import { WIZARD_PROTOCOL } from '../../src/protocol/wizard.js';
import { buildCli, type Cli } from '../support/cli.js';
import { comparable } from '../support/comparable-plan.js';
import { someDocuments, startMigrationPair, type MigrationPair } from '../support/migration-pair.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { startWizardWorld, tell, type OpenWizard, type WizardWorld } from '../support/wizard-world.js';

/** With characters that have to be percent-encoded; in no other text of this test. */
const CANARY = 'c4n#ry%,@:pw';
const YES = ['online', 'studio3t', 'azure-reaches', 'private-endpoint'] as const;

let pair: MigrationPair;
let cli: Cli;
let folder: TempFolder;
let world: WizardWorld;
let [sourceId, targetId] = ['', ''];

beforeAll(async () => {
  pair = await startMigrationPair(CANARY, { ruPerSecond: 10_000 });
  cli = await buildCli('wizard');
  folder = await makeTempFolder('wizard');
  const shop = pair.sourceClient.db('shop');
  await shop.collection('orders').insertMany(someDocuments(2000));
  await shop.collection('orders').createIndex({ day: 1 });
  await shop.collection('orders').createIndex({ text: 'text' }, { name: 'words' });
  await shop.collection('customers').insertMany(someDocuments(300));
  await shop.collection('odd*name').insertMany(someDocuments(3));
  await shop.createCollection('open', { viewOn: 'orders', pipeline: [] });
  await pair.sourceClient.db('stock').collection('parts').insertMany(someDocuments(40));
  world = await startWizardWorld({
    sourceUri: pair.source.secretUri,
    targetUri: pair.target.secretUri,
    folder: folder.path,
  });
  ({ sourceId, targetId } = world);
});

afterAll(async () => {
  await world.dispose();
  await folder.remove();
  await cli.remove();
  await pair.stop();
});

const aSession = (state?: WizardState, change?: Partial<WizardPorts>): OpenWizard => world.open(state, change);

describe('from the first step to a plan', () => {
  it("makes the plan that the command line's plan makes for the same choices", async () => {
    const out = join(folder.path, 'cli.migration.json');
    const args = [
      ...['--include', 'shop.orders', '--include', 'shop.odd\\*name', '--include', 'shop.open'],
      ...['--rename', 'shop.orders=store.sold', '--shard-key', 'shop.odd*name=day', '--throughput', '4000'],
      ...['--collection-throughput', 'shop.orders=autoscale:20000', '--read-preference', 'nearest', '--online'],
      ...['--capability', 'EnableTtlOnCustomPath', '--conflicts', 'skip', '--verification', 'counts', '--no-measure'],
    ];
    const env = { MCM_SOURCE_URI: pair.source.secretUri, MCM_TARGET_URI: pair.target.secretUri };
    const result = await cli.run(['plan', '--out', out, ...args], { cwd: folder.path, env });
    expect(result).toMatchObject({ code: 0 });
    const wanted = await readPlanFile(out);
    const { session, errors } = aSession(initialState({ sourceId, targetId, include: ['shop.*'] }));
    const view = await tell(
      session,
      { type: 'ready' },
      { type: 'go', step: 'namespaces' },
      { type: 'select', namespaces: ['shop.customers'], selected: false },
      { type: 'rename', ns: 'shop.orders', to: 'store.sold' },
      { type: 'set-shard-key', ns: 'shop.odd*name', path: 'day' },
      { type: 'go', step: 'tuning' },
      { type: 'set-tuning', field: 'ruPerSecond', value: 4000 },
      // Both measure it, and a busy machine lets them differ.
      { type: 'set-tuning', field: 'latencyMs', value: wanted.tuning.latencyMs },
      { type: 'set-collection-throughput', ns: 'shop.orders', kind: 'autoscale', ruPerSecond: 20_000 },
      { type: 'set-capability', id: 'EnableTtlOnCustomPath', on: true },
      { type: 'set-wish', id: 'online', value: 'yes' },
      { type: 'set-read-preference', value: 'nearest' },
      { type: 'set-conflicts', value: 'skip' },
      { type: 'set-verification', value: 'counts' },
      { type: 'go', step: 'review' },
      { type: 'save-plan' },
    );
    expect(errors).toEqual([]);
    expect(view.review.savedAs).toBe(join(folder.path, 'shop.migration.json'));
    const made = await readPlanFile(join(folder.path, 'shop.migration.json'));
    expect(comparable(made)).toEqual(comparable(wanted));
  });

  it.each(['none', 'sample'] as const)(
    "ranks the methods as the command line's advise does for the same wishes and the same assessment (scan: %s)",
    async (scan) => {
      const env = { MCM_SOURCE_URI: pair.source.secretUri, MCM_TARGET_URI: pair.target.secretUri };
      const out = join(folder.path, `${scan}.assessment.json`);
      const assessed = await cli.run(['assess', '--scan', scan, '--yes', '--no-measure', '--out', out], {
        cwd: folder.path,
        env,
      });
      expect(assessed.code, assessed.stderr).toBe(0);
      const assessment = await readAssessmentFile(out);
      const { session } = aSession(initialState({ sourceId, targetId, include: ['shop.*'] }), {
        assessment: () => assessment,
      });
      const view = await tell(
        session,
        { type: 'go', step: 'namespaces' },
        ...YES.map((id) => ({ type: 'set-wish', id, value: 'yes' }) as const),
        { type: 'set-wish', id: 'files', value: 'csv' },
        { type: 'set-wish', id: 'skills', value: 'spark+command-line' },
        { type: 'set-window', hours: 3 },
      );
      const args = '--online --studio3t --files csv --network azure-reaches-source private-endpoint --window-hours 3';
      const more = '--skills spark command-line --include shop.* --no-measure --yes --json';
      const { stdout } = await cli.run(`advise --scan ${scan} ${args} ${more}`.split(' '), { cwd: folder.path, env });
      const [{ recommendation }] = (JSON.parse(stdout) as { targets: [{ recommendation: Recommendation }] }).targets;
      const ranked = recommendation.ranked.map(({ cost: _toldOnceThroughputIsSaid, ...method }) => method);
      expect(session.derive().decisions?.recommendation).toEqual({ ...recommendation, ranked });
      expect(view.methods.cards.map(({ id }) => id)).toEqual(recommendation.ranked.map(({ method }) => method));
      expect(recommendation.assumptions.some(({ id }) => id === 'terms-by-scan')).toBe(scan === 'sample');
      expect(view.methods.assessed).toContain(assessment.madeAt.slice(0, 10));
    },
  );

  it('reads both sides once, when the first step is left, and not again', async () => {
    const { session, views } = aSession();
    await tell(session, { type: 'ready' });
    expect(session.state.source).toBeUndefined();
    await tell(session, { type: 'go', step: 'namespaces' });
    const reading = session.state.source;
    expect(reading?.inventory.collections.length).toBeGreaterThan(4);
    expect(session.state.target?.facts.kind).toBe('cosmos-ru');
    await tell(
      session,
      { type: 'go', step: 'endpoints' },
      { type: 'go', step: 'namespaces' },
      { type: 'go', step: 'review' },
    );
    expect(session.state.source).toBe(reading);
    expect(views.some((view) => view.busy?.cancellable === true)).toBe(true);
    expect(session.view().busy).toBeUndefined();
    await tell(session, { type: 'reread' });
    expect(session.state.source).not.toBe(reading);
    expect(session.state.selected?.length).toBe(reading?.inventory.collections.length);
  });

  it('reads only the databases that it was opened for, until the rest is asked for', async () => {
    const { session } = aSession(initialState({ sourceId, targetId, include: ['stock.parts'] }));
    const before = await tell(session, { type: 'go', step: 'namespaces' });
    expect(before.namespaces.rows.map((row) => [row.ns, row.selected])).toEqual([['stock.parts', true]]);
    expect(before.namespaces.narrowed).toContain('stock');
    const all = await tell(session, { type: 'read-all' });
    expect(all.namespaces.narrowed).toBeUndefined();
    expect(all.namespaces.rows.filter((row) => row.selected).map((row) => row.ns)).toEqual(['stock.parts']);
    expect(all.namespaces.rows.length).toBeGreaterThan(4);
  });

  it('measures the charge of an insert on the target and leaves nothing there', async () => {
    const { session } = aSession();
    const view = await tell(
      session,
      { type: 'go', step: 'namespaces' },
      { type: 'go', step: 'tuning' },
      { type: 'measure-charge' },
    );
    const charge = view.tuning.fields.find((field) => field.id === 'ruPerDocument');
    expect(charge).toMatchObject({ origin: 'measured' });
    expect(charge?.value).toBeGreaterThan(1);
    const databases = await pair.backendClient.db('admin').admin().listDatabases();
    expect(databases.databases.map((db) => db.name)).not.toContain('shop');
  });

  it('shows the command lines of both tools and copies them without a password', async () => {
    const { session, copied } = aSession();
    const view = await tell(
      session,
      { type: 'go', step: 'namespaces' },
      { type: 'choose-method', id: 'dump-restore' },
      { type: 'go', step: 'tuning' },
      { type: 'copy-command-lines' },
    );
    expect(view.tuning.preview.join('\n')).toMatch(/mongodump .*--config=PRIVATE_FILE.* \| mongorestore .*RELAY_PORT/);
    expect(copied).toHaveLength(1);
    expect(copied[0]).toContain(view.tuning.preview[0]);
    const other = await tell(session, { type: 'set-tuning', field: 'batchSize', value: 7 });
    expect(other.tuning.preview.join()).toContain('--batchSize=7');
  });

  it('tries a direct copy when that is allowed, and drops what it has made', async () => {
    const { session, errors } = aSession();
    const view = await tell(
      session,
      { type: 'go', step: 'namespaces' },
      { type: 'go', step: 'tuning' },
      { type: 'try-copy' },
    );
    expect(errors).toEqual([]);
    expect(view.tuning.trial.length).toBeGreaterThan(0);
    expect(session.state.tried?.trial.ns).toBe('shop.orders');
    const databases = await pair.backendClient.db('admin').admin().listDatabases();
    expect(databases.databases.map((db) => db.name)).not.toContain('shop');
    const refused = aSession(initialState({ sourceId, targetId }), { mayTry: () => Promise.resolve(undefined) });
    await tell(
      refused.session,
      { type: 'go', step: 'namespaces' },
      { type: 'go', step: 'tuning' },
      { type: 'try-copy' },
    );
    expect(refused.session.state).not.toHaveProperty('tried');
  });

  it('asks the target what it has given before it raises anything', async () => {
    const { session, errors } = aSession(initialState({ sourceId, targetId, include: ['shop.orders'] }));
    await tell(
      session,
      { type: 'go', step: 'namespaces' },
      { type: 'go', step: 'tuning' },
      { type: 'set-tuning', field: 'ruPerSecond', value: 1000 },
      { type: 'set-tuning', field: 'raiseRuPerSecond', value: 5000 },
    );
    expect(errors).toEqual([]);
    expect(session.derive().plan?.throughputRaises).toMatchObject([
      { budget: 'shop.orders', raiseTo: { ruPerSecond: 5000 }, restoreTo: { ruPerSecond: 1000 } },
    ]);
  });

  it('starts what is shown, after a yes to what does not get over', async () => {
    const series = pair.sourceClient.db('series');
    await series.createCollection('readings', { timeseries: { timeField: 'at' } });
    const { session, started } = aSession();
    const blocked = await tell(
      session,
      { type: 'go', step: 'namespaces' },
      { type: 'go', step: 'review' },
      { type: 'start' },
    );
    expect(blocked.review.needsConsent).toBe(true);
    expect(started).toEqual([]);
    await tell(session, { type: 'consent', given: true }, { type: 'start' });
    expect(started).toHaveLength(1);
    const plan = await readPlanFile(started[0] ?? '');
    expect(plan.collections.map((c) => c.source.coll)).toContain('odd*name');
    await series.dropDatabase();
  });
});

describe('what goes wrong', () => {
  it('is told in words and loses nothing', async () => {
    const wrong = await world.clusters.add({
      name: 'wrong',
      role: 'target',
      connectionString: parseConnectionString(pair.target.uri).withPassword('not it'),
    });
    const { session, errors } = aSession(initialState({ sourceId, targetId: wrong.id }));
    const view = await tell(session, { type: 'go', step: 'namespaces' });
    expect(errors).toHaveLength(1);
    expect(view.problem?.happened).toBe('The target refused the login.');
    expect(view.namespaces.rows.length).toBeGreaterThan(4);
    expect(view.reachable).toEqual(['endpoints', 'namespaces', 'size', 'findings']);
    const mended = await tell(
      session,
      { type: 'choose-cluster', role: 'target', id: targetId },
      { type: 'go', step: 'review' },
    );
    expect(mended.problem).toBeUndefined();
    expect(mended.review.lines.length).toBeGreaterThan(5);
  });

  it('is nothing to tell of when it was cancelled', async () => {
    const { session, errors, views } = aSession();
    const going = session.dispatch({ type: 'go', step: 'namespaces' });
    await session.dispatch({ type: 'cancel-busy' });
    await going;
    const view = session.view();
    expect(errors).toEqual([]);
    expect(view.problem).toBeUndefined();
    expect(view.step).toBe('namespaces');
    expect(view.nextProblem).toContain('not been read yet');
    expect(views.at(-1)?.busy).toBeUndefined();
    const read = await tell(session, { type: 'reread' });
    expect(read.namespaces.rows.length).toBeGreaterThan(4);
  });

  it('joins a second reading to the first', async () => {
    const { session, kept } = aSession();
    await Promise.all([session.dispatch({ type: 'go', step: 'namespaces' }), session.dispatch({ type: 'reread' })]);
    expect(session.view().busy).toBeUndefined();
    expect(new Set(kept.flatMap(({ source }) => (source ? [source] : []))).size).toBe(1);
  });
});

describe('the password', () => {
  it('is in no view, no state, no plan and no error', async () => {
    const { session, views, kept, errors, started, copied } = aSession();
    await tell(
      session,
      { type: 'ready' },
      { type: 'go', step: 'namespaces' },
      { type: 'go', step: 'review' },
      { type: 'consent', given: true },
      { type: 'copy-command-lines' },
      { type: 'save-plan' },
      { type: 'start' },
    );
    expect(errors).toEqual([]);
    expect(views.length).toBeGreaterThan(3);
    for (const view of views) expect(isWizardMessage({ v: WIZARD_PROTOCOL, type: 'view', view })).toBe(true);
    const files = await Promise.all(
      [...started, join(folder.path, 'shop.migration.json')].map((path) => readFile(path, 'utf8')),
    );
    const seen = JSON.stringify([views, kept, copied, files]);
    expect(seen.length).toBeGreaterThan(10_000);
    for (const form of [CANARY, encodeURIComponent(CANARY)]) expect(seen).not.toContain(form);
    // The page is told names, never addresses.
    expect(JSON.stringify(views.map(({ tuning: _tuning, ...rest }) => rest))).not.toContain('mongodb://');
  });
});
