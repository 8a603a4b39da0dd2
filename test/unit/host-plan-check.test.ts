import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../src/adapters/files/plan-file.js';
import { applyFix } from '../../src/core/assess/plan/apply-fix.js';
import type { Plan } from '../../src/core/model/plan.js';
import { bytes, GIB, MIB } from '../../src/core/model/units.js';
import { fixedText, planProblems } from '../../src/host/plans/plan-check.js';
import { replacementFor } from '../../src/host/plans/plan-text.js';
import { aCollection, anIndex, ID_INDEX } from './core-builders.js';
import { planOf } from './core-plan-builders.js';
import { anyPlan, assessed, large } from './plan-findings-builders.js';

const parse = (text: string): Plan => parsePlan(text);

/** As people and programs write files. */
const layout = fc.constantFrom(
  (plan: object) => JSON.stringify(plan, undefined, 2),
  (plan: object) => `${JSON.stringify(plan, undefined, '\t')}\n`,
  (plan: object) => JSON.stringify(plan, undefined, 4).replaceAll('\n', '\r\n'),
  (plan: object) => JSON.stringify(plan),
  (plan: object) => JSON.stringify({ $schema: './plan.schema.json', ...plan }, undefined, 2),
);

function put(text: string, change: { start: number; end: number; text: string } | undefined): string {
  return change ? text.slice(0, change.start) + change.text + text.slice(change.end) : text;
}

describe('an open plan file', () => {
  it('is told of each finding at its place, on one line', () => {
    fc.assert(
      fc.property(anyPlan, layout, (plan, write) => {
        const text = write(plan);
        const problems = planProblems(text, parse, assessed(plan, { findings: [large('shop.c0')] }));
        for (const { span, rule } of problems) {
          const shown = text.slice(span.start, span.end);
          expect([rule, /^("[^"\n]*"|[0-9.]+)$/.test(shown), shown]).toEqual([rule, true, shown]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is by a fix the plan that the fix makes, in the layout that it had', () => {
    fc.assert(
      fc.property(anyPlan, layout, (plan, write) => {
        const text = write(plan);
        for (const { fixes } of planProblems(text, parse, assessed(plan))) {
          for (const { fix } of fixes.slice(0, 2)) {
            const after = put(text, fixedText(text, parse, fix));
            expect(parse(after)).toEqual(applyFix(plan, fix));
            expect(after.includes('\r\n')).toBe(text.includes('\r\n'));
            expect(after.includes('$schema')).toBe(text.includes('$schema'));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the lines that a fix says nothing of', () => {
    const plan = planOf([aCollection('shop.orders'), aCollection('shop.parts')], { conflictPolicy: 'overwrite' });
    const text = `${JSON.stringify(plan, undefined, 2)}\n`;
    const fix = planProblems(text, parse, undefined).find(({ rule }) => rule === 'plan-overwrites')?.fixes[0]?.fix;
    const after = put(text, fix && fixedText(text, parse, fix)).split('\n');
    const changed = text.split('\n').filter((line, i) => line !== after[i]);
    expect(changed.map((line) => line.trim().split(':')[0]).sort()).toEqual(['"conflictPolicy"', '"id"']);
  });

  it('names an index by its name, a shard key where the collection is named, and tells severities apart', () => {
    const words = anIndex({ name: 'words', key: [['note', 'text']] });
    const plan = planOf([aCollection('shop.orders', { logicalBytes: bytes(30 * GIB), indexes: [ID_INDEX, words] })], {
      method: 'direct-copy',
    });
    const text = JSON.stringify(plan, undefined, 2);
    const shown = planProblems(text, parse, undefined).map(({ severity, span, rule }) => [
      rule,
      severity,
      text.slice(span.start, span.end),
    ]);
    expect(shown).toContainEqual(['index-text-unsupported', 'warning', '"words"']);
    expect(shown).toContainEqual(['unsharded-over-20gb', 'blocker', '"orders"']);
    expect(shown).toContainEqual(['plan-throughput-unsaid', 'info', '"cosmos-ru"']);
  });

  describe('is settled by a quick fix that does what it says, and is a plan afterwards', () => {
    const words = anIndex({ name: 'words', key: [['note', 'text']] });
    const mail = anIndex({ name: 'mail', key: [['mail', 1]], unique: true });
    const shop = planOf(
      [aCollection('shop.orders', { logicalBytes: bytes(30 * GIB), indexes: [ID_INDEX, words, mail] })],
      { method: 'direct-copy' },
    );
    const text = `${JSON.stringify(shop, undefined, 2)}\n`;
    const told = assessed(shop, { findings: [large('shop.orders')] });
    /** The text after the first fix of that kind, what it left to be told, and the plan that it is. */
    const afterFix = (id: string, rule: string) => {
      const fix = planProblems(text, parse, told)
        .filter((problem) => problem.rule === rule)
        .flatMap(({ fixes }) => fixes.map((one) => one.fix))
        .find((one) => one.id === id);
      if (!fix) throw new Error(`${rule} offers no ${id}`);
      const after = put(text, fixedText(text, parse, fix));
      return { plan: parse(after), left: planProblems(after, parse, told).map((problem) => problem.rule) };
    };

    it('large documents go to the dead letters', () => {
      const { plan, left } = afterFix('keep-large-documents-aside', 'document-over-2mb');
      expect(shop.collections[0]?.deadLetterOver).toBeUndefined();
      expect(plan.collections[0]?.deadLetterOver).toBe(2 * MIB);
      expect(left).not.toContain('document-over-2mb');
    });

    it('an index is left out, and no other', () => {
      const { plan, left } = afterFix('leave-index-out', 'index-text-unsupported');
      const fates = plan.collections[0]?.indexes.map(({ index, fate }) => [index.name, fate.kind]);
      expect(fates).toEqual([
        ['words', 'skip'],
        ['mail', 'create'],
      ]);
      expect(left).not.toContain('index-text-unsupported');
    });

    it('the best candidate becomes the shard key, and what hangs on it is decided anew', () => {
      const { plan, left } = afterFix('choose-shard-key', 'unsharded-over-20gb');
      const [orders] = plan.collections;
      expect(orders?.shardKey).toEqual([['customer', 'hashed']]);
      // Unique over all documents it cannot be any more: its fields do not hold the shard key.
      expect(orders?.indexes.find(({ index }) => index.name === 'mail')?.fate).not.toEqual(
        shop.collections[0]?.indexes.find(({ index }) => index.name === 'mail')?.fate,
      );
      expect(left).not.toContain('unsharded-over-20gb');
      expect(left).toContain('index-unique-without-shard-key');
    });
  });

  it('says what the schema cannot say, and leaves to the schema what it can', () => {
    const plan = planOf([aCollection('shop.orders'), aCollection('shop.parts')]);
    const [orders, parts] = plan.collections;
    const twice = { ...plan, collections: [orders, { ...parts, target: orders?.target }] };
    const [problem, ...others] = planProblems(JSON.stringify(twice), parse, undefined);
    expect(others).toEqual([]);
    expect(problem?.rule).toBe('rename-collision');
    for (const text of ['', '{', '[]', '{}', JSON.stringify({ ...plan, method: 'magic' })]) {
      expect(planProblems(text, parse, undefined)).toEqual([]);
      expect(fixedText(text, parse, { id: 'verify-fully', params: {}, edits: [] })).toBeUndefined();
    }
  });

  it('is left alone where nothing changes', () => {
    expect(replacementFor('{ "a": 1 }', [{ at: ['a'], value: 1 }])).toBeUndefined();
  });
});
