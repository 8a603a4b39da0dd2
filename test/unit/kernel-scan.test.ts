import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MalformedBson } from '../../src/core/bson/raw-document.js';
import { digestWords, scanDocuments, spansWithZeros } from '../../src/engine/kernel/kernel.js';

/** Larger than what is looked at in one go. */
const LARGE = 300 * 1024;

const size = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 5, max: 300 }) },
  { weight: 1, arbitrary: fc.integer({ min: LARGE, max: LARGE + 100 }) },
);

/** As much of a document as the kernel looks at: its length in front and a null byte at its end. */
function documentOf(length: number, seed: number): Buffer {
  const bytes = Buffer.from(
    Uint8Array.from({ length }, (_, i) => ((i * 31) ^ (i >> 8) ^ seed) % 7 && (i + seed) & 0xff),
  );
  bytes.writeInt32LE(length, 0);
  bytes[length - 1] = 0;
  return bytes;
}

const element = (index: string, document: Buffer): Buffer =>
  Buffer.concat([Buffer.of(3), Buffer.from(`${index}\0`, 'latin1'), document]);

/** Elements as a server sends them, with what comes before and after them in a reply. */
function reply(documents: readonly Buffer[]): { buffer: Buffer; start: number; end: number } {
  const before = Buffer.from('before');
  const array = Buffer.concat(documents.map((document, i) => element(String(i), document)));
  const buffer = Buffer.concat([before, array, Buffer.from('after')]);
  return { buffer, start: before.length, end: before.length + array.length };
}

describe('one look at the documents of a reply', () => {
  it('moves them together with their bytes, and tells digests and zeros as they are told one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(size, fc.nat(255)), { maxLength: 60 }), fc.nat(80), (shapes, expected) => {
        const documents = shapes.map(([length, seed]) => documentOf(length, seed));
        const { buffer, start, end } = reply(documents);
        const { spans, digests, zeros } = scanDocuments(buffer, start, end, expected);
        expect(spans.length).toBe(2 * documents.length);
        let position = start;
        const withZeros: number[] = [];
        for (const [i, document] of documents.entries()) {
          expect([spans[2 * i], spans[2 * i + 1]]).toEqual([position, position + document.length]);
          position += document.length;
          expect(buffer.subarray(spans[2 * i], spans[2 * i + 1]).equals(document)).toBe(true);
          expect([...digests.subarray(4 * i, 4 * i + 4)]).toEqual([...digestWords(document)]);
          if (zeros[i] === 1) withZeros.push(i);
        }
        expect(withZeros).toEqual(spansWithZeros(buffer, spans));
        expect(buffer.subarray(end).toString()).toBe('after');
        expect(buffer.subarray(0, start).toString()).toBe('before');
      }),
      { numRuns: 200 },
    );
  });

  it('notes more documents than it notes in one go, and one as large as a document may be', () => {
    for (const documents of [
      Array.from({ length: 9_000 }, (_, i) => documentOf(5 + (i % 3), i)),
      [documentOf(7, 1), documentOf(16 * 1024 * 1024, 2), documentOf(9, 3)],
    ]) {
      const { buffer, start, end } = reply(documents);
      const { spans } = scanDocuments(buffer, start, end, 1);
      expect(spans.length).toBe(2 * documents.length);
      expect(buffer.subarray(start, spans.at(-1)).equals(Buffer.concat(documents))).toBe(true);
    }
  });

  it('takes names that are not counted like everywhere else', () => {
    const documents = [documentOf(30, 1), documentOf(40, 2)];
    const array = Buffer.concat([
      element('', documents[0] ?? Buffer.of()),
      element('no number', documents[1] ?? Buffer.of()),
    ]);
    const { spans } = scanDocuments(array, 0, array.length, 2);
    expect([...spans]).toEqual([0, 30, 30, 70]);
  });

  it('never reads, or moves, a byte beyond the end, whatever the bytes are: they are documents within it, or it says no', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 5, max: 60 }), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(20),
        (shapes, damage, cut) => {
          const { buffer, start, end: whole } = reply(shapes.map(([length, seed]) => documentOf(length, seed)));
          const end = Math.max(start, whole - cut);
          for (const [at, value] of damage) buffer[start + (at % Math.max(1, end - start))] = value;
          const [head, tail] = [Buffer.from(buffer.subarray(0, start)), Buffer.from(buffer.subarray(end))];
          try {
            const { spans } = scanDocuments(buffer, start, end, 4);
            for (let i = 0; i < spans.length; i += 2) {
              const [from = -1, to = -1] = [spans[i], spans[i + 1]];
              expect(from >= start && to <= end && buffer.readInt32LE(from) === to - from).toBe(true);
            }
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedBson);
          }
          expect(buffer.subarray(0, start).equals(head)).toBe(true);
          expect(buffer.subarray(end).equals(tail)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
