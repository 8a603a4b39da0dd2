import { describe, expect, it } from 'vitest';
import { TurnSlices } from '../../src/host/tree/turn-slices.js';

/** Turns that come when they are let come. */
function turns(): { later: (work: () => void) => void; next: () => boolean } {
  const waiting: (() => void)[] = [];
  return {
    later: (work) => void waiting.push(work),
    next: () => {
      const work = waiting.shift();
      work?.();
      return work !== undefined;
    },
  };
}

describe('work in slices', () => {
  it('is done at once where it is little, in every turn anew', () => {
    const { later, next } = turns();
    const slices = new TurnSlices(later);
    for (let turn = 0; turn < 3; turn++) {
      for (let i = 0; i < 500; i++) expect(slices.do(() => i)).toBe(i);
      expect(next()).toBe(true);
    }
    expect(next()).toBe(false);
  });

  it('never does more than a slice in a turn, and all of it in its order', async () => {
    const { later, next } = turns();
    const slices = new TurnSlices(later);
    const done: number[] = [];
    const all = Array.from({ length: 2_300 }, async (_, i) => slices.do(() => void done.push(i)));
    const counts = [done.length];
    while (next()) counts.push(done.length);
    await Promise.all(all);
    expect(counts).toEqual([500, 1000, 1500, 2000, 2300]);
    expect(done).toEqual(Array.from({ length: 2_300 }, (_, i) => i));
  });

  it('that fails fails alone', async () => {
    const { later, next } = turns();
    const slices = new TurnSlices(later);
    for (let i = 0; i < 500; i++) void slices.do(() => i);
    const bad = slices.do(() => {
      throw new Error('one');
    });
    const good = slices.do(() => 'other');
    next();
    await expect(bad).rejects.toThrow('one');
    await expect(good).resolves.toBe('other');
  });
});
