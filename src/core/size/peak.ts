/** What the busiest time of a source has over the average that its counters tell: the same of request units, cores and disk operations. */
import type { Assumption } from '../model/estimate.js';
import type { OperationRates, SourceUsage } from '../model/usage.js';
import { assume } from './assumption-ids.js';
import type { Band } from './bands.js';

export type CountedBy = OperationRates['by'];

/**
 * By what the average is of. Nights and weekends are a part of what was counted since the server's start; who watches a source chooses a busy time, of which only minutes are
 * busier. Both judged: a day that does its work in eight hours has three times its average in them, and twice that in their busiest minutes.
 */
const PEAK: Readonly<Record<CountedBy, Band>> = {
  'since-start': { low: 1, expected: 3, high: 6 },
  watched: { low: 1, expected: 1.5, high: 3 },
};

export function peakOf(by: CountedBy): Band {
  return PEAK[by];
}

export function peakAssumption(by: CountedBy): Assumption {
  const { expected, high } = PEAK[by];
  return assume('peak-over-average', 'judged', { expected, high, by });
}

/** What the operations of a source are the average of; those by namespace cover the same time as those of the whole server. */
export function operationsCountedBy({ rates }: Pick<SourceUsage, 'rates'>): CountedBy {
  return rates?.by ?? 'since-start';
}

export function averageAssumption(usage: Pick<SourceUsage, 'rates'>): Assumption {
  const params = { seconds: usage.rates?.seconds ?? 0, by: operationsCountedBy(usage) };
  return assume('rates-averaged', 'measured', params, 'serverStatus');
}
