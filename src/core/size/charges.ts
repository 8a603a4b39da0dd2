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

/** Sizes in bytes at which the table has a row: a charge is linear between two of them. */
export const CHARGE_KNOTS: readonly number[] = CHARGES.map(([kib]) => kib * KIB);

/** RU for each indexed term of a written document; same source as the table. */
export const RU_PER_INDEX_TERM = 0.2;

/**
 * Least charge of a query that is no point read. Microsoft prints a few such figures (2.8 to 2.9 RU for one document), no rule:
 * learn.microsoft.com/azure/cosmos-db/find-request-unit-charge.
 */
const QUERY_FLOOR_RU = 2.8;
/** What a query that does not name the shard key costs more for each physical partition: 2 to 3 RU by learn.microsoft.com/azure/cosmos-db/partitioning-overview. */
const FAN_OUT_RU = 2.5;

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

/**
 * Charge of replacing a document: its old size and its new one, and the terms that go or come. Source: as the table ("replace": twice the size, and the
 * terms that are removed and added). An update with operators costs the same: the whole document is written again.
 * @throws MigrationError `bad-number` as {@link insertCharge}.
 */
export function replaceCharge(oldBytes: number, newBytes: number, changedTerms = 0): RequestUnits {
  return requestUnits(insertCharge(oldBytes) + insertCharge(newBytes, changedTerms));
}

/** Charge of deleting a document: what its insert was. Source: as the table. @throws MigrationError `bad-number` as {@link insertCharge}. */
export function deleteCharge(documentBytes: number, indexTerms = 0): RequestUnits {
  return insertCharge(documentBytes, indexTerms);
}

/**
 * Charge of a query that an index serves: the point reads of what it returns, no less than the least of a query, and a part for each physical partition that is
 * asked where the query does not name the shard key.
 * @param returnedReads sum of {@link readCharge} over the returned documents
 * @param partitionsAsked 0 where the query names the shard key, or the collection has none
 * @throws MigrationError `bad-number` for a negative or non-finite figure.
 */
export function queryCharge(returnedReads: number, partitionsAsked = 0): RequestUnits {
  for (const [name, value] of Object.entries({ returnedReads, partitionsAsked })) {
    if (!Number.isFinite(value) || value < 0) throw new MigrationError('bad-number', { name, value: String(value) });
  }
  return requestUnits(Math.max(QUERY_FLOOR_RU, returnedReads) + FAN_OUT_RU * partitionsAsked);
}
