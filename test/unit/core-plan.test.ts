import { describe, expect, it } from 'vitest';
import { asPlanned } from '../../src/core/assess/as-planned.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { CollectionFacts } from '../../src/core/model/facts.js';
import type { Finding } from '../../src/core/model/finding.js';
import { formatNamespace, parseNamespace } from '../../src/core/model/namespace.js';
import { bytes, ruPerSecond } from '../../src/core/model/units.js';
import { makePlan, type PlanInput } from '../../src/core/plan/make-plan.js';
import { neededTools } from '../../src/core/plan/needed-tools.js';
import { planId } from '../../src/core/plan/plan-id.js';
import { aCluster, aCollection, anInventory, aVersion } from './core-builders.js';
import { aPlanInput, plannedOn, planOf, TARGETS } from './core-plan-builders.js';

const refusal = (input: PlanInput): MigrationError => {
  try {
    makePlan(input);
  } catch (error) {
    if (MigrationError.is(error)) return error;
    throw error;
  }
  throw new Error('the plan was made');
};

const selection = (change: Partial<PlanInput['selection']>): Partial<PlanInput> => ({
  selection: { include: [], exclude: [], rename: [], ...change },
});

const view = (name: string, on: string, pipeline: readonly Record<string, unknown>[] = []): CollectionFacts =>
  aCollection(name, { type: 'view', documents: 0, indexes: [], options: { view: { on, pipeline } } });

const targets = (input: Partial<PlanInput>, ...collections: readonly CollectionFacts[]): readonly string[] =>
  planOf(collections, input).collections.map((c) => formatNamespace(c.target));

const left = (input: Partial<PlanInput>, ...collections: readonly CollectionFacts[]): Record<string, string> =>
  Object.fromEntries(planOf(collections, input).notMigrated.map((n) => [formatNamespace(n.source), n.why]));

describe('a plan', () => {
  it('takes what is selected, sorted by name, under its new name', () => {
    const three = ['shop.b', 'shop.a', 'other.c'].map((name) => aCollection(name));
    const rename = [{ from: 'shop.b', to: 'store.b' }];
    expect(targets(selection({ include: ['shop'], rename }), ...three)).toEqual(['shop.a', 'store.b']);
  });

  it('of an empty source is empty', () => {
    expect(planOf([])).toMatchObject({ collections: [], notMigrated: [] });
  });

  it('keeps the options that the target has and tells those that it has not', () => {
    const options: CollectionFacts['options'] = {
      capped: { sizeBytes: bytes(4096) },
      validator: { a: { $exists: true } },
      validationLevel: 'moderate',
      collation: { locale: 'fr' },
      clustered: true,
      changeStreamPreAndPostImages: true,
      expireAfterSeconds: 60,
    };
    const [ru, vcore, mongodb] = [TARGETS.ru, TARGETS.vcore, TARGETS.mongodb].map((t) => plannedOn(t, { options }));
    expect([ru?.options, vcore?.options]).toEqual([{}, {}]);
    const names = [
      'capped',
      'validator',
      'collation',
      'clustered',
      'changeStreamPreAndPostImages',
      'expireAfterSeconds',
    ];
    expect(ru?.droppedOptions.map((d) => d.option)).toEqual(names);
    expect(vcore?.droppedOptions.map((d) => d.option)).toEqual(names);
    const { expireAfterSeconds, ...rest } = options;
    expect(expireAfterSeconds).toBe(60);
    expect(mongodb?.options).toEqual(rest);
    expect(mongodb?.droppedOptions).toEqual([{ option: 'expireAfterSeconds', why: 'expiry-would-delete' }]);
  });

  it("gives an RU collection the wished shard key, else the source's where it is one field", () => {
    const compound = [
      ['a', 1],
      ['b', 1],
    ] as const;
    expect(plannedOn(TARGETS.ru, { shardKey: [['a.b', 1]] }).shardKey).toEqual([['a.b', 'hashed']]);
    expect(plannedOn(TARGETS.ru, { shardKey: compound })).not.toHaveProperty('shardKey');
    const wished = plannedOn(TARGETS.ru, { shardKey: compound }, { shardKeys: { 'shop.orders': 'b' } });
    expect([wished.shardKey, wished.droppedOptions]).toEqual([[['b', 'hashed']], []]);
    expect(plannedOn(TARGETS.mongodb, { shardKey: compound })).not.toHaveProperty('shardKey');
    const sharded = aCluster({ ...TARGETS.mongodb, topology: 'sharded' });
    expect(plannedOn(sharded, { shardKey: compound }).shardKey).toEqual(compound);
  });

  it('gives an unsharded RU collection no more throughput than it can have', () => {
    const throughput = { kind: 'manual', ruPerSecond: ruPerSecond(50_000) } as const;
    const unsharded = plannedOn(TARGETS.ru, {}, { throughput });
    expect(unsharded.throughput).toEqual({ kind: 'manual', ruPerSecond: 10_000 });
    expect(unsharded.droppedOptions.map((d) => d.why)).toEqual(['throughput-lowered-unsharded']);
    expect(plannedOn(TARGETS.ru, { shardKey: [['a', 1]] }, { throughput }).throughput).toEqual(throughput);
    const shared = { kind: 'shared' } as const;
    const own = { throughput, collectionThroughput: { 'shop.orders': shared } };
    expect(plannedOn(TARGETS.ru, {}, own).throughput).toEqual(shared);
    expect(plannedOn(TARGETS.vcore, {}, { throughput })).not.toHaveProperty('throughput');
  });

  it('lists views after everything else, each after the view it stands on, and none on RU', () => {
    const all = [view('shop.a_top', 'z_base'), view('shop.z_base', 'orders'), aCollection('shop.orders')];
    expect(targets({ targetCluster: TARGETS.vcore }, ...all)).toEqual(['shop.orders', 'shop.z_base', 'shop.a_top']);
    expect(left({}, ...all)).toEqual({ 'shop.a_top': 'view', 'shop.z_base': 'view' });
  });

  it('makes a view on the new name of its collection, within one database', () => {
    const all = [view('shop.open', 'orders'), aCollection('shop.orders')];
    const to = (name: string): Partial<PlanInput> => ({
      targetCluster: TARGETS.mongodb,
      ...selection({ rename: [{ from: 'shop.orders', to: name }] }),
    });
    expect(planOf(all, to('shop.sales')).collections[1]?.options.view?.on).toBe('sales');
    expect(left(to('store.orders'), ...all)).toEqual({ 'shop.open': 'view-in-other-database' });
  });

  it('leaves views whose collections are missing, or whose stages name a renamed one', () => {
    const joined = view('shop.open', 'orders', [{ $facet: { x: [{ $lookup: { from: 'items', as: 'i' } }] } }]);
    const all = [joined, view('shop.v2', 'gone'), aCollection('shop.orders'), aCollection('shop.items')];
    const renamed = selection({ rename: [{ from: 'shop.items', to: 'shop.things' }] });
    expect(left({ targetCluster: TARGETS.vcore }, ...all)).toEqual({ 'shop.v2': 'view-base-not-migrated' });
    expect(left({ targetCluster: TARGETS.vcore, ...renamed }, ...all)).toMatchObject({
      'shop.open': 'view-names-renamed',
    });
    const alone = { targetCluster: TARGETS.vcore, ...selection({ exclude: ['shop.items'] }) };
    expect(left(alone, ...all)).toMatchObject({ 'shop.open': 'view-reads-not-migrated' });
  });

  it('leaves a view whose stages name a renamed view, also one that is looked at later', () => {
    const joined = view('shop.a', 'orders', [{ $unionWith: 'z' }]);
    const all = [joined, view('shop.z', 'orders'), aCollection('shop.orders')];
    const renamed = selection({ rename: [{ from: 'shop.z', to: 'shop.zz' }] });
    expect(targets({ targetCluster: TARGETS.vcore }, ...all)).toEqual(['shop.orders', 'shop.z', 'shop.a']);
    expect(left({ targetCluster: TARGETS.vcore, ...renamed }, ...all)).toEqual({ 'shop.a': 'view-names-renamed' });
  });

  it('says of no view that it is made again which it leaves behind', () => {
    const all = [
      view('shop.made', 'orders'),
      view('shop.left', 'orders', [{ $lookup: { from: 'items', as: 'i' } }]),
      aCollection('shop.orders'),
      aCollection('shop.items'),
    ];
    const rename = selection({ rename: [{ from: 'shop.items', to: 'shop.things' }] });
    const made = planOf(all, { targetCluster: TARGETS.vcore, ...rename });
    const finding = (name: string): Finding => ({
      rule: 'view-recreated',
      severity: 'info',
      ns: parseNamespace(name),
      params: {},
      remedy: 'nothing-to-do',
      source: 'x',
    });
    const said = asPlanned([finding('shop.made'), finding('shop.left')], made);
    expect(said.map(({ ns }) => ns?.coll)).toEqual(['made']);
    expect(made.notMigrated).toEqual([{ source: { db: 'shop', coll: 'left' }, why: 'view-names-renamed' }]);
  });

  it('tells what it leaves: time series, names that the target refuses, what could not be read, system collections', () => {
    const series = aCollection('shop.weather', { type: 'timeseries' });
    expect(left({}, series)).toEqual({ 'shop.weather': 'timeseries-unsupported' });
    expect(left({ targetCluster: TARGETS.mongodb }, series)).toEqual({ 'shop.weather': 'timeseries-not-carried' });
    expect(left({ targetCluster: TARGETS.vcore }, aCollection('shop.a$b'))).toEqual({ 'shop.a$b': 'name-characters' });
    expect(left({}, aCollection(`shop.${'x'.repeat(256)}`))).toEqual({ [`shop.${'x'.repeat(256)}`]: 'name-too-long' });
    const ns = (db: string, coll: string): { ns: { db: string; coll: string } } => ({ ns: { db, coll } });
    const inventory = anInventory([], {
      failed: [{ ...ns('shop', 'secret'), code: '13', message: 'not authorized' }],
      skipped: [
        { ...ns('shop', 'system.js'), reason: 'system' },
        { ...ns('shop', 'system.views'), reason: 'system' },
        { ...ns('admin', 'system.users'), reason: 'system' },
        { ...ns('shop', 'other'), reason: 'not-selected' },
      ],
    });
    expect(left({ inventory })).toEqual({ 'shop.secret': 'unreadable', 'shop.system.js': 'system' });
  });

  it('refuses names that the source does not have, and new names that cannot be', () => {
    const two = [aCollection('shop.a'), aCollection('shop.b')];
    const reason = (change: Partial<PlanInput>): unknown => refusal(aPlanInput(two, change)).facts['reason'];
    const renamed = (from: string, to: string): Partial<PlanInput> => selection({ rename: [{ from, to }] });
    expect(reason(selection({ include: ['shpo.*'] }))).toBe('include-matches-nothing');
    expect(reason(selection({ exclude: ['shop.x*'] }))).toBe('exclude-matches-nothing');
    expect(reason(renamed('shop.x', 'shop.y'))).toBe('rename-unknown');
    expect(reason(renamed('shop.a', 'shop.b'))).toBe('rename-collision');
    expect(reason(renamed('shop.a', 'admin.a'))).toBe('rename-to-system');
    expect(reason(renamed('shop.a', 'Shop.a'))).toBe('database-case-collision');
    expect(reason(renamed('shop.a', 'shop.a/b'))).toBe('name-refused-by-target');
    const twice = [
      { from: 'shop.a', to: 'shop.c' },
      { from: 'shop.a', to: 'shop.d' },
    ];
    expect(reason(selection({ rename: twice }))).toBe('rename-twice');
    expect(reason({ shardKeys: { 'shop.x': 'a' } })).toBe('setting-unknown');
    expect(reason({ targetCluster: aCluster({ kind: 'amazon-documentdb' }) })).toBe('target-kind-unsupported');
    expect(refusal(aPlanInput(two, renamed('shop.a', 'nodot'))).code).toBe('bad-namespace');
  });

  it('offers the names that a mistyped one is near to', () => {
    const found = ['shop.orders', 'shop.order_lines', 'crm.people'].map((name) => aCollection(name));
    const near = (change: Partial<PlanInput>): unknown => refusal(aPlanInput(found, change)).facts['near'];
    expect(near(selection({ include: ['shop.oders'] }))).toEqual(['shop.orders']);
    expect(near(selection({ exclude: ['Shop.Orders'] }))).toEqual(['shop.orders']);
    expect(near(selection({ exclude: ['cmr'] }))).toEqual([]);
    expect(near(selection({ exclude: ['crn.*'] }))).toEqual(['crm']);
    expect(near({ shardKeys: { 'shop.orderlines': 'a' } })).toEqual(['shop.order_lines', 'shop.orders']);
  });

  it('never writes onto what it reads', () => {
    const two = [aCollection('shop.a'), aCollection('shop.b')];
    const cluster = aCluster({ hosts: ['localhost:27017', 'h2:27018'] });
    const same = { inventory: anInventory(two, { cluster }), targetCluster: aCluster({ hosts: ['127.0.0.1'] }) };
    expect(refusal(aPlanInput(two, same)).code).toBe('source-is-target');
    const swap = selection({
      rename: [
        { from: 'shop.a', to: 'shop.b' },
        { from: 'shop.b', to: 'shop.c' },
      ],
    });
    expect(refusal(aPlanInput(two, { ...same, ...swap })).code).toBe('source-is-target');
    const aside = selection({ include: ['shop.a'], rename: [{ from: 'shop.a', to: 'copy.a' }] });
    expect(targets({ ...same, ...aside }, ...two)).toEqual(['copy.a']);
    const otherPort = { ...same, targetCluster: aCluster({ hosts: ['127.0.0.1:27099'] }) };
    expect(targets(otherPort, ...two)).toEqual(['shop.a', 'shop.b']);
  });

  it('has an id made of its content: the same at another time, another for any change', () => {
    const input = aPlanInput([aCollection('shop.a')]);
    const plan = makePlan(input);
    expect(plan.id).toMatch(/^[0-9a-f]{24}$/);
    expect(makePlan({ ...input, createdAt: '2027-01-01T00:00:00.000Z' }).id).toBe(plan.id);
    expect(planId(plan)).toBe(plan.id);
    expect(makePlan({ ...input, conflictPolicy: 'skip' }).id).not.toBe(plan.id);
    const ids = Array.from({ length: 500 }, (_, i) => planOf([aCollection('shop.a', { documents: i })]).id);
    expect(new Set(ids).size).toBe(500);
  });

  it('follows the version of a MongoDB target', () => {
    const old = aCluster({ ...TARGETS.mongodb, ...aVersion('4.4.0') });
    const options = { clustered: true, changeStreamPreAndPostImages: true };
    expect(plannedOn(old, { options }).droppedOptions.map((d) => d.why)).toEqual([
      'clustered-unsupported',
      'pre-images-unsupported',
    ]);
  });
});

describe('a plan of documents as text', () => {
  const orders = aCollection('shop.orders', { options: { capped: { sizeBytes: bytes(1_000) } } });

  it('into files has neither options nor indexes, and leaves views behind', () => {
    const view = aCollection('shop.open', { type: 'view', options: { view: { on: 'orders', pipeline: [] } } });
    const text = { format: 'json', files: { use: 'export', folder: '/files' } } as const;
    const plan = planOf([orders, view], { method: 'export-import', text, targetCluster: TARGETS.mongodb });
    expect(plan.collections).toEqual([
      expect.objectContaining({ options: {}, indexes: [], target: { db: 'shop', coll: 'orders' } }),
    ]);
    expect(plan.notMigrated).toEqual([{ source: { db: 'shop', coll: 'open' }, why: 'view' }]);
    expect(neededTools(plan)).toEqual(['mongoexport']);
  });

  it('as CSV names its fields, _id first, and compares numbers alone', () => {
    const text = { format: 'csv' } as const;
    const plan = planOf([orders], { method: 'export-import', text, fields: { 'shop.orders': ['total', '_id'] } });
    expect(plan.collections[0]?.fields).toEqual(['_id', 'total']);
    expect(plan.verification).toEqual({ depth: 'counts' });
    expect(() => planOf([orders], { method: 'export-import', text })).toThrow(
      expect.objectContaining({ code: 'bad-plan', facts: { reason: 'csv-needs-fields', namespace: 'shop.orders' } }),
    );
  });
});
