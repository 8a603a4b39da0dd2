import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steadyTime } from '../../src/adapters/system-clock.js';

describe('the real time', () => {
  it('never goes back, passes at the pace of the wall clock, and follows it where that jumps ahead', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: -4_000_000, max: 4_000_000 }))),
        (steps) => {
          let wall = 1_700_000_000_000;
          const now = steadyTime(() => wall);
          let last = now();
          for (const step of steps) {
            wall += step;
            const seen = now();
            expect(seen - last).toBe(Math.max(0, step));
            last = seen;
          }
        },
      ),
    );
  });
});
