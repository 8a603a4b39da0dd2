import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reduce, type WizardEvent } from '../../src/host/wizard/model/reduce.js';
import { HANDOFF_FIELDS } from '../../src/core/plan/handoff-fields.js';
import { partsOf, restoreState } from '../../src/host/wizard/model/restore.js';
import { fingerprint } from '../../src/host/wizard/model/selection.js';
import { initialState, STATE_VERSION, type WizardState } from '../../src/host/wizard/model/wizard-state.js';
import { createViewer, viewOf } from '../../src/host/wizard/view/view-of.js';
import { removeForgotten, WizardMemory } from '../../src/host/wizard/wizard-memory.js';
import { isWizardMessage, parseWizardIntent } from '../../src/protocol/guards/wizard.js';
import {
  READ_PREFERENCES,
  SINGLE_THROUGHPUTS,
  TUNING_FIELDS,
  WIZARD_PROTOCOL,
  WIZARD_STEPS,
  type WizardIntent,
} from '../../src/protocol/wizard.js';
import { WISH_VALUES, WISHES } from '../../src/protocol/wishes.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { TARGETS } from './core-plan-builders.js';
import { modelOf, readState, SMALL, sourceRead, targetRead } from './host-wizard-builders.js';

const NAMES = [
  'shop.orders',
  'shop.customers',
  'shop.log',
  'shop.open orders',
  'stock.weather',
  'stock.parts*',
  'no.such',
  '',
];
const name = fc.constantFrom(...NAMES);
const role = fc.constantFrom('source' as const, 'target' as const);
const anyNumber = fc.oneof(fc.integer({ min: -5, max: 20_000 }), fc.double(), fc.constantFrom(400, 5000, 1e9));

const intent: fc.Arbitrary<WizardIntent> = fc.oneof(
  fc
    .constantFrom(
      'ready',
      'reread',
      'read-all',
      'measure-charge',
      'save-plan',
      'copy-command-lines',
      'start',
      'cancel-busy',
    )
    .map((type) => ({ type })),
  fc.record({ type: fc.constant('go' as const), step: fc.constantFrom(...WIZARD_STEPS) }),
  fc.record({
    type: fc.constant('choose-cluster' as const),
    role,
    id: fc.constantFrom('s1', 's2', 't-ru', 't-vcore', 't-mongodb', 'nobody'),
  }),
  fc.record({ type: fc.constant('add-cluster' as const), role }),
  fc.record({ type: fc.constant('select' as const), namespaces: fc.array(name), selected: fc.boolean() }),
  fc.record({ type: fc.constant('select-by-size' as const), atMostBytes: fc.nat() }),
  fc.record({
    type: fc.constant('rename' as const),
    ns: name,
    to: fc.oneof(name, fc.string(), fc.constantFrom('shop.sold', 'Shop.x', 'admin.x', 'shop.a/b', '__proto__.x')),
  }),
  fc.record({
    type: fc.constant('set-wish' as const),
    id: fc.constantFrom(...WISHES),
    value: fc.constantFrom(...WISH_VALUES),
  }),
  fc.record({
    type: fc.constant('set-handoff' as const),
    field: fc.constantFrom(...HANDOFF_FIELDS, 'nothing'),
    value: fc.constantFrom('', 'x', 'westeurope', '0f000000-0000-4000-8000-00000000000f', '7', 'yes', 'continuous'),
  }),
  fc.record({ type: fc.constant('reset-handoff' as const), field: fc.constantFrom(...HANDOFF_FIELDS, 'nothing') }),
  fc.record({ type: fc.constant('set-window' as const), hours: anyNumber }),
  fc.record({
    type: fc.constant('set-collection-throughput' as const),
    ns: name,
    kind: fc.constantFrom(...SINGLE_THROUGHPUTS),
    ruPerSecond: fc.constantFrom(0, 400, 450, 1000, 20_000, 1e12),
  }),
  fc.record({ type: fc.constant('set-read-preference' as const), value: fc.constantFrom(...READ_PREFERENCES) }),
  fc.record({
    type: fc.constant('choose-method' as const),
    id: fc.constantFrom(
      'dump-restore',
      'direct-copy',
      'dms',
      'spark-databricks',
      'studio-3t',
      'data-factory',
      'nothing',
    ),
  }),
  fc.record({ type: fc.constant('set-tuning' as const), field: fc.constantFrom(...TUNING_FIELDS), value: anyNumber }),
  fc.record({ type: fc.constant('reset-tuning' as const), field: fc.constantFrom(...TUNING_FIELDS) }),
  fc.record({
    type: fc.constant('leave-index-out' as const),
    ns: name,
    index: fc.constantFrom('words', 'customer_1', 'gone'),
    leftOut: fc.boolean(),
  }),
  fc.record({ type: fc.constant('keep-aside' as const), ns: name, aside: fc.boolean() }),
  fc.record({ type: fc.constant('set-shard-key' as const), ns: name, path: fc.constantFrom('', 'country', 'a.b') }),
  fc.record({
    type: fc.constant('set-throughput' as const),
    value: fc.constantFrom(
      'unsaid' as const,
      'manual' as const,
      'autoscale' as const,
      'shared' as const,
      'serverless' as const,
    ),
  }),
  fc.record({
    type: fc.constant('set-capability' as const),
    id: fc.constantFrom('EnableTtlOnCustomPath', 'EnableMongo16MBDocumentSupport', 'Nothing'),
    on: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('set-conflicts' as const),
    value: fc.constantFrom('fail' as const, 'skip' as const, 'overwrite' as const, 'dead-letter' as const),
  }),
  fc.record({
    type: fc.constant('set-verification' as const),
    value: fc.constantFrom('full' as const, 'counts' as const),
  }),
  fc.record({ type: fc.constant('consent' as const), given: fc.boolean() }),
);

const event: fc.Arbitrary<WizardEvent> = fc.oneof(
  fc.constantFrom(sourceRead(SMALL), sourceRead({ ...SMALL, collections: SMALL.collections.slice(1) }, 's2')),
  fc.constantFrom(
    targetRead(TARGETS.ru, 't-ru'),
    targetRead(TARGETS.vcore, 't-vcore'),
    targetRead(TARGETS.mongodb, 't-mongodb'),
    targetRead({ ...TARGETS.mongodb, kind: 'amazon-documentdb' }, 't-mongodb'),
  ),
  fc.constant<WizardEvent>({
    type: 'measured',
    measured: { ruPerDocument: 6, latencyMs: 9, samples: 20, of: fingerprint(['shop.orders']) },
  }),
  fc.constant<WizardEvent>({
    type: 'tried',
    tried: {
      trial: { ns: 'shop.orders', copied: [{ ms: 1500, documents: 9, bytes: 99 }] },
      of: fingerprint(['shop.orders']),
    },
  }),
  fc.constant<WizardEvent>({
    type: 'given',
    given: { throughput: { collections: {}, databases: {} }, of: fingerprint(['t-ru', 'shop.orders']) },
  }),
  fc.constant<WizardEvent>({ type: 'failed', problem: { happened: 'a', why: 'b', todo: 'c' } }),
  fc.constant<WizardEvent>({ type: 'saved', path: '/x.migration.json', planId: 'x' }),
  fc.constantFrom<WizardEvent[]>(
    { type: 'cluster-gone', id: 's1' },
    { type: 'cluster-moved', id: 't-ru' },
    { type: 'problem-over' },
  ),
);

const story = fc.tuple(fc.boolean(), fc.array(fc.oneof({ weight: 3, arbitrary: intent }, event), { maxLength: 25 }));

function endOf([isRead, events]: readonly [boolean, readonly (WizardIntent | WizardEvent)[]]): WizardState {
  return events.reduce<WizardState>(reduce, isRead ? readState(SMALL, 'ru') : initialState());
}

const RUNS = { numRuns: 150 };

/** Found by chance: at the last step, an answer that leaves nothing to review. */
const LEFT_WITHOUT_A_PLAN: WizardIntent[] = [
  { type: 'go', step: 'review' },
  { type: 'choose-method', id: 'dms' },
];
const RENAMED_AT_THE_END: WizardIntent[] = [
  { type: 'go', step: 'review' },
  { type: 'rename', ns: 'shop.orders', to: 'shop.a/b' },
];

describe('any sequence of clicks and answers', () => {
  it('never throws and ends in a view that passes the guard', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const view = viewOf(modelOf(endOf(steps)));
        const message = { v: WIZARD_PROTOCOL, type: 'view', view };
        expect(JSON.parse(JSON.stringify(message))).toEqual(message);
        expect(isWizardMessage(message)).toBe(true);
        expect(view.reachable).toContain(view.step);
      }),
      { ...RUNS, examples: [[[true, LEFT_WITHOUT_A_PLAN]], [[true, RENAMED_AT_THE_END]]] },
    );
  });

  it('is seen the same whether it was remembered or made anew', () => {
    fc.assert(
      fc.property(story, ([isRead, events]) => {
        const viewer = createViewer();
        events.reduce<WizardState>(
          (state, next) => {
            const following = reduce(state, next);
            expect(viewer.view(modelOf(following))).toEqual(viewOf(modelOf(following)));
            return following;
          },
          isRead ? readState(SMALL, 'ru') : initialState(),
        );
      }),
      { numRuns: 15 },
    );
  });

  it('comes back from the disk as it was', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const state = endOf(steps);
        const { choices, readings } = partsOf(state);
        const restored = restoreState(JSON.parse(JSON.stringify(choices)), JSON.parse(JSON.stringify(readings)));
        expect(restored).toEqual(state);
        expect(restored && viewOf(modelOf(restored))).toEqual(viewOf(modelOf(state)));
      }),
      RUNS,
    );
  });

  it('is made of intents that pass the guard', () => {
    fc.assert(
      fc.property(intent, (one) => {
        const fits =
          (one.type !== 'set-tuning' || Number.isFinite(one.value)) &&
          (one.type !== 'set-window' || (Number.isFinite(one.hours) && one.hours >= 0));
        expect(parseWizardIntent(one)).toEqual(fits ? one : undefined);
      }),
      RUNS,
    );
  });
});

describe('what is kept of a wizard', () => {
  let folder: TempFolder;
  const errors: unknown[] = [];
  beforeAll(async () => {
    folder = await makeTempFolder('wizard');
  });
  afterAll(() => folder.remove());
  const memory = (id: string): WizardMemory => new WizardMemory(folder.path, id, (error) => errors.push(error));

  it('is there after a restart', async () => {
    const state = readState(SMALL, 'ru', { type: 'go', step: 'tuning' });
    const one = memory('aa');
    one.keep(initialState());
    one.keep(readState(SMALL, 'ru'));
    one.keep(state);
    await one.settled();
    expect(await memory('aa').load()).toEqual(state);
    expect(errors).toEqual([]);
  });

  it('is gone when the wizard was closed', async () => {
    const one = memory('bb');
    one.keep(initialState());
    await one.forget();
    expect(await memory('bb').load()).toBeUndefined();
  });

  it('is not taken from another version, and without readings starts where it can', () => {
    const { choices, readings } = partsOf(readState(SMALL, 'ru', { type: 'go', step: 'review' }));
    expect(restoreState({ ...choices, version: STATE_VERSION - 1 }, readings)).toBeUndefined();
    expect(restoreState({ ...choices, step: 'nowhere' }, readings)).toBeUndefined();
    expect(restoreState(choices, { source: { clusterId: 's1' } })).toMatchObject({
      step: 'namespaces',
      selected: choices.selected,
    });
    expect(restoreState(choices, undefined)?.source).toBeUndefined();
  });

  it('does not stay for ever', async () => {
    const one = memory('cc');
    one.keep(initialState());
    await one.settled();
    await removeForgotten(folder.path, Date.now() + 24 * 3_600_000);
    expect(await memory('cc').load()).toEqual(initialState());
    await removeForgotten(folder.path, Date.now() + 31 * 24 * 3_600_000);
    expect(await memory('cc').load()).toBeUndefined();
  });
});
