/** Figures that nobody can know exactly, as people read them. */
import type { Estimate, EstimateUnit } from '../core/model/estimate.js';
import {
  bandText,
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

/** `about 12 (10 to 15) RU`, `about 3 min (2 min to 5 min)`, in three digits; the bare figure, in full, where low and high read the same. */
export function estimateText(estimate: Estimate): string {
  return isExact(estimate) ? estimateBand(estimate) : `about ${estimateBand(estimate)}`;
}

/** The same without a word in front, for where there is little room. */
export function estimateBand(estimate: Estimate): string {
  const { unit, low, expected, high } = estimate;
  if (isExact(estimate)) return figureText(unit, expected);
  if (unit === 'milliseconds') return bandText(estimate, formatRoughDuration);
  const text = (value: number): string =>
    figureText(unit, ROUNDED.has(unit) ? Number(value.toPrecision(DIGITS)) : value);
  const [suffix] = / \D+$/.exec(text(expected)) ?? [''];
  const isShared = suffix !== '' && [low, high].every((value) => text(value).endsWith(suffix));
  if (!isShared) return bandText(estimate, text);
  return bandText(estimate, (value) => text(value).slice(0, -suffix.length)) + suffix;
}

function isExact({ unit, low, high }: Estimate): boolean {
  return figureText(unit, low) === figureText(unit, high);
}

/** The expected figure alone. */
export function expectedText({ unit, expected }: Estimate): string {
  return figureText(unit, expected);
}

/** `5.15 (5.15 to 10.4)`, for columns that name their unit. */
export function figureRange(figure: Pick<Estimate, 'low' | 'expected' | 'high'>): string {
  return bandText(figure, shortNumber);
}
