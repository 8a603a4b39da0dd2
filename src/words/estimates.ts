/** Figures that nobody can know exactly, as people read them. */
import type { Estimate, EstimateUnit } from '../core/model/estimate.js';
import { formatBytes, formatCount, formatDuration, formatRu, formatRuPerSecond, shortNumber } from './sizes.js';

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

/** `about 12 (10 to 15) RU`, `about 3 min (2 min to 5 min)`; the bare figure where low and high read the same. */
export function estimateText(estimate: Estimate): string {
  const { unit } = estimate;
  const [low = '', expected = '', high = ''] = [estimate.low, estimate.expected, estimate.high].map((value) =>
    figureText(unit, value),
  );
  if (low === high) return expected;
  const [suffix] = / \D+$/.exec(expected) ?? [''];
  const isShared = unit !== 'milliseconds' && suffix !== '' && low.endsWith(suffix) && high.endsWith(suffix);
  if (!isShared) return `about ${expected} (${low} to ${high})`;
  const bare = (text: string): string => text.slice(0, -suffix.length);
  return `about ${bare(expected)} (${bare(low)} to ${bare(high)})${suffix}`;
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
