import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../src/adapters/files/plan-file.js';
import { applyFix } from '../../src/core/assess/plan/apply-fix.js';
import type { PlanFinding } from '../../src/core/assess/plan/plan-finding.js';
import { findingsOfPlan } from '../../src/core/assess/plan-findings.js';
import type { Plan } from '../../src/core/model/plan.js';
import { bytes, GIB } from '../../src/core/model/units.js';
import { planId } from '../../src/core/plan/plan-id.js';
import { aCollection, anIndex, ID_INDEX } from './core-builders.js';
import { planOf } from './core-plan-builders.js';
import { anyPlan, assessed, large } from './plan-findings-builders.js';

const key = ({ finding, at }: PlanFinding): string => JSON.stringify([finding.rule, at]);

function valueAt(value: unknown, at: readonly (string | number)[]): unknown {
  return at.reduce<unknown>((inner, step) => (inner as Record<string | number, unknown> | undefined)?.[step], value);
}

describe('the findings on a plan', () => {
  it('each stand at a part of the plan that is there', () => {
    fc.assert(
      fc.property(anyPlan, (one) => {
        for (const { at, finding } of findingsOfPlan(one, assessed(one, { findings: [large('shop.c0')] }))) {
          expect([finding.rule, at, valueAt(one, at) !== undefined]).toEqual([finding.rule, at, true]);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('are gone by any change that is offered for them, and the plan is still one, with the id of what it says', () => {
    const offered = new Set<string>();
    fc.assert(
      fc.property(anyPlan, fc.boolean(), (one, isAssessed) => {
        const assessment = isAssessed ? assessed(one, { findings: [large('shop.c0')] }) : undefined;
        for (const found of findingsOfPlan(one, assessment)) {
          for (const fix of found.fixes) {
            offered.add(fix.id);
            const fixed = applyFix(one, fix);
            expect(parsePlan(JSON.stringify(fixed))).toEqual(fixed);
            expect(fixed.id).toBe(planId(fixed));
            expect(findingsOfPlan(fixed, assessment).map(key), fix.id).not.toContain(key(found));
          }
        }
      }),
      { numRuns: 120 },
    );
    expect([...offered].sort()).toEqual([
      'choose-shard-key',
      'copy-raw',
      'keep-large-documents-aside',
      'leave-index-out',
      'set-autoscale',
      'set-conflict-policy',
      'set-manual-throughput',
      'set-serverless',
      'set-tuning',
      'verify-fully',
    ]);
  });

  it('name no index that the user leaves out, but keep in the plan what the target would have made of it', () => {
    const words = anIndex({ name: 'words', key: [['note', 'text']] });
    const one = planOf([aCollection('shop.orders', { indexes: [ID_INDEX, words] })]);
    const [found] = findingsOfPlan(one).filter(({ finding }) => finding.rule === 'index-text-unsupported');
    const fixed = found?.fixes[0] && applyFix(one, found.fixes[0]);
    expect(fixed?.collections[0]?.indexes[0]?.fate).toEqual({ kind: 'skip', why: 'left-out-by-user+text-unsupported' });
    expect(fixed).toEqual(
      planOf([aCollection('shop.orders', { indexes: [ID_INDEX, words] })], {
        leftOutIndexes: { 'shop.orders': ['words'] },
      }),
    );
  });

  it('know what a new shard key means for unique indexes, as a plan that is made with it does', () => {
    const number = anIndex({ key: [['number', 1]], unique: true });
    const orders = aCollection('shop.orders', { logicalBytes: bytes(30 * GIB), indexes: [ID_INDEX, number] });
    const before = planOf([orders], { method: 'direct-copy' });
    const fix = findingsOfPlan(before, assessed(before))
      .find(({ finding }) => finding.rule === 'unsharded-over-20gb')
      ?.fixes.find(({ params }) => params['path'] === 'customer');
    const after = planOf([orders], { method: 'direct-copy', shardKeys: { 'shop.orders': 'customer' } });
    expect(fix && applyFix(before, fix)).toEqual(after);
  });

  it('offer no candidate that cannot be, nor a field that stays behind on the way', () => {
    const orders = aCollection('shop.orders', { logicalBytes: bytes(30 * GIB) });
    const one = planOf([orders], { method: 'direct-copy', transforms: { 'shop.orders': { drop: ['customer'] } } });
    const [found] = findingsOfPlan(one, assessed(one)).filter(({ finding }) => finding.rule === 'unsharded-over-20gb');
    expect(found?.fixes.map(({ params }) => params['path'])).toEqual(['_id']);
  });

  it('offer to keep large documents aside only where the method can', () => {
    const orders = aCollection('shop.orders');
    for (const [method, count] of [
      ['direct-copy', 1],
      ['dump-restore', 0],
    ] as const) {
      const one = planOf([orders], { method });
      const found = findingsOfPlan(one, assessed(one, { findings: [large('shop.orders'), large('shop.gone')] }));
      const about = found.filter(({ finding }) => finding.rule === 'document-over-2mb');
      expect(about.map(({ fixes }) => fixes.length)).toEqual([count]);
    }
  });

  it('tell of numbers that are out of bounds only where the copy goes by them', () => {
    const toldOf = (method: Plan['method'], targetKind: Plan['targetKind'] = 'cosmos-ru'): readonly unknown[] => {
      const made = planOf([aCollection('shop.orders')]);
      const tuning = { ...made.tuning, batchSize: 5000, insertionWorkers: 900, parallelCollections: 900 };
      return findingsOfPlan({ ...made, method, targetKind, tuning }).flatMap(({ finding: { rule, params } }) =>
        rule === 'plan-tuning-out-of-bounds' ? [params['field']] : [],
      );
    };
    for (const method of ['dump-restore', 'export-import'] as const)
      expect(toldOf(method)).toEqual(['batchSize', 'insertionWorkers', 'parallelCollections']);
    expect(toldOf('direct-copy')).toEqual(['parallelCollections']);
    expect([toldOf('dms'), toldOf('dms', 'cosmos-vcore')]).toEqual([['parallelCollections'], []]);
    for (const method of ['spark-databricks', 'data-factory', 'studio-3t'] as const) expect(toldOf(method)).toEqual([]);
  });
});
