import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNamespace } from '../../src/core/model/namespace.js';
import type { Plan } from '../../src/core/model/plan.js';
import { selectedCollections } from '../../src/core/plan/make-plan.js';
import { planOf } from '../../src/host/wizard/model/derive.js';
import { reduce, type WizardEvent } from '../../src/host/wizard/model/reduce.js';
import { partsOf, restoreState } from '../../src/host/wizard/model/restore.js';
import { fingerprint, selectionOf } from '../../src/host/wizard/model/selection.js';
import { initialState, stateOfPlan, type WizardState } from '../../src/host/wizard/model/wizard-state.js';
import { createViewer, viewOf } from '../../src/host/wizard/view/view-of.js';
import type { TuningFieldId, WizardIntent, WizardView } from '../../src/protocol/wizard.js';
import { aCollection, anInventory } from './core-builders.js';
import { modelOf, readState, SMALL, sourceRead, targetRead, type TargetName } from './host-wizard-builders.js';
import { TARGETS } from './core-plan-builders.js';

function after(state: WizardState, ...events: readonly (WizardIntent | WizardEvent)[]): WizardState {
  return events.reduce<WizardState>(reduce, state);
}

function planIn(state: WizardState): Plan {
  const { plan } = createViewer().derive(modelOf(state));
  if (!plan) throw new Error('no plan');
  return planOf(plan, 0);
}

function fieldIn(view: WizardView, id: TuningFieldId): WizardView['tuning']['fields'][number] {
  const found = view.tuning.fields.find((field) => field.id === id);
  if (!found) throw new Error(`no field ${id}`);
  return found;
}

const selectedIn = (state: WizardState): readonly string[] =>
  viewOf(modelOf(state)).namespaces.rows.flatMap((row) => (row.selected ? [row.ns] : []));

describe('choosing clusters', () => {
  const chosen = readState(
    SMALL,
    'ru',
    { type: 'rename', ns: 'shop.orders', to: 'shop.sold' },
    { type: 'set-tuning', field: 'ruPerSecond', value: 5000 },
    { type: 'set-conflicts', value: 'skip' },
    { type: 'set-verification', value: 'counts' },
  );

  it('clears what depends on the source and nothing else', () => {
    const next = after(chosen, { type: 'choose-cluster', role: 'source', id: 's2' });
    expect(next).toMatchObject({ sourceId: 's2', renames: {}, conflictPolicy: 'skip', verification: 'counts' });
    expect(next.tuning).toEqual({ ruPerSecond: 5000 });
    expect(next.target).toBe(chosen.target);
    expect([next.source, next.selected]).toEqual([undefined, undefined]);
  });

  it('clears what depends on the target and nothing else', () => {
    const next = after(chosen, { type: 'choose-cluster', role: 'target', id: 't-vcore' });
    expect(next).toMatchObject({ targetId: 't-vcore', tuning: {}, throughput: 'unsaid', conflictPolicy: 'skip' });
    expect(next.source).toBe(chosen.source);
    expect(next.selected).toBe(chosen.selected);
    expect(next.renames).toEqual(chosen.renames);
  });

  it('changes nothing when the same one is chosen again', () => {
    expect(after(chosen, { type: 'choose-cluster', role: 'source', id: 's1' })).toBe(chosen);
  });

  it('ignores a reading of a cluster that is not chosen any more', () => {
    const moved = after(chosen, { type: 'choose-cluster', role: 'source', id: 's2' });
    expect(after(moved, sourceRead(SMALL, 's1'))).toBe(moved);
  });

  it('forgets what was read when a connection leads elsewhere, and keeps what was chosen', () => {
    const next = after(chosen, { type: 'cluster-moved', id: 's1' });
    expect(next.source).toBeUndefined();
    expect(next.selected).toEqual(chosen.selected);
    expect(selectedIn(after(next, sourceRead(SMALL)))).toEqual(selectedIn(chosen));
  });
});

describe('reachability', () => {
  const reachable = (state: WizardState): readonly string[] => viewOf(modelOf(state)).reachable;

  it('opens steps as soon as what they need is there', () => {
    const one = after(initialState(), { type: 'choose-cluster', role: 'source', id: 's1' });
    expect(reachable(one)).toEqual(['endpoints']);
    const both = after(one, { type: 'choose-cluster', role: 'target', id: 't-ru' });
    expect(reachable(both)).toEqual(['endpoints', 'namespaces']);
    const source = after(both, sourceRead(SMALL));
    expect(reachable(source)).toEqual(['endpoints', 'namespaces', 'size', 'findings']);
    const all = after(source, targetRead(TARGETS.ru, 't-ru'));
    expect(reachable(all)).toHaveLength(7);
  });

  it('says why the next step is closed', () => {
    const problem = (state: WizardState): string | undefined => viewOf(modelOf(state)).nextProblem;
    expect(problem(initialState())).toBe('Choose a source.');
    const nothing = readState(SMALL, 'ru', { type: 'select-by-size', atMostBytes: -1 });
    expect(problem(after(nothing, { type: 'select', namespaces: selectedIn(nothing), selected: false }))).toBe(
      'Select at least one collection.',
    );
    const same = anInventory([aCollection('a.b')], { cluster: TARGETS.mongodb });
    const own = readState(same, 'mongodb', { type: 'go', step: 'tuning' });
    expect(problem(own)).toContain('copied onto a collection that is being read');
    expect(reachable(own)).not.toContain('review');
  });

  it('goes back to the last step that still makes sense', () => {
    const state = readState(SMALL, 'ru', { type: 'go', step: 'review' });
    expect(after(state, { type: 'cluster-gone', id: 't-ru' }).step).toBe('endpoints');
    expect(after(state, { type: 'cluster-moved', id: 't-ru' }).step).toBe('findings');
  });
});

describe('selecting', () => {
  const part = fc.string({
    minLength: 1,
    maxLength: 8,
    unit: fc.constantFrom('a', 'b', '*', '\\', '$', ' ', 'ü', '('),
  });
  const names = fc.uniqueArray(
    fc.tuple(part, fc.array(part, { minLength: 1, maxLength: 3 })).map(([db, coll]) => `${db}.${coll.join('.')}`),
    { minLength: 1, maxLength: 12 },
  );

  it('takes exactly what was clicked, whatever the names are', () => {
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.boolean()), fc.boolean(), (all, clicks, isWhole) => {
        const inventory = anInventory(all.map((name) => aCollection(name)));
        const clicked = all.filter(() => clicks.next().value);
        const selection = selectionOf(inventory, clicked, {}, isWhole);
        const taken = selectedCollections(inventory, selection).map((c) => formatNamespace(c.ns));
        expect([...taken].sort()).toEqual([...clicked].sort());
      }),
    );
  });

  it('starts with what the wizard was opened for', () => {
    const seeded = after(
      initialState({ sourceId: 's1', targetId: 't-ru', include: ['stock.parts\\*'] }),
      sourceRead(SMALL),
    );
    expect(selectedIn(seeded)).toEqual(['stock.parts*']);
  });

  it('selects by size and leaves views as they are', () => {
    const state = readState(SMALL, 'ru', { type: 'select-by-size', atMostBytes: 50_000_000 });
    expect(selectedIn(state)).toEqual(['shop.customers', 'shop.open orders', 'stock.weather', 'stock.parts*']);
  });

  it('ignores names that are not there', () => {
    const state = readState(SMALL, 'ru');
    expect(selectedIn(after(state, { type: 'select', namespaces: ['no.such'], selected: true }))).toEqual(
      selectedIn(state),
    );
  });
});

describe('renaming', () => {
  const problemOf = (to: string, target: TargetName = 'mongodb'): string | undefined =>
    viewOf(modelOf(readState(SMALL, target, { type: 'rename', ns: 'shop.orders', to }))).namespaces.rows[0]
      ?.renameProblem;

  it('goes into the plan', () => {
    const plan = planIn(readState(SMALL, 'mongodb', { type: 'rename', ns: 'shop.orders', to: 'store.sold' }));
    expect(plan.collections.find((c) => c.source.coll === 'orders')?.target).toEqual({ db: 'store', coll: 'sold' });
  });

  it('keeps what cannot be a name as it was typed, says why, and lets nobody go on', () => {
    expect(problemOf('sold')).toContain('database.collection');
    expect(problemOf('admin.sold')).toContain('belongs to the server');
    expect(problemOf('shop.customers')).toContain('would get this name, too');
    expect(problemOf('Shop.orders')).toContain('upper and lower case');
    expect(problemOf('shop.a/b', 'ru')).toContain('does not take a character');
    const state = readState(SMALL, 'mongodb', { type: 'rename', ns: 'shop.orders', to: 'sold' });
    const view = viewOf(modelOf(state));
    expect(view.namespaces.rows[0]?.targetNs).toBe('sold');
    expect(view.reachable).toEqual(['endpoints', 'namespaces']);
    expect(view.nextProblem).toBe('Correct the new names first.');
  });
});

describe('tuning', () => {
  it('computes the rest again from a number that was typed', () => {
    const before = viewOf(modelOf(readState(SMALL, 'ru')));
    expect(fieldIn(before, 'ruPerSecond')).toMatchObject({ value: 400, origin: 'computed' });
    const state = readState(
      SMALL,
      'ru',
      { type: 'choose-method', id: 'dump-restore' },
      { type: 'set-tuning', field: 'ruPerSecond', value: 10_000 },
      { type: 'set-tuning', field: 'ruPerDocument', value: 10 },
      { type: 'set-tuning', field: 'latencyMs', value: 100 },
    );
    // Microsoft's own example: 10,000 RU/s, 10 RU and 0.1 s give 24 documents and 4 workers.
    const view = viewOf(modelOf(state));
    expect(fieldIn(view, 'batchSize')).toMatchObject({ value: 24, origin: 'computed' });
    expect(fieldIn(view, 'insertionWorkers')).toMatchObject({ value: 4, origin: 'computed' });
    const halved = viewOf(modelOf(after(state, { type: 'set-tuning', field: 'batchSize', value: 12 })));
    expect(fieldIn(halved, 'batchSize')).toMatchObject({ value: 12, origin: 'user' });
    expect(fieldIn(halved, 'insertionWorkers')).toMatchObject({ value: 8 });
    const reset = after(state, { type: 'reset-tuning', field: 'ruPerSecond' });
    expect(fieldIn(viewOf(modelOf(reset)), 'ruPerSecond')).toMatchObject({ value: 400, origin: 'computed' });
  });

  it('does not take what is out of bounds, says so, and goes on with what there was', () => {
    const state = readState(
      SMALL,
      'ru',
      { type: 'choose-method', id: 'dump-restore' },
      { type: 'set-tuning', field: 'ruPerSecond', value: 5000 },
      { type: 'set-tuning', field: 'ruPerSecond', value: 5050 },
      { type: 'set-tuning', field: 'batchSize', value: 0 },
      { type: 'set-tuning', field: 'insertionWorkers', value: 1.5 },
    );
    const view = viewOf(modelOf(state));
    expect(fieldIn(view, 'ruPerSecond')).toMatchObject({
      value: 5000,
      problem: expect.stringContaining('5050') as string,
    });
    expect(fieldIn(view, 'batchSize').problem).toContain('whole number');
    expect(fieldIn(view, 'insertionWorkers').problem).toContain('1.5');
    const mended = after(state, { type: 'set-tuning', field: 'ruPerSecond', value: 6000 });
    expect(fieldIn(viewOf(modelOf(mended)), 'ruPerSecond')).not.toHaveProperty('problem');
  });

  it('gives collections of an RU target the throughput that was said', () => {
    const plan = planIn(readState(SMALL, 'ru', { type: 'set-tuning', field: 'ruPerSecond', value: 5000 }));
    expect(plan.collections.map((c) => c.throughput)).toEqual(
      plan.collections.map(() => ({ kind: 'manual', ruPerSecond: 5000 })),
    );
    expect(planIn(readState(SMALL, 'ru')).collections.every((c) => c.throughput === undefined)).toBe(true);
  });

  it('gives single collections what was said of them alone', () => {
    const state = readState(
      SMALL,
      'ru',
      { type: 'set-tuning', field: 'ruPerSecond', value: 5000 },
      { type: 'set-collection-throughput', ns: 'shop.orders', kind: 'autoscale', ruPerSecond: 20_000 },
      { type: 'set-shard-key', ns: 'shop.orders', path: 'customer' },
      { type: 'set-collection-throughput', ns: 'shop.customers', kind: 'shared', ruPerSecond: 0 },
      // Out of bounds, in no step, and not there.
      { type: 'set-collection-throughput', ns: 'shop.log', kind: 'manual', ruPerSecond: 399 },
      { type: 'set-collection-throughput', ns: 'shop.log', kind: 'autoscale', ruPerSecond: 1500 },
      { type: 'set-collection-throughput', ns: 'no.such', kind: 'manual', ruPerSecond: 400 },
    );
    const given = Object.fromEntries(planIn(state).collections.map((c) => [c.source.coll, c.throughput]));
    expect(given).toMatchObject({
      orders: { kind: 'autoscale', maxRuPerSecond: 20_000 },
      customers: { kind: 'shared' },
      log: { kind: 'manual', ruPerSecond: 5000 },
    });
    const view = viewOf(modelOf(state));
    expect(view.tuning.throughput?.single).toEqual([
      { ns: 'shop.customers', text: "the database's" },
      { ns: 'shop.orders', text: 'up to 20,000 RU/s' },
    ]);
    expect(view.review.lines.find(({ label }) => label === 'Throughput of new collections')?.value).toMatch(
      /^5,000 RU\/s for \d collections; /,
    );
    const unsharded = after(state, { type: 'set-shard-key', ns: 'shop.orders', path: '' });
    expect(viewOf(modelOf(unsharded)).tuning.throughput?.single[1]?.text).toBe(
      'up to 20,000 RU/s wanted, up to 10,000 RU/s without a shard key',
    );
    const back = after(state, {
      type: 'set-collection-throughput',
      ns: 'shop.orders',
      kind: 'common',
      ruPerSecond: 0,
    });
    expect(Object.keys(back.collectionThroughput)).toEqual(['shop.customers']);
    // It stays when all others get something else, and goes where an account has none to give.
    expect(after(back, { type: 'set-throughput', value: 'autoscale' }).collectionThroughput).toEqual(
      back.collectionThroughput,
    );
    const serverless = after(back, { type: 'set-throughput', value: 'serverless' });
    expect(serverless.collectionThroughput).toEqual({});
    expect(viewOf(modelOf(serverless)).tuning.throughput?.singleChoices).toEqual([]);
  });

  it('tells the last step that led to a batch, and the others on demand', () => {
    const tools = { type: 'choose-method', id: 'dump-restore' } as const;
    const field = fieldIn(viewOf(modelOf(readState(SMALL, 'ru', tools))), 'batchSize');
    expect(field.workings?.length).toBeGreaterThan(1);
    expect(field.workings?.at(-1)).toBe(field.explanation);
    const many = { type: 'set-tuning', field: 'ruPerSecond', value: 100_000 } as const;
    expect(fieldIn(viewOf(modelOf(readState(SMALL, 'ru', tools, many))), 'batchSize')).not.toHaveProperty('workings');
  });

  it('takes a measured charge for the documents that it was measured with', () => {
    const measured = { ruPerDocument: 7.5, latencyMs: 12, samples: 20, of: '' };
    const state = readState(SMALL, 'ru');
    const of = createViewer().derive(modelOf(state));
    expect(of.measured).toBeUndefined();
    const names = state.selected ?? [];
    const with20 = after(state, { type: 'measured', measured: { ...measured, of: fingerprint(names) } });
    expect(fieldIn(viewOf(modelOf(with20)), 'ruPerDocument')).toMatchObject({ value: 7.5, origin: 'measured' });
    const fewer = after(with20, { type: 'select', namespaces: names.slice(0, 1), selected: false });
    expect(fieldIn(viewOf(modelOf(fewer)), 'ruPerDocument').origin).toBe('computed');
    const again = after(fewer, { type: 'select', namespaces: names.slice(0, 1), selected: true });
    expect(fieldIn(viewOf(modelOf(again)), 'ruPerDocument').origin).toBe('measured');
  });

  it('takes the workers of the settings where nobody says otherwise', () => {
    const settings = { nativeToolsUpToGb: 10, servicesUpToGb: 1024, analysisParallelism: 8, insertionWorkers: 7 };
    const view = viewOf(
      modelOf(readState(SMALL, 'vcore', { type: 'choose-method', id: 'dump-restore' }), { settings }),
    );
    expect(fieldIn(view, 'insertionWorkers')).toMatchObject({
      value: 7,
      origin: 'user',
      explanation: 'From the settings.',
    });
  });
});

describe('blockers', () => {
  it('want a yes, which ends with the next change of what they are about', () => {
    const state = readState(SMALL, 'ru', { type: 'go', step: 'review' });
    const review = (s: WizardState): WizardView['review'] => viewOf(modelOf(s)).review;
    expect(review(state)).toMatchObject({ needsConsent: true });
    const agreed = after(state, { type: 'consent', given: true });
    expect(review(agreed).needsConsent).toBe(false);
    expect(review(after(agreed, { type: 'set-verification', value: 'counts' })).needsConsent).toBe(false);
    const more = after(agreed, { type: 'select', namespaces: ['shop.log'], selected: false });
    expect(review(more).needsConsent).toBe(true);
  });
});

describe('a plan file', () => {
  for (const target of ['ru', 'vcore', 'mongodb'] as const) {
    it(`brings the wizard back to where it was written from, for a ${target} target`, () => {
      const state = readState(
        SMALL,
        target,
        { type: 'rename', ns: 'shop.orders', to: 'store.sold' },
        { type: 'select', namespaces: ['shop.log', 'stock.secret'], selected: false },
        { type: 'set-tuning', field: 'ruPerSecond', value: 5000 },
        { type: 'set-collection-throughput', ns: 'shop.customers', kind: 'autoscale', ruPerSecond: 9000 },
        { type: 'set-read-preference', value: 'secondaryPreferred' },
        { type: 'set-shard-key', ns: 'shop.customers', path: 'country' },
        { type: 'set-conflicts', value: 'dead-letter' },
        { type: 'set-verification', value: 'counts' },
      );
      const plan = planIn(state);
      const opened = after(
        stateOfPlan(plan, { path: '/plans/shop.migration.json', sourceId: 's1', targetId: `t-${target}` }),
        sourceRead(SMALL),
        targetRead(TARGETS[target], `t-${target}`),
      );
      // What could not be read is told of only where a whole database was taken; the plan names collections.
      const comparable = ({ tuning, ...rest }: Plan): unknown => ({
        ...rest,
        id: '',
        notMigrated: [],
        tuning: { ...tuning, explanation: [] },
      });
      expect(comparable(planIn(opened))).toEqual(comparable(plan));
    });
  }

  it('keeps what it changes in documents on their way, over a reload too, until another source is chosen', () => {
    const transform = { filter: { total: { $gt: 5 } }, drop: ['note'] };
    const state = readState(SMALL, 'vcore');
    const plan = planIn(state);
    const changed: Plan = {
      ...plan,
      method: 'direct-copy',
      readConcern: 'majority',
      collections: plan.collections.map((c) => (c.source.coll === 'orders' ? { ...c, transform } : c)),
    };
    const opened = after(
      stateOfPlan(changed, { path: '/plans/shop.migration.json', sourceId: 's1', targetId: 't-vcore' }),
      sourceRead(SMALL),
      targetRead(TARGETS.vcore, 't-vcore'),
    );
    const { choices, readings } = partsOf(opened);
    const kept = restoreState(JSON.parse(JSON.stringify(choices)), readings);
    for (const one of [opened, kept]) {
      const again = planIn(one ?? initialState());
      expect(again.readConcern).toBe('majority');
      expect(again.collections.flatMap((c) => (c.transform ? [[c.source.coll, c.transform]] : []))).toEqual([
        ['orders', transform],
      ]);
    }
    expect(after(opened, { type: 'choose-cluster', role: 'source', id: 's2' })).not.toHaveProperty('transforms');
  });
});
