/** The throughput of an account as Azure tells it: a table that the command line and VS Code show alike. */
import type { AzureThroughput } from '../core/model/azure-account.js';
import { formatCount } from './sizes.js';

export const THROUGHPUT_COLUMNS = [
  { title: 'Database or collection' },
  { title: 'RU/s', right: true },
  { title: 'Autoscale up to', right: true },
  { title: 'At least', right: true },
  { title: 'At once up to', right: true },
] as const satisfies readonly { readonly title: string; readonly right?: true }[];

export const NO_OWN_THROUGHPUT = 'No database or collection has throughput of its own.';
export const ABOVE_AT_ONCE = 'Above "at once up to", Azure splits partitions first, which takes hours.';

/** Cells under {@link THROUGHPUT_COLUMNS}; empty where Azure tells no figure. */
export function throughputCells(one: AzureThroughput): readonly [name: string, ...figures: string[]] {
  const figure = (value: number | undefined): string => (value === undefined ? '' : formatCount(value));
  return [
    one.budget.endsWith('.') ? `${one.budget.slice(0, -1)} (shared)` : one.budget,
    figure(one.ruPerSecond),
    figure(one.autoscaleMaxRuPerSecond),
    figure(one.minimumRuPerSecond),
    figure(one.instantMaximumRuPerSecond),
  ];
}
