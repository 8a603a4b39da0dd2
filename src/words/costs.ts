/** Costs in words. Nothing here is a quote, and the texts say so. */
import type { CostGapId, CostLineId, CostWhyId } from '../core/cost/cost-ids.js';
import type { CostEstimate, CostOption } from '../core/model/assessment.js';
import type { CostLine, MethodCost } from '../core/model/cost.js';
import type { Estimate } from '../core/model/estimate.js';
import type { Reason } from '../core/model/method.js';
import {
  bytesOf,
  countOf,
  lookUp,
  numberOf,
  percentOf,
  roughDurationOf,
  roughRuOf,
  ruPerSecondOf,
  shortOf,
  textOf,
  unknownId,
  type Params,
} from './params.js';
import { formatCount, formatCountOf, shortNumber } from './sizes.js';
import { priceName } from './sizing.js';

const OPTIONS: Readonly<Record<CostOption['id'], string>> = {
  'ru-manual': 'RU account, manual throughput',
  'ru-autoscale': 'RU account, autoscale',
  'ru-serverless': 'RU account, serverless',
  vcore: 'vCore cluster',
};

/** Name of a way of paying. */
export function costOptionName(id: CostOption['id']): string {
  return OPTIONS[id];
}

const times = (p: Params): string => {
  const regions = numberOf(p, 'regions');
  return regions > 1 ? ` in ${formatCount(regions)} regions` : '';
};
const billed = (p: Params): string => {
  const hours = shortOf(p, 'hours');
  return `billed for ${hours} ${hours === '1' ? 'hour' : 'hours'}`;
};
const nodes = (p: Params): string => formatCountOf(numberOf(p, 'nodes'), 'node');

const LINES: Readonly<Record<CostLineId, (params: Params) => string>> = {
  'throughput-manual': (p) => `${ruPerSecondOf(p, 'ruPerSecond')} for ${countOf(p, 'hours')} hours${times(p)}`,
  'throughput-autoscale': (p) =>
    `Up to ${ruPerSecondOf(p, 'maxRuPerSecond')}, ${percentOf(p, 'share')} of it in an average hour, for ${countOf(p, 'hours')} hours${times(p)}`,
  serverless: (p) => `${ruPerSecondOf(p, 'ruPerSecond')} on average`,
  storage: (p) => `${bytesOf(p, 'bytes')} of documents and indexes, billed as ${shortOf(p, 'gb')} GB${times(p)}`,
  'migration-boost': (p) =>
    `${ruPerSecondOf(p, 'ruPerSecond')} for ${shortOf(p, 'hours')} hours of the copy${numberOf(p, 'first') > numberOf(p, 'ruPerSecond') ? `, the first of them at ${ruPerSecondOf(p, 'first')} to get the partitions` : ''}${times(p)}`,
  'migration-autoscale': (p) =>
    `${percentOf(p, 'share')} more of ${ruPerSecondOf(p, 'maxRuPerSecond')} for ${shortOf(p, 'hours')} hours of the copy, which autoscale goes up for${times(p)}`,
  'migration-serverless': (p) => `${roughRuOf(p, 'ru')} for writing and checking every document`,
  'vcore-compute': (p) => `${nodes(p)} of ${textOf(p, 'tier')} for ${countOf(p, 'hours')} hours`,
  'vcore-storage': (p) => `${nodes(p)} with ${countOf(p, 'gib')} GiB of disk each`,
  'migration-vcore': (p) => `${nodes(p)} of ${textOf(p, 'tier')} for ${shortOf(p, 'hours')} hours of the copy`,
  'held-manual': (p) =>
    `Manual throughput of ${ruPerSecondOf(p, 'ruPerSecond')}${times(p)}, ${billed(p)}${numberOf(p, 'first') > numberOf(p, 'ruPerSecond') ? `, the first of them at ${ruPerSecondOf(p, 'first')} to get the partitions` : ''}`,
  'held-autoscale': (p) => `Autoscale at ${ruPerSecondOf(p, 'maxRuPerSecond')}, its maximum${times(p)}, ${billed(p)}`,
  'held-serverless': (p) => `${roughRuOf(p, 'ru')} for writing every document`,
  'held-vcore': (p) => `${nodes(p)} of ${textOf(p, 'tier')}, ${billed(p)}`,
  'data-factory-units': (p) =>
    `Data Factory: ${formatCountOf(numberOf(p, 'copies'), 'copy', 'copies')} at once with ${countOf(p, 'units')} data integration units each, for ${roughDurationOf(p, 'ms')}`,
  'databricks-nodes': (p) => `Databricks: ${nodes(p)}, machine and DBUs, for ${roughDurationOf(p, 'ms')}`,
  'dms-service': (p) => `Azure Database Migration Service for ${roughDurationOf(p, 'ms')}`,
  machine: (p) => `The machine that it runs on, for ${roughDurationOf(p, 'ms')}`,
};

/** What one line pays for. */
export function costLineText({ id, params }: Pick<CostLine, 'id' | 'params'>): string {
  return lookUp<(p: Params) => string>(LINES, id)?.(params) ?? unknownId(id, params);
}

const GAPS: Readonly<Record<CostGapId, string>> = {
  'throughput-not-said': 'the throughput of the target, which nobody has said',
  'cluster-not-sized': 'the cluster that is written to, which was not sized',
  'data-factory-runs': 'activity runs of Data Factory and the storage of its marks',
  'studio-3t-licence': 'the licence of Studio 3T',
};

/** What a method costs besides the figure, in one sentence for what has no price and one for the rest. */
function leftOutSentences({ amount, leftOut }: MethodCost): readonly string[] {
  const unpriced = leftOut.filter(({ params }) => 'price' in params).map(costLineText);
  const others = leftOut
    .filter(({ params }) => !('price' in params))
    .map(({ id, params }) => lookUp<string>(GAPS, id) ?? unknownId(id, params));
  const inSentence = (texts: readonly string[]): string => texts.join('; ').replace(/(^|; )The /g, '$1the ');
  return [
    ...(unpriced.length > 0
      ? [`${amount ? 'Not in it, as no price is known' : 'No price is known'}: ${inSentence(unpriced)}.`]
      : []),
    ...(others.length > 0 ? [`${amount ? 'Not in it' : 'Not reckoned'}: ${inSentence(others)}.`] : []),
  ];
}

/** What moving the data costs by a method: the figure, what it is for, and what it does not hold. */
export function methodCostTexts(cost: MethodCost): {
  readonly amount: string;
  readonly lines: readonly string[];
  readonly leftOut: readonly string[];
} {
  const { amount, currency, lines } = cost;
  return {
    amount: amount ? formatMoney(amount, currency) : 'not known',
    lines: lines.map((line) =>
      lines.length === 1 ? costLineText(line) : `${formatMoney(line.amount, currency)}: ${costLineText(line)}`,
    ),
    leftOut: leftOutSentences(cost),
  };
}

const BREAK_EVEN_SOURCE = 'learn.microsoft.com/azure/cosmos-db/how-to-choose-offer';

const WHYS: Readonly<Record<CostWhyId, (params: Params) => string>> = {
  'load-is-even': (p) =>
    `The load is even: an average hour uses ${percentOf(p, 'share')} of the everyday throughput. Above ${percentOf(p, 'limit')} manual throughput is cheaper than autoscale (${BREAK_EVEN_SOURCE}).`,
  'load-is-uneven': (p) =>
    `The load is uneven: an average hour uses ${percentOf(p, 'share')} of the everyday throughput. Below ${percentOf(p, 'limit')} autoscale is cheaper than manual throughput (${BREAK_EVEN_SOURCE}).`,
  'load-not-known': (p) =>
    `How even the load is, is not known: autoscale is cheaper where an average hour uses less than ${percentOf(p, 'limit')} of the everyday throughput (${BREAK_EVEN_SOURCE}).`,
  'paid-by-use': () => 'Paid by use, with no throughput that is guaranteed: for little or rare use.',
  'no-price-known': (p) => `${priceName(p)}: no price known. Put yours into a file of prices, and it is reckoned.`,
  'serverless-one-region': (p) =>
    `A serverless account has one region, and ${countOf(p, 'regions')} are reckoned with.`,
  'serverless-storage-limit': (p) =>
    `A serverless collection holds ${bytesOf(p, 'limitBytes')} at most: too little for ${formatCountOf(numberOf(p, 'collections'), 'collection')}.`,
  'serverless-throughput-limit': (p) =>
    `A serverless collection gives about ${ruPerSecondOf(p, 'ruPerSecond')}: too little for ${formatCountOf(numberOf(p, 'collections'), 'collection')} at the busiest time.`,
  'raised-for-the-copy': (p) => `For the copy it is raised, to ${ruPerSecondOf(p, 'ruPerSecond')} at most.`,
  'floor-stays': (p) => `After that it can never be set below ${ruPerSecondOf(p, 'ruPerSecond')} again.`,
  'availability-in-price': (p) => `High availability is in it: ${nodes(p)}.`,
};

/** Why a way of paying suits, or cannot be. */
export function costWhySentence({ id, params }: Pick<Reason, 'id' | 'params'>): string {
  return lookUp<(p: Params) => string>(WHYS, id)?.(params) ?? unknownId(id, params);
}

/** `USD 57.60 (52 to 120)`; whole units from 100 on. */
export function formatMoney(amount: Estimate, currency: string): string {
  const [low, expected, high] = [amount.low, amount.expected, amount.high].map(money);
  const range = low === high ? '' : ` (${low ?? ''} to ${high ?? ''})`;
  return `${currency} ${expected ?? ''}${range}${amount.unit === 'money-per-month' ? ' a month' : ''}`;
}

function money(value: number): string {
  if (value >= 100) return formatCount(value);
  return value >= 0.1 ? value.toFixed(2) : shortNumber(value);
}

/** To be shown wherever a cost is. */
export function costNotice({
  currency,
  pricesAsOf,
  pricesFrom,
}: Pick<CostEstimate, 'currency' | 'pricesAsOf' | 'pricesFrom'>): string {
  return (
    `Estimates in ${currency} by list prices (${pricesFrom}, the oldest of ${pricesAsOf}), no quote: without discounts, reservations, free tiers, ` +
    'backups, traffic and taxes. Look at the prices of your region, and put yours into a file of prices.'
  );
}
