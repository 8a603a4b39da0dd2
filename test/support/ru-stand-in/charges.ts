/**
 * Request charges, from Microsoft's table by document size and 0.2 RU per index term
 * (Azure docs, "Request unit consumption", 2026-04-21). Between the table's rows the charge is linear in the size; the size is the BSON length
 * where the documents speak of JSON. Sizes are bytes, charges RU.
 */

const KIB = 1024;
/** Rows of [KB, RU to read, RU to write]. */
const TABLE: readonly (readonly [number, number, number])[] = [
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

const TERM_CHARGE = 0.2;
/** What a throttled operation cost in the one recorded reply that says it (spring-data-mongodb #3196). */
export const REJECTED_CHARGE = 0.38;
/** Least charge of a query that is no point read, and what each physical partition adds to one without shard key: model values within the published 2 to 3 RU. */
export const QUERY_FLOOR = 2.8;
const FAN_OUT_CHARGE = 2.5;

function interpolate(bytes: number, column: 1 | 2): number {
  const kb = bytes / KIB;
  const first = TABLE[0];
  if (!first || kb <= first[0]) return first?.[column] ?? 0;
  let lower = first;
  for (const row of TABLE) {
    if (kb <= row[0]) {
      const share = (kb - lower[0]) / Math.max(row[0] - lower[0], Number.EPSILON);
      return lower[column] + share * (row[column] - lower[column]);
    }
    lower = row;
  }
  // Above 2 MB, with the 16 MB capability: on along the table's last line.
  return (lower[column] / lower[0]) * kb;
}

export function readCharge(bytes: number): number {
  return interpolate(bytes, 1);
}

export function insertCharge(bytes: number, terms: number): number {
  return interpolate(bytes, 2) + TERM_CHARGE * terms;
}

export function deleteCharge(bytes: number, terms: number): number {
  return insertCharge(bytes, terms);
}

/** A replacement writes the old size and the new one; only terms that change count. */
export function replaceCharge(oldBytes: number, newBytes: number, changedTerms: number): number {
  return interpolate(oldBytes, 2) + interpolate(newBytes, 2) + TERM_CHARGE * changedTerms;
}

/** A query's first page: the documents returned, and the fan-out to `partitions` where no shard key narrows it (0 where one does). */
export function queryCharge(returnedReadCharge: number, partitions: number): number {
  return Math.max(QUERY_FLOOR, returnedReadCharge) + FAN_OUT_CHARGE * partitions;
}

/** Noise and calibration on top of the table; the noise is a seeded sequence, so that a run can be repeated. */
export class ChargeMeter {
  private state: number;

  constructor(
    private readonly calibration: number,
    private readonly noise: number,
    seed: number,
  ) {
    this.state = seed >>> 0;
  }

  adjust(charge: number): number {
    if (this.noise === 0) return charge * this.calibration;
    // mulberry32
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    const unit = ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    return charge * this.calibration * (1 + this.noise * (2 * unit - 1));
  }
}
