import { MigrationError } from '../model/error.js';
import { band, type Band } from '../size/bands.js';

const HOUR_MS = 3_600_000;

/**
 * Wall-clock hours that a boost touches, each of which is billed at its highest throughput: 9:30 to 10:45 are two. The least where it starts on the hour, the greatest
 * where it starts just before one; for any start the average is its length and one hour.
 * Source: learn.microsoft.com/azure/cosmos-db/understand-your-bill.
 * @throws MigrationError `bad-number` for a negative or non-finite duration.
 */
export function billedHours(durationMs: number): Band {
  if (!Number.isFinite(durationMs) || durationMs < 0) {
    throw new MigrationError('bad-number', { name: 'durationMs', value: String(durationMs) });
  }
  const hours = durationMs / HOUR_MS;
  if (hours === 0) return { low: 0, expected: 0, high: 0 };
  // On the hour to the hour touches no other one; a start in between always does.
  const most = Math.floor(hours) + (Number.isInteger(hours) ? 1 : 2);
  return band(Math.ceil(hours), Math.min(hours + 1, most), most);
}

/** The same of a duration that is itself a band. */
export function billedHoursOf(duration: Band): Band {
  return {
    low: billedHours(duration.low).low,
    expected: billedHours(duration.expected).expected,
    high: billedHours(duration.high).high,
  };
}
