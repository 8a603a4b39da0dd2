import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { NO_COPY, reduceJournal } from '../../src/engine/journal/reduce.js';
import type { JournalEntry, JournalRecord } from '../../src/engine/journal/record.js';

const NS = 'shop.orders';

interface Attempt {
  readonly acknowledged: number;
  readonly alreadyThere: number;
  readonly conflicts?: number;
}

function copyAfter(attempts: readonly Attempt[]): typeof NO_COPY | undefined {
  const at = '2026-03-14T12:00:00.000Z';
  const entries = attempts.flatMap((attempt): JournalEntry[] => [
    { type: 'process', pid: 1, startTime: 't' },
    { type: 'copy-progress', ns: NS, counters: { ...NO_COPY, ...attempt } },
  ]);
  const records = entries.map((entry, i): JournalRecord => ({ ...entry, seq: i + 2, at }));
  const first: JournalRecord = { type: 'run-started', runId: 'r', planId: 'p', planHash: 'h', seq: 1, at };
  return reduceJournal([first, ...records]).collections[NS]?.copy;
}

describe('the counters of several attempts', () => {
  it('do not call there already what an earlier attempt has written', () => {
    const attempts = [
      { acknowledged: 150, alreadyThere: 0 },
      { acknowledged: 130, alreadyThere: 170 },
    ];
    // 20 had arrived, unseen by the journal of the attempt that was cut off.
    expect(copyAfter(attempts)).toMatchObject({ acknowledged: 280, alreadyThere: 20 });
  });

  it('keep what was there before the run while a later attempt has not found it again', () => {
    const attempts = [
      { acknowledged: 100, alreadyThere: 50 },
      { acknowledged: 0, alreadyThere: 20 },
    ];
    expect(copyAfter(attempts)).toMatchObject({ acknowledged: 100, alreadyThere: 50 });
  });

  it('count a conflict that every attempt finds once', () => {
    const attempt = { acknowledged: 0, alreadyThere: 7, conflicts: 3 };
    expect(copyAfter([attempt, attempt])).toMatchObject({ alreadyThere: 7, conflicts: 3 });
  });

  it('account for every document once, however often a run is cut off', () => {
    const shares = fc.array(fc.record({ sent: fc.nat({ max: 100 }), unseen: fc.nat({ max: 20 }) }), { maxLength: 6 });
    fc.assert(
      fc.property(shares, fc.nat({ max: 50 }), (cuts, foreign) => {
        let onTarget = foreign;
        const attempts = cuts.map(({ sent, unseen }): Attempt => {
          const attempt = { acknowledged: sent, alreadyThere: onTarget };
          onTarget += sent + unseen;
          return attempt;
        });
        attempts.push({ acknowledged: 10, alreadyThere: onTarget });
        const copy = copyAfter(attempts);
        expect((copy?.acknowledged ?? 0) + (copy?.alreadyThere ?? 0)).toBe(onTarget + 10);
      }),
    );
  });
});
