import type { TargetReasonId } from '../core/advise/target-choice.js';
import type { TargetChoice } from '../core/model/assessment.js';
import type { TargetWish } from '../core/model/target-wishes.js';
import { shortTargetName } from './assessment-targets.js';
import { bytesOf, countOf, lookUp, numberOf, textOf, unknownId, type Params } from './params.js';
import { formatCount, formatCountOf } from './sizes.js';

const collections = (p: Params): string => formatCountOf(numberOf(p, 'collections'), 'collection');
const money = (p: Params, low: string, high: string): string =>
  `${formatCount(numberOf(p, low))} to ${formatCount(numberOf(p, high))} ${textOf(p, 'currency', '')}`.trim();

const SENTENCES: Readonly<Record<TargetReasonId, (params: Params) => string>> = {
  'no-blockers': () => 'Nothing was found that keeps the data from moving there.',
  blockers: (p) => `${formatCountOf(numberOf(p, 'count'), 'finding')} must be solved before it can take this source.`,
  'more-warnings': (p) => `It has ${formatCountOf(numberOf(p, 'count'), 'warning')} more than the other.`,
  'documents-over-2mb': (p) =>
    `Documents over 2 MB were seen in ${collections(p)}; it takes them only with a switch of the account, for new collections.`,
  'needs-shard-keys': (p) =>
    `A shard key has to be chosen for ${collections(p)} of more than ${bytesOf(p, 'limitBytes')}, and cannot be changed afterwards.`,
  'hot-partition': () => 'One physical partition gets more than its share, of the copy and possibly of everyday life.',
  'transactions-across-collections': () =>
    'Transactions are in use; here they stay within one collection without a shard key.',
  'transactions-as-known': () => 'Transactions over several collections work as on the source, for up to 30 seconds.',
  'text-search': () => 'Text indexes are carried over.',
  'text-search-unsupported': () => 'There are text indexes or text searches, and it has no text indexes.',
  'joins-in-use': (p) => `Queries put much together (${textOf(p, 'names')}), which is what it is made for.`,
  'joins-charged-by-read': (p) => `Each document that ${textOf(p, 'names')} read is charged.`,
  'point-reads-prevail': (p) =>
    `${countOf(p, 'percent')} % of the conditions that were seen compare with one value, which it answers for little.`,
  cheaper: (p) =>
    `By the prices given it costs ${money(p, 'low', 'high')} a month, the other ${money(p, 'otherLow', 'otherHigh')}.`,
  'cost-alike': (p) =>
    `By the prices given it costs ${money(p, 'low', 'high')} a month, the other ${money(p, 'otherLow', 'otherHigh')}: too near to each other to say which is cheaper.`,
  'cost-unknown': () => 'What it costs is not known, as there is no price for it: cost was not weighed.',
  'little-data': (p) => `${bytesOf(p, 'sizeBytes')} on disk are little: a small cluster holds them.`,
  'spreads-without-end': (p) => `${bytesOf(p, 'sizeBytes')} spread over as many partitions as they need.`,
  'global-writes': () => 'It takes writes in several regions.',
  'regions-for-reading': () => 'Its other regions are for reading only.',
  elastic: () => 'Its throughput follows the load within seconds.',
  'scaled-by-hand': () => 'It follows the load by moving to another tier.',
  'latency-promised': () => 'Its latency of single reads and writes is part of its service level agreement.',
  'usage-unknown': () => 'What the source is used for was not read, and counts for nothing here.',
};

const WISHES: Readonly<Record<TargetWish, string>> = {
  'global-writes': 'writes in several regions',
  elastic: 'throughput that follows a load which comes and goes within minutes',
  'low-latency': 'a promised latency of single reads and writes',
};

/** What is wanted of the service, as the end of a sentence. */
export function targetWishName(wish: TargetWish): string {
  return WISHES[wish];
}

/** One reason for or against a service. Never fails: an unknown id is shown as it is. */
export function targetReasonSentence({ reason }: TargetChoice['reasons'][number]): string {
  const sentence = lookUp(SENTENCES, reason.id);
  return sentence ? sentence(reason.params) : unknownId(reason.id, reason.params);
}

/** What could not be weighed: it speaks neither for a service nor against it, and is the same for both. */
const UNWEIGHED: ReadonlySet<string> = new Set<TargetReasonId>(['cost-unknown', 'usage-unknown']);

export function isWeighed({ reason }: TargetChoice['reasons'][number]): boolean {
  return !UNWEIGHED.has(reason.id);
}

/** Whether there was a price for both. */
export function isCostWeighed({ reasons }: Pick<TargetChoice, 'reasons'>): boolean {
  return !reasons.some(({ reason }) => reason.id === 'cost-unknown');
}

/** What could not be weighed, each once; of a cost also whose it is. */
export function unweighedSentences({ reasons }: Pick<TargetChoice, 'reasons'>): readonly string[] {
  const unweighed = reasons.filter((one) => !isWeighed(one));
  const unpriced = unweighed.filter(({ reason }) => reason.id === 'cost-unknown');
  const names = unpriced.map(({ target }) => shortTargetName(target)).join(' and ');
  return [
    ...(unpriced.length > 0 ? [`The cost: there is no price for ${names}.`] : []),
    ...new Set(unweighed.filter((one) => !unpriced.includes(one)).map(targetReasonSentence)),
  ];
}

/** The answer in one sentence, with no more certainty than there is. */
export function targetChoiceSentence({ advised, reasons }: Pick<TargetChoice, 'advised' | 'reasons'>): string {
  const weighed = formatCountOf(reasons.filter(isWeighed).length, 'thing was', 'things were');
  if (advised === 'either') return `Both services would do: ${weighed} weighed, and neither is clearly ahead.`;
  return `${shortTargetName(advised)} suits it better: ${weighed} weighed, for and against.`;
}
