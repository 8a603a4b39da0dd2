import { MigrationError } from '../model/error.js';
import { KIB, requestUnits, type RequestUnits } from '../model/units.js';

/**
 * Size of a document in KB, charge of reading it, charge of writing it without secondary indexes.
 * Source: learn.microsoft.com/azure/cosmos-db/understand-request-unit-consumption (2026-04-21), "illustrative", session consistency.
 */
const CHARGES: readonly (readonly [kib: number, read: number, write: number])[] = [
  [1, 1.0, 4.95],
  [2, 1.04, 6.29],
  [4, 1.14, 6.67],
  [8, 1.33, 7.04],
  [16, 1.67, 9.52],
  [32, 2.19, 11.23],
  [64, 4.76, 22.67],
  [128, 9.95, 48.19],
  [256, 20.28, 98.29],
  [512, 40.95, 184.57],
  [1024, 145.9, 625.0],
  [2048, 291.8, 1250.0],
];

/** RU for each indexed term of a written document; same source as the table. */
const RU_PER_INDEX_TERM = 0.2;

function lookUp(documentBytes: number, column: 1 | 2): number {
  if (!Number.isFinite(documentBytes) || documentBytes < 0) {
    throw new MigrationError('bad-number', { name: 'documentBytes', value: String(documentBytes) });
  }
  const kib = documentBytes / KIB;
  const above = CHARGES.findIndex((row) => kib <= row[0]);
  if (above === 0) return CHARGES[0]?.[column] ?? 0;
  // Past the table's end (accounts that take 16 MB) the last segment goes on.
  const upper = CHARGES[above === -1 ? CHARGES.length - 1 : above];
  const lower = CHARGES[above === -1 ? CHARGES.length - 2 : above - 1];
  if (!upper || !lower) return 0;
  return lower[column] + ((kib - lower[0]) / (upper[0] - lower[0])) * (upper[column] - lower[column]);
}

/**
 * Charge of inserting one document: Microsoft's table by size, linear in between (1 KB is the least that is charged), and 0.2 RU for each
 * indexed term besides `_id`. BSON bytes stand for the JSON length that the service measures.
 * @throws MigrationError `bad-number` for a negative or non-finite size or count.
 */
export function insertCharge(documentBytes: number, indexTerms = 0): RequestUnits {
  if (!Number.isFinite(indexTerms) || indexTerms < 0) {
    throw new MigrationError('bad-number', { name: 'indexTerms', value: String(indexTerms) });
  }
  return requestUnits(lookUp(documentBytes, 2) + RU_PER_INDEX_TERM * indexTerms);
}

/** Charge of reading one document, by the same table. @throws MigrationError `bad-number` as {@link insertCharge}. */
export function readCharge(documentBytes: number): RequestUnits {
  return requestUnits(lookUp(documentBytes, 1));
}
