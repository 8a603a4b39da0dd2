/** Figures that nobody can know exactly, as people read them. */
import type { Estimate, EstimateUnit } from '../core/model/estimate.js';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatRoughDuration,
  formatRu,
  formatRuPerSecond,
  shortNumber,
} from './sizes.js';

function figureText(unit: EstimateUnit, value: number): string {
  switch (unit) {
    case 'documents':
    case 'partitions':
      return formatCount(value);
    case 'documents-per-second':
      return `${formatCount(value)} documents/s`;
    case 'bytes':
      return formatBytes(value);
    case 'milliseconds':
      return formatDuration(value);
    case 'ru':
      return formatRu(value);
    case 'ru-per-document':
      return `${shortNumber(value)} RU`;
    case 'ru-per-second':
      return formatRuPerSecond(value);
    case 'operations-per-second':
      return `${shortNumber(value)}/s`;
    // Money is told with its currency: see costs.
    case 'money':
    case 'money-per-month':
      return shortNumber(value);
  }
}

/** Digits of a figure that is known to be off by more. */
const DIGITS = 3;
const ROUNDED: ReadonlySet<EstimateUnit> = new Set([
  'documents-per-second',
  'ru',
  'ru-per-second',
  'operations-per-second',
]);

function roughText(unit: EstimateUnit, value: number): string {
  if (unit === 'milliseconds') return formatRoughDuration(value);
  return figureText(unit, ROUNDED.has(unit) ? Number(value.toPrecision(DIGITS)) : value);
}

/** `about 12 (10 to 15) RU`, `about 3 min (2 min to 5 min)`, in three digits; the bare figure, in full, where low and high read the same. */
export function estimateText(estimate: Estimate): string {
  return isExact(estimate) ? bandText(estimate) : `about ${bandText(estimate)}`;
}

/** The same without a word in front, for where there is little room. */
export function bandText(estimate: Estimate): string {
  const { unit } = estimate;
  if (isExact(estimate)) return figureText(unit, estimate.expected);
  const [low = '', expected = '', high = ''] = [estimate.low, estimate.expected, estimate.high].map((value) =>
    roughText(unit, value),
  );
  if (low === high) return expected;
  const [suffix] = / \D+$/.exec(expected) ?? [''];
  const isShared = unit !== 'milliseconds' && suffix !== '' && low.endsWith(suffix) && high.endsWith(suffix);
  if (!isShared) return `${expected} (${low} to ${high})`;
  const bare = (text: string): string => text.slice(0, -suffix.length);
  return `${bare(expected)} (${bare(low)} to ${bare(high)})${suffix}`;
}

function isExact({ unit, low, high }: Estimate): boolean {
  return figureText(unit, low) === figureText(unit, high);
}

/** The expected figure alone. */
export function expectedText({ unit, expected }: Estimate): string {
  return figureText(unit, expected);
}

/** `5.15 (5.15 to 10.4)`, for columns that name their unit. */
export function figureRange({ low, expected, high }: Pick<Estimate, 'low' | 'expected' | 'high'>): string {
  const [from = '', about = '', to = ''] = [low, expected, high].map(shortNumber);
  return from === to ? about : `${about} (${from} to ${to})`;
}
