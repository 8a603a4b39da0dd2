import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import xxhash, { type XXHashAPI } from 'xxhash-wasm';
import { translateKernel } from '../../scripts/kernel.js';
import { DocumentBatch } from '../../src/engine/copy/batch.js';
import { digestSpans, digestWords, spansWithZeros } from '../../src/engine/kernel/kernel.js';
import { DigestSum } from '../../src/engine/verify/document-sums.js';

const SEEDS = [0n, 0x9e3779b97f4a7c15n];
/** Larger than what is handed over at once. */
const LARGE = 300 * 1024;

let oracle: XXHashAPI;
beforeAll(async () => {
  oracle = await xxhash();
});

function expected(bytes: Uint8Array): number[] {
  return SEEDS.flatMap((seed) => {
    const digest = oracle.h64Raw(bytes, seed);
    return [Number(digest & 0xffffffffn), Number(digest >> 32n)];
  });
}

describe('the digest of a document', () => {
  it('is its XXH64 under two seeds, whatever its length and contents', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect([...digestWords(bytes)]).toEqual(expected(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on what was digested before, or on how large that was', () => {
    const sizes = [5, 16 * 1024 * 1024, 31, 32, 33, LARGE, 0, 100];
    for (const size of sizes) {
      const bytes = new Uint8Array(size).fill(size % 251);
      expect([...digestWords(bytes)]).toEqual(expected(bytes));
    }
  });

  it('is the same for documents of a batch, with whatever lies between them', () => {
    const piece = fc.record({ gap: fc.nat({ max: 40 }), length: fc.oneof(fc.nat({ max: 200 }), fc.constant(LARGE)) });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(), (pieces, seed) => {
        const total = pieces.reduce((sum, { gap, length }) => sum + gap + length, 0);
        const buffer = Buffer.from(Uint8Array.from({ length: total }, (_, i) => (i * 31 + (seed ^ (i >> 3))) & 0xff));
        let position = 0;
        const spans = pieces.flatMap(({ gap, length }) => [position + gap, (position += gap + length)]);
        const found: number[][] = [];
        digestSpans(buffer, Int32Array.from(spans), (words) => found.push([...words]));
        const documents = pieces.map((_piece, i) => buffer.subarray(spans[2 * i], spans[2 * i + 1]));
        expect(found).toEqual(documents.map(expected));
        const one = new DigestSum();
        for (const document of documents) one.add(document);
        const all = new DigestSum();
        all.addAll(new DocumentBatch(buffer, Int32Array.from(spans)));
        expect(all.total()).toEqual(one.total());
      }),
      { numRuns: 60 },
    );
  });
});

const row = (value: number, length: number): number[] => new Array<number>(length).fill(value);

describe('the kernel', () => {
  it('finds nine zeros in a row and no fewer, within a part', () => {
    const few = fc.array(fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constant(7)), { maxLength: 40 });
    // Long enough without zeros for what is looked at many words at a time.
    const rows = fc.array(fc.tuple(fc.nat({ max: 150 }), fc.nat({ max: 11 })), { maxLength: 4 });
    const long = rows.map((found) => found.flatMap(([sevens, zeros]) => [...row(7, sevens), ...row(0, zeros)]));
    fc.assert(
      fc.property(fc.array(fc.oneof(few, long), { maxLength: 6 }), (parts) => {
        let position = 0;
        const spans = parts.flatMap((part) => [position, (position += part.length)]);
        const expected = parts.flatMap((part, i) => (part.join('').includes('000000000') ? [i] : []));
        expect(spansWithZeros(Uint8Array.from(parts.flat()), Int32Array.from(spans))).toEqual(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is what stands in the text', async () => {
    const shipped = await readFile(new URL('../../src/engine/kernel/kernel-module.ts', import.meta.url), 'utf8');
    expect(shipped).toBe(await translateKernel());
  });
});
