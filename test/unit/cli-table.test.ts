import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, shorten, table, wrap } from '../../src/cli/table.js';

const cell = fc.string({ unit: 'grapheme', maxLength: 30 });

describe('tables', () => {
  it('keep columns under each other whatever the names are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const lines = table(
          [
            { title: 'name', most: 20 },
            { title: 'n', align: 'right' },
          ],
          [...rows, ['x', '|']],
        );
        const right = displayWidth(lines.at(-1) ?? '');
        for (const line of lines) {
          expect(line).not.toMatch(/\p{Cc}/u);
          expect(displayWidth(line)).toBeLessThanOrEqual(right);
        }
      }),
    );
  });

  it('shorten in the middle, never beyond the width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 5, max: 40 }), (text, most) => {
        const short = shorten(text, most);
        expect(displayWidth(short)).toBeLessThanOrEqual(Math.max(most, 0));
        if (displayWidth(text) <= most) expect(short).toBe(text);
      }),
    );
    expect(shorten('warehouse.movements_2024', 13)).toBe('wareho…s_2024');
  });

  it('wrap without losing a word', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (words) => {
        const lines = wrap(words.join(' '), 20, '  ');
        expect(lines.map((line) => line.trim()).join(' ')).toBe(words.join(' '));
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(20);
      }),
    );
  });
});
