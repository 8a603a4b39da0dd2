import { describe, expect, it } from 'vitest';
import { adviceFor } from '../../src/cli/advice.js';
import { findingLines } from '../../src/cli/findings-text.js';
import { planLines } from '../../src/cli/plan-text.js';
import { recommendationLines } from '../../src/cli/recommendation-text.js';
import type { Survey } from '../../src/cli/survey.js';
import { displayWidth } from '../../src/cli/table.js';
import { targetWishes } from '../../src/cli/target-options.js';
import { transformsFrom } from '../../src/cli/transform-options.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import type { ClusterReference } from '../../src/core/model/plan.js';
import { bytes, milliseconds, requestUnits } from '../../src/core/model/units.js';
import { makePlan } from '../../src/core/plan/make-plan.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { aCluster, aCollection, anIndex, anInventory, ID_INDEX } from './core-builders.js';

const WIDTH = 100;

function reference(name: string): ClusterReference {
  return { name, uri: `mongodb://app@${name}.example/`, passwordFrom: { prompt: true } };
}

function aSurvey(): Survey {
  const facts = aCluster({
    kind: 'cosmos-ru',
    version: '7.0.0',
    versionArray: [7, 0, 0],
    hosts: ['t.example:10255'],
    tls: true,
  });
  const wishes = targetWishes({
    throughput: '4000',
    collectionThroughput: ['shop.orders=20000'],
    shardKey: ['shop.orders=customer'],
  });
  const inventory = anInventory([
    aCollection('shop.orders', {
      documents: 2_000_000,
      logicalBytes: bytes(2_000_000 * 800),
      indexes: [anIndex({ name: '_id_', key: [['_id', 1]] }), anIndex({ name: 'words', key: [['text', 'text']] })],
    }),
    aCollection('shop.log', { options: { capped: { sizeBytes: bytes(1_048_576) } } }),
    aCollection('shop.open', { type: 'view', options: { view: { on: 'orders', pipeline: [] } } }),
  ]);
  return {
    source: { reference: reference('old') },
    inventory,
    selection: EVERYTHING,
    wishes,
    target: describeTarget(facts),
    targetCluster: {
      resolved: { reference: reference('new') },
      facts,
    },
    transforms: {},
    arriving: {},
    measured: {
      ruPerDocument: requestUnits(5.5),
      tableRuPerDocument: requestUnits(5),
      samples: 20,
      latencyMs: milliseconds(12),
    },
  };
}

describe('what recommend and plan print', () => {
  it('ranks the methods with reasons, as golden text', async () => {
    const { recommendation, findings } = adviceFor(aSurvey(), {});
    const text = [...findingLines(findings, WIDTH), ...recommendationLines(recommendation, WIDTH)].join('\n');
    await expect(`${text}\n`).toMatchFileSnapshot('cli-golden/recommend.txt');
  });

  it('shows what goes where, as golden text', async () => {
    const surveyed = aSurvey();
    const { tuning } = adviceFor(surveyed, {});
    if (!tuning || !surveyed.targetCluster) throw new Error('a tuning is needed');
    const plan = makePlan({
      inventory: surveyed.inventory,
      source: surveyed.source.reference,
      target: surveyed.targetCluster.resolved.reference,
      targetCluster: surveyed.targetCluster.facts,
      method: 'dump-restore',
      selection: EVERYTHING,
      tuning,
      createdAt: '2026-03-14T12:00:00.000Z',
      ...(surveyed.wishes.throughput ? { throughput: surveyed.wishes.throughput } : {}),
      collectionThroughput: surveyed.wishes.collectionThroughput,
      shardKeys: surveyed.wishes.shardKeys,
    });
    const lines = planLines(plan, WIDTH);
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(WIDTH);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('cli-golden/plan.txt');
    const direct = planLines({ ...plan, method: 'direct-copy' }, WIDTH).join('\n');
    expect(direct).toContain('request units allow');
    expect(direct).not.toMatch(/worker|relay|the tools/);
  });

  it('tells what documents are changed to, and what becomes of their indexes, whatever the findings tell', () => {
    const surveyed = aSurvey();
    const { tuning } = adviceFor(surveyed, {});
    if (!tuning || !surveyed.targetCluster) throw new Error('a tuning is needed');
    const plan = makePlan({
      inventory: anInventory([
        aCollection('shop.orders', {
          indexes: [ID_INDEX, anIndex({ key: [['old', 1]] }), anIndex({ key: [['gone', 1]] })],
        }),
      ]),
      source: surveyed.source.reference,
      target: surveyed.targetCluster.resolved.reference,
      targetCluster: surveyed.targetCluster.facts,
      method: 'direct-copy',
      selection: EVERYTHING,
      tuning,
      createdAt: '2026-03-14T12:00:00.000Z',
      readConcern: 'majority',
      transforms: transformsFrom({
        filter: ['shop.orders={"open":true}'],
        dropField: ['shop.orders:gone'],
        renameField: ['shop.orders:old=new'],
        fillField: ['shop.orders:region="eu"'],
        copyField: ['shop.orders:tenant=_id'],
      }),
    });
    const lines = planLines(plan, WIDTH, new Set(['shop.orders']));
    for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(WIDTH);
    const text = lines.join('\n').replace(/\n +/g, ' ');
    for (const told of [
      'majority: what cannot be rolled back',
      'shop.orders: only documents that match {"open":true}',
      'shop.orders: without gone',
      'shop.orders: old becomes new',
      'shop.orders: region is set to "eu" where it is missing',
      'shop.orders: tenant is set to the value of _id',
      'old_1: created with changes, after the data: a field of it gets another name on the way',
      'gone_1: not created: the plan leaves a field of it behind.',
    ])
      expect(text).toContain(told);
  });

  it('says every loss of the plan once: in the plan, or as a finding with its remedy', () => {
    const surveyed = aSurvey();
    const { findings } = adviceFor(surveyed, {});
    const said = findingLines(findings, WIDTH).join('\n');
    for (const name of ['shop.open', 'shop.log', 'words']) expect(said).toContain(name);
  });
});

describe('the rate of a whole copy', () => {
  it('is that of the largest collection where it takes longest alone', () => {
    // 2,000,000 x 5.5 RU at 20,000 RU/s: 550 s; everything else is done meanwhile.
    expect(adviceFor(aSurvey(), {}).ruPerSecond).toBeCloseTo((2_001_000 * 5.5) / 550, 5);
  });

  it('is unknown where nobody said a throughput', () => {
    expect(adviceFor({ ...aSurvey(), wishes: targetWishes({}) }, {}).ruPerSecond).toBeUndefined();
  });
});
