import { numberOf, type Params } from './params.js';
import { formatCount, formatCountOf } from './sizes.js';

/** How much was looked at, from the parameters `looked`, `of` and `full` of a finding: `among all 500 documents`, `in a sample of 100 of 5,000 documents`. */
export function lookedPhrase(p: Params): string {
  const looked = numberOf(p, 'looked');
  const all = numberOf(p, 'of');
  if (p['full'] === true) return `among all ${formatCountOf(looked, 'document')}`;
  if (all > looked) return `in a sample of ${formatCount(looked)} of ${formatCountOf(all, 'document')}`;
  return `in a sample of ${formatCountOf(looked, 'document')}`;
}

/** `1 document`, `3 documents`, by the parameter `count`; `what` is its plural. */
export function documentsIn(p: Params, what = 'documents'): string {
  return formatCountOf(numberOf(p, 'count'), what.slice(0, -1), what);
}
