import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SampleFacts } from '../../src/core/model/facts.js';
import { bytes, KIB, MIB } from '../../src/core/model/units.js';
import { averageCharge, documentSizes } from '../../src/core/size/document-sizes.js';
import {
  CHARGE_KNOTS,
  deleteCharge,
  insertCharge,
  queryCharge,
  readCharge,
  replaceCharge,
} from '../../src/core/size/charges.js';
import { indexTerms } from '../../src/core/size/index-terms.js';
import * as standIn from '../support/ru-stand-in/charges.js';
import { aCollection, anIndex } from './core-builders.js';
import { aScan } from './size-sources.js';

const size = fc.integer({ min: 5, max: 16 * MIB });
const terms = fc.nat(500);

describe('charges of single operations', () => {
  it('are those of the model of an RU account, which was written by itself', () => {
    fc.assert(
      fc.property(size, size, terms, fc.nat(100), (a, b, entries, partitions) => {
        expect(insertCharge(a, entries)).toBeCloseTo(standIn.insertCharge(a, entries), 8);
        expect(readCharge(a)).toBeCloseTo(standIn.readCharge(a), 8);
        expect(deleteCharge(a, entries)).toBeCloseTo(standIn.deleteCharge(a, entries), 8);
        expect(replaceCharge(a, b, entries)).toBeCloseTo(standIn.replaceCharge(a, b, entries), 8);
        expect(queryCharge(readCharge(a), partitions)).toBeCloseTo(standIn.queryCharge(readCharge(a), partitions), 8);
      }),
    );
  });

  it("are Microsoft's examples for a document of 1 KB with ten index terms", () => {
    expect(insertCharge(KIB, 10)).toBeCloseTo(7, 0);
    expect(deleteCharge(KIB, 10)).toBeCloseTo(7, 0);
    // Two fields modified: two entries removed and two added.
    expect(replaceCharge(KIB, KIB, 4)).toBeCloseTo(10.8, 0);
  });
});

/** Documents as a full scan counts them: by the sizes at which charges bend, or by others. */
function scanned(sizes: readonly number[], bounds: readonly number[]) {
  const collection = aCollection('shop.a', {
    documents: sizes.length,
    logicalBytes: bytes(sizes.reduce((sum, one) => sum + one, 0)),
  });
  const all = [...bounds, null];
  const classes = all.map((upTo, i) => {
    const from = i === 0 ? -1 : (bounds[i - 1] ?? 0);
    const own = sizes.filter((one) => one > from && (upTo === null || one <= upTo));
    return { upTo, documents: own.length, bytes: own.reduce((sum, one) => sum + one, 0) };
  });
  const largestBytes = sizes.reduce((a, b) => Math.max(a, b), 0);
  return { collection, scan: { ...aScan(collection), largestBytes, sizes: classes } };
}

const mean = (sizes: readonly number[], charge: (bytes: number) => number): number =>
  sizes.reduce((sum, one) => sum + charge(one), 0) / sizes.length;

describe('the average charge of many documents', () => {
  const many = fc.array(fc.integer({ min: 5, max: 3 * MIB }), { minLength: 1, maxLength: 60 });

  it('is exact by the classes of a scan, whatever the documents are', () => {
    fc.assert(
      fc.property(many, (sizes) => {
        const { collection, scan } = scanned(sizes, CHARGE_KNOTS);
        for (const charge of [insertCharge, readCharge]) {
          const average = averageCharge(documentSizes(collection, scan), charge);
          expect(average.expected / mean(sizes, charge)).toBeCloseTo(1, 9);
          expect(average.low).toBeCloseTo(average.high, 6);
        }
      }),
    );
  });

  it('lies within its bounds by other classes, and by the average size alone', () => {
    fc.assert(
      fc.property(many, fc.array(fc.integer({ min: 100, max: 2 * MIB }), { maxLength: 4 }), (sizes, others) => {
        const bounds = [...new Set(others)].sort((a, b) => a - b);
        const { collection, scan } = scanned(sizes, bounds);
        const sampled = {
          sampledDocuments: 1,
          averageBytes: bytes(0),
          largestBytes: bytes(scan.largestBytes),
          idTypes: {},
        } as unknown as SampleFacts;
        for (const known of [documentSizes(collection, scan), documentSizes({ ...collection, sample: sampled })]) {
          for (const charge of [insertCharge, readCharge]) {
            const average = averageCharge(known, charge);
            const truth = mean(sizes, charge);
            expect(average.low).toBeLessThanOrEqual(truth * (1 + 1e-9));
            expect(average.high).toBeGreaterThanOrEqual(truth * (1 - 1e-9));
          }
        }
      }),
    );
  });
});

describe('index entries on the target', () => {
  const when = 'after-data' as const;

  it('are those that the scan has counted, and one for each document where the target knows no sparse index', () => {
    const tags = anIndex({ key: [['tags', 1]] });
    const sparse = anIndex({ key: [['note', 1]], sparse: true });
    const collection = aCollection('shop.a', { indexes: [tags, sparse] });
    const scan = { ...aScan(collection), termsPerDocument: { tags_1: 6.5, note_1: 0.25 } };
    const planned = [
      { index: tags, fate: { kind: 'create' as const, when: 'before-data' as const } },
      {
        index: sparse,
        fate: { kind: 'rewrite' as const, when, why: 'sparse-dropped', to: { ...sparse, sparse: false } },
      },
      { index: anIndex({ name: 'words' }), fate: { kind: 'skip' as const, why: 'text-unsupported' } },
    ];
    expect(indexTerms(planned, scan)).toEqual({
      before: { low: 6.5, expected: 6.5, high: 6.5 },
      after: { low: 1, expected: 1, high: 1 },
      builtAfter: 1,
      indexes: 2,
      known: 'scanned',
    });
    expect(indexTerms(planned)).toMatchObject({ known: 'guessed', before: { low: 1, expected: 1, high: 5 } });
  });

  it('are none for the expiry by _ts, which is a setting of the collection', () => {
    const ttl = anIndex({ key: [['_ts', 1]], expireAfterSeconds: 60 });
    expect(indexTerms([{ index: ttl, fate: { kind: 'create', when } }]).after.high).toBe(0);
  });
});
