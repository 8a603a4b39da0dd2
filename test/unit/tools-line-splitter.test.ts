import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../src/adapters/tools/line-splitter.js';

function split(text: string, cuts: readonly number[], max = 1_000): string[] {
  const lines: string[] = [];
  const splitter = new LineSplitter(max, (line) => lines.push(line));
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < places.length; i++) splitter.push(bytes.subarray(places[i - 1], places[i]));
  splitter.end();
  return lines;
}

describe('lines of a stream', () => {
  it('are the same however the bytes are cut, characters of several bytes included', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (lines, cuts) => {
        expect(split(lines.map((text) => `${text}\n`).join(''), cuts)).toEqual(lines);
      }),
    );
  });

  it('keeps the last line without an end, drops a carriage return, and cuts what is too long', () => {
    expect(split('a\r\nb', [1])).toEqual(['a', 'b']);
    expect(split(`${'x'.repeat(50)}\ny\n`, [10, 20, 30], 8)).toEqual(['xxxxxxxx', 'y']);
  });
});
