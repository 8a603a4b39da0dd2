import { describe, expect, it } from 'vitest';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import type { Namespace } from '../../src/core/model/namespace.js';
import { bytes } from '../../src/core/model/units.js';
import { redact } from '../../src/core/model/redact.js';
import { assessmentPieces, type AssessmentFormat } from '../../src/words/assessment-formats.js';
import { demoInput } from './assessment-facts.js';
import { aCollection, anIndex, anInventory, ID_INDEX } from './core-builders.js';

const MANY = 10_000;
const DATABASES = 40;

/** Figures of every collection, and how often the rates of one were looked at: searched once for each collection they would be looked at a hundred million times. */
function many() {
  const collections = Array.from({ length: MANY }, (_, i) =>
    aCollection(`shop${i % DATABASES}.collection${i}`, {
      documents: 1000 + i,
      logicalBytes: bytes((1000 + i) * 700),
      indexes: [ID_INDEX, anIndex({ key: [['a', 1]], sparse: i % 3 === 0 }), anIndex({ key: [['t', 'text']] })],
    }),
  );
  let looks = 0;
  const namespaces = collections.map(({ ns }) => ({
    get ns(): Namespace {
      looks += 1;
      return ns;
    },
    readsPerSecond: 1,
    writesPerSecond: 1,
  }));
  const { usage } = demoInput();
  if (!usage) throw new Error('no usage was recorded');
  const made = makeAssessment(
    demoInput({ inventory: anInventory(collections), scans: [], usage: { ...usage, namespaces } }),
  );
  return { made, looks };
}

/** Objects and lists that are kept, each once. */
function objectsIn(value: unknown): number {
  const seen = new Set<object>();
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    open.push(...(Object.values(next) as unknown[]));
  }
  return seen.size;
}

describe('an assessment of ten thousand collections', () => {
  const { made, looks } = many();
  const pieces = (format: AssessmentFormat): readonly string[] => [
    ...assessmentPieces(made, { format, version: '1.2.3', clean: (text) => redact(text) }),
  ];

  it('looks each collection up, and never through all of them for one', () => {
    expect(looks).toBeGreaterThanOrEqual(MANY);
    expect(looks).toBeLessThan(10 * MANY);
  });

  it('keeps what is the same of all collections once', () => {
    const lists = new Set(
      made.targets.flatMap(({ ru }) => ru?.collections ?? []).map(({ insert }) => insert.assumptions),
    );
    expect(lists.size).toBeLessThan(10);
    expect(objectsIn(made) / MANY).toBeLessThan(110);
  });

  it('stays a page, the databases in front, with how many more there are', () => {
    for (const format of ['html', 'md'] as const) {
      const text = pieces(format).join('');
      expect(text.length).toBeLessThan(1_000_000);
      expect(text).toContain('more; all are in the JSON');
      expect(text.indexOf('By database')).toBeGreaterThan(0);
      for (const db of ['shop0', `shop${DATABASES - 1}`]) expect(text).toContain(db);
    }
  });

  it('is written piece by piece, and never one text of many megabytes', () => {
    for (const format of ['json', 'sarif'] as const) {
      const lengths = pieces(format).map(({ length }) => length);
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(100_000_000);
      for (const length of lengths) expect(length).toBeLessThan(100_000);
    }
  });
});
