import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sparkBundleModule } from '../../scripts/spark-bundle.js';
import { readFile } from 'node:fs/promises';
import { MigrationError } from '../../src/core/model/error.js';
import type { SparkHandoff } from '../../src/core/model/handoff.js';
import type { Plan, PlannedCollection } from '../../src/core/model/plan.js';
import { bytes, ruPerSecond } from '../../src/core/model/units.js';
import { coresOf, sparkSizing } from '../../src/handoff/spark/sizing.js';
import { sparkArtefacts } from '../../src/handoff/spark/spark-artefacts.js';
import { toYaml } from '../../src/handoff/spark/yaml.js';
import { errorWords } from '../../src/words/errors.js';
import { handoffNoteSentence } from '../../src/words/handoff-notes.js';
import { SPARK_NOTES } from '../../src/words/spark.js';
import { planOf, plannedCollection } from './engine-builders.js';

const HANDOFF: SparkHandoff = {
  kind: 'spark-databricks',
  secretScope: 'migration',
  mode: 'raw',
  cluster: { nodeType: 'Standard_D8ds_v5', workers: 4, runtime: '15.4.x-scala2.12' },
};

function sparkPlanOf(collections: readonly PlannedCollection[], more: Partial<Plan> = {}): Plan {
  return planOf(collections, { method: 'spark-databricks', handoff: HANDOFF, ...more });
}

const named = (db: string, coll: string, more: Partial<PlannedCollection> = {}): PlannedCollection =>
  plannedCollection({ db, coll }, { db, coll }, { documents: 10, logicalBytes: bytes(1_000), ...more });

function textOf(plan: Plan, path: string): string {
  return sparkArtefacts(plan).files.find((file) => file.path === path)?.text ?? '';
}

describe('the module that holds the Python', () => {
  it('is what `npm run spark-bundle` makes of the files', async () => {
    const path = new URL('../../src/handoff/spark/bundle-files.ts', import.meta.url);
    expect(await readFile(path, 'utf8')).toBe(await sparkBundleModule());
  });
});

describe('artefacts for Spark', () => {
  it('carry any name through JSON, and put it nowhere else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 3 }), (name) => {
        const odd = `n${name.replace(/[.$\0]/g, '_')}n"'\\n{}[]#:&*!|>%@\``;
        const plan = sparkPlanOf([named('shop', odd)]);
        const { collections } = JSON.parse(textOf(plan, 'src/plan.json')) as { collections: { source: unknown }[] };
        expect(collections[0]?.source).toEqual({ db: 'shop', coll: odd });
        for (const { path, text } of sparkArtefacts(plan).files)
          if (path !== 'src/plan.json') expect(text).not.toContain(odd);
      }),
    );
  });

  it('hold no connection string, whatever the plan says', () => {
    const uri = 'mongodb://user:canary-7f@host.example/';
    const plan = sparkPlanOf([named('shop', 'orders')], {
      source: { name: 'canary-7f', uri },
      target: { name: 'target', uri, passwordFrom: { env: 'canary-7f' } },
    });
    for (const { text } of sparkArtefacts(plan).files) expect(text).not.toContain('canary-7f');
  });

  it('tell what the job does not bring, and leave it out of it', () => {
    const plan = sparkPlanOf([
      named('shop', 'orders'),
      named('shop', 'view', { options: { view: { on: 'orders', pipeline: [] } } }),
      named('shop', 'series', { options: { timeseries: { timeField: 't' } } }),
      named('shop', 'a..b'),
      named('shop', 'less', { transform: { drop: ['x'] } }),
    ]);
    const left = sparkArtefacts(plan).notes.filter(({ id }) => id === 'spark-left-out');
    expect(left.map(({ params }) => [params['ns'], params['why']])).toEqual([
      ['shop.view', 'view'],
      ['shop.series', 'timeseries'],
      ['shop.a..b', 'name'],
      ['shop.less', 'changed'],
    ]);
    const reasons = [
      'is a view: it is made on the target once the data is there',
      'is a time series, whose documents have no _id to go on from',
      'has a name that PyMongo does not open',
      'is changed on the way, which only a direct copy does',
    ];
    expect(left.map(handoffNoteSentence)).toEqual(
      reasons.map((why, i) => `${left[i]?.params['ns']} ${why}${i === 0 ? '' : ': the job cannot bring it'}.`),
    );
    const refused = left.map(({ params }) =>
      errorWords({ code: 'bad-plan', facts: { reason: 'spark-left-out', ...params } }),
    );
    expect(refused.map(({ why }) => why)).toEqual(reasons.map((why) => `It ${why}.`));
    const { collections } = JSON.parse(textOf(plan, 'src/plan.json')) as { collections: unknown[] };
    expect(collections).toHaveLength(1);
  });

  it('divide throughput by whose it is', () => {
    const manual = { kind: 'manual', ruPerSecond: ruPerSecond(4_000) } as const;
    const plan = sparkPlanOf(
      [named('a', 'own', { throughput: manual }), named('a', 'shared', { throughput: { kind: 'shared' } })],
      {
        targetKind: 'cosmos-ru',
        tuning: { ...sparkPlanOf([]).tuning, ruPerSecond: ruPerSecond(1_000) },
      },
    );
    const { collections } = JSON.parse(textOf(plan, 'src/plan.json')) as {
      collections: { budget: string; ruPerSecond: number }[];
    };
    expect(collections.map(({ budget, ruPerSecond: ru }) => [budget, ru])).toEqual([
      ['a.own', 4_000],
      ['a.', 1_000],
    ]);
  });

  it('bring the notebooks of their mode alone, and only verify where all is to be verified', () => {
    const raw = sparkPlanOf([named('shop', 'orders')]);
    const transform = { ...raw, handoff: { ...HANDOFF, mode: 'transform' as const } };
    const notebooks = (plan: Plan): string[] =>
      sparkArtefacts(plan)
        .files.map(({ path }) => path)
        .filter((path) => path.endsWith('_task.py'));
    expect(notebooks(raw)).toEqual(['src/copy_task.py', 'src/plan_task.py', 'src/verify_task.py']);
    expect(notebooks(transform)).toEqual(['src/transform_task.py']);
    expect(textOf(transform, 'resources/migrate.job.yml')).toContain('mongo-spark-connector_2.12:10.5.0');
    const counted = { ...raw, verification: { depth: 'counts' as const } };
    expect(textOf(counted, 'resources/migrate.job.yml')).not.toContain('verify_task');
  });

  it('refuse what a bundle would put something else in for', () => {
    const cluster = { ...HANDOFF.cluster, nodeType: '${var.node}' };
    const make = () => sparkArtefacts(sparkPlanOf([], { handoff: { ...HANDOFF, cluster } }));
    expect(make).toThrow(MigrationError);
  });

  it('are made for 5,000 collections in less than 10 seconds', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => named('shop', `collection ${i} ${'名'.repeat(30)}`));
    const started = performance.now();
    const { files } = sparkArtefacts(sparkPlanOf(many));
    expect(performance.now() - started).toBeLessThan(10_000);
    // What a workspace takes in one call.
    for (const { text } of files) expect(Buffer.from(text).toString('base64').length).toBeLessThan(10 * 1024 * 1024);
  });
});

describe('the size of a Spark job', () => {
  it('follows cluster and data', () => {
    expect([coresOf('Standard_D8ds_v5'), coresOf('i3.xlarge'), coresOf('Standard_L16s_v3')]).toEqual([
      8,
      undefined,
      16,
    ]);
    const terabyte = sparkPlanOf([named('a', 'b', { logicalBytes: bytes(1e12) })], { targetKind: 'cosmos-ru' });
    const sizing = sparkSizing(terabyte, HANDOFF);
    expect(sizing).toMatchObject({ slots: 32, batchDocuments: 1_000, stateRuPerSecond: 2_000 });
    expect(1e12 / sizing.rangeBytes).toBeLessThanOrEqual(20_000);
    expect(sparkSizing(sparkPlanOf([]), HANDOFF)).toMatchObject({ stateRuPerSecond: undefined });
  });

  it('asks a serverless account, which refuses it, for no throughput', () => {
    const serverless = [named('a', 'b', { throughput: { kind: 'serverless' } })];
    const sizing = sparkSizing(sparkPlanOf(serverless, { targetKind: 'cosmos-ru' }), HANDOFF);
    expect(sizing.stateRuPerSecond).toBeUndefined();
    expect(sizing.notes.map(({ id }) => id)).not.toContain('spark-state-throughput');
  });

  it('is explained, and each note has its sentence', () => {
    const params = {
      ...{ workers: 4, cores: 8, slots: 32, nodeType: 'x', rangeBytes: 1e8, bytes: 1e12, batchDocuments: 1_000 },
      ...{ batchBytes: 1e6, stateRuPerSecond: 400, scope: 's', ns: 'a.b', why: 'view' },
    };
    for (const id of Object.keys(SPARK_NOTES)) {
      const sentence = handoffNoteSentence({ id, params });
      expect(sentence).toMatch(/^(a\.b|[A-Z0-9]).*\.$/);
      expect(sentence).not.toMatch(/undefined|spark-/);
    }
    const shown = sparkArtefacts(sparkPlanOf([named('a', 'b')], { targetKind: 'cosmos-ru' })).notes.map(({ id }) => id);
    for (const id of shown) expect(Object.keys(SPARK_NOTES)).toContain(id);
  });
});

describe('YAML', () => {
  it('is in block style, text as JSON', () => {
    const text = toYaml({ a: { b: ['x: #', { c: 1, d: [] }, [true]], e: undefined }, f: {} });
    const lines = ['a:', '  b:', '    - "x: #"', '    - c: 1', '      d: []', '    - - true', 'f: {}', ''];
    expect(text).toBe(lines.join('\n'));
  });
});
