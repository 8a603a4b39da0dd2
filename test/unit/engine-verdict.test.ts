import { describe, expect, it } from 'vitest';
import { judge, type VerdictInput } from '../../src/engine/verdict.js';
import { NO_DIFFERENCES, type VerificationResult } from '../../src/engine/verify/result.js';

const NS = 'shop.orders';
const side = { documents: 1, bytes: 0, digest: '' };
const base = {
  ns: NS,
  source: NS,
  evidence: {
    means: 'counts' as const,
    source: side,
    target: side,
    ranges: 1,
    seconds: 1,
    deadLettered: { known: 0, onSource: 0, onTarget: 0 },
    mended: 0,
  },
};
const equal: VerificationResult = { ...base, kind: 'equal' };
const countsOnly: VerificationResult = {
  ...base,
  kind: 'unverified',
  why: 'counts-only',
  differences: NO_DIFFERENCES,
};
const unreadable: VerificationResult = { ...countsOnly, why: 'unreadable' };
const relayed = (failed: number, conflicts = 0): VerdictInput['relayed'] => [
  { ns: { db: 'shop', coll: 'orders' }, failed, conflicts },
];

function verdict(more: Partial<VerdictInput>): ReturnType<typeof judge> {
  return judge({
    planned: [NS],
    verification: [equal],
    prepared: [{ ns: NS, outcome: { kind: 'created' }, indexes: [] }],
    indexes: [],
    deadLetters: { count: () => 0 },
    leftOut: 0,
    relayed: [],
    keepsConflicts: false,
    ...more,
  });
}

describe('the verdict of a run that came to its end', () => {
  it('is completed where everything planned is proven equal, whatever happened on the way', () => {
    expect(verdict({})).toEqual({ state: 'completed', reasons: [] });
    expect(verdict({ relayed: relayed(3, 2), keepsConflicts: true })).toEqual({ state: 'completed', reasons: [] });
  });

  it('is never completed where documents travelled as CSV', () => {
    expect(verdict({ isLossy: true })).toEqual({
      state: 'completed-with-findings',
      reasons: [{ id: 'csv-not-equal', params: {} }],
    });
  });

  it('is not complete where a planned collection was not looked at', () => {
    expect(verdict({ planned: [NS, 'shop.customers'] })).toEqual({
      state: 'failed-resumable',
      reasons: [{ id: 'not-verified', params: { ns: 'shop.customers', why: 'no-result' } }],
    });
  });

  it.each([countsOnly, unreadable])(
    'is not complete where writes were refused and nothing proves them made ($why)',
    (r) => {
      const { state, reasons } = verdict({ verification: [r], relayed: relayed(3) });
      expect(state).toBe('failed-resumable');
      expect(reasons).toContainEqual({ id: 'writes-refused', params: { ns: NS, documents: 3 } });
    },
  );

  it('tells of documents with other content that were left, where only counts were compared', () => {
    const { state, reasons } = verdict({ verification: [countsOnly], relayed: relayed(0, 2), keepsConflicts: true });
    expect(state).toBe('completed-with-findings');
    expect(reasons).toContainEqual({ id: 'conflicts-left', params: { ns: NS, documents: 2 } });
  });

  it('is not complete where a collection could not be created and not be read', () => {
    const outcome = { kind: 'failed' as const, code: 13, message: 'no' };
    const { state } = verdict({ verification: [unreadable], prepared: [{ ns: NS, outcome, indexes: [] }] });
    expect(state).toBe('failed-resumable');
  });
});
