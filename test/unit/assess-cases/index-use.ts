import { aFieldScan, RU, RU_ALL, scanned, VCORE, withIndexes, type Cases } from '../assess-builders.js';
import { anIndex as index } from '../core-builders.js';

const ab = index({
  key: [
    ['a', 1],
    ['b', 1],
  ],
});
const unique = { unique: true };
const arraysIn = (path: string, arrays: number) => ({ fields: [aFieldScan(path, { arrays })] });
const uniques = (count: number) => Array.from({ length: count }, (_, i) => index({ key: [[`f${i}`, 1]], ...unique }));
const ttl = index({ expireAfterSeconds: 60 });
const typesOf = (types: Record<string, number>) => ({ fields: [aFieldScan('a', { types })] });
const unused = { usageOps: 0, usageSince: '2025-12-26T03:04:05.000Z' };

/** Indexes that a plan makes, by what documents hold and what was used. */
export const INDEX_USE_CASES: Cases = {
  'compound-over-array': [
    scanned(withIndexes(RU, ab), arraysIn('b', 1)),
    scanned(withIndexes(RU, index()), arraysIn('a', 1)),
  ],
  'unique-over-array': [
    scanned(withIndexes(RU, index(unique)), arraysIn('a', 1)),
    scanned(withIndexes(VCORE, index(unique)), arraysIn('a', 1)),
  ],
  'unique-before-data': [withIndexes(RU, index(unique)), withIndexes(RU, index({ ...unique, sparse: true }))],
  'unique-indexes-over-10': [withIndexes(RU, ...uniques(11)), withIndexes(RU, ...uniques(10))],
  'ttl-numbers-expire': [
    scanned(withIndexes(RU_ALL, ttl), typesOf({ date: 90, int: 10 })),
    scanned(withIndexes(RU, ttl), typesOf({ date: 90, int: 10 })),
  ],
  'ttl-field-unfit': [
    scanned(withIndexes(VCORE, ttl), typesOf({ date: 90, string: 10 })),
    scanned(withIndexes(VCORE, ttl), typesOf({ date: 100 })),
  ],
  'index-beyond-documented': [
    withIndexes(VCORE, index({ key: [['a.b.c.d.e.f.g', 1]] })),
    withIndexes(VCORE, index({ key: [['x'.repeat(256), 1]] })),
  ],
  'index-unused': [
    withIndexes(VCORE, index(unused)),
    withIndexes(VCORE, index({ ...unused, usageSince: '2025-12-26T03:04:06.000Z' })),
  ],
};
