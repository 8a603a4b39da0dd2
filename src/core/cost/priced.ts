/** Amounts of money, each with the price that it is made of. */
import type { CostOption } from '../model/assessment.js';
import type { CostLine, MethodCost } from '../model/cost.js';
import type { Assumption, Estimate } from '../model/estimate.js';
import { assume } from '../size/assumption-ids.js';
import { add, estimate, times, type Band } from '../size/bands.js';
import { costWhy, type CostLineId, type CostWhy } from './cost-ids.js';
import type { Price, PriceId, PriceList } from './price-list.js';

/** Which of the two sums a line belongs to. */
export type Period = 'monthly' | 'migration';

/** Lines of one way of paying; what has no price is noted, never guessed. */
export class PricedLines {
  readonly lines: CostLine[] = [];
  readonly missing = new Set<PriceId>();
  private readonly unpriced: Pick<CostLine, 'id' | 'params'>[] = [];
  private readonly amounts: Record<Period, Estimate[]> = { monthly: [], migration: [] };

  constructor(private readonly list: PriceList) {}

  /** @param units how many of what the price is for */
  add(
    period: Period,
    id: CostLineId,
    priceId: PriceId,
    units: Band,
    params: CostLine['params'],
    assumptions: readonly Assumption[],
  ): this {
    const price = this.list.prices.get(priceId);
    if (!price) {
      this.missing.add(priceId);
      this.unpriced.push({ id, params: { ...params, price: priceId, from: this.list.from } });
      return this;
    }
    const amount = estimate(period === 'monthly' ? 'money-per-month' : 'money', times(units, price.amount), [
      aboutPrice(price, this.list.currency),
      ...assumptions,
    ]);
    this.amounts[period].push(amount);
    this.lines.push({ id, amount, params: { ...params, price: price.amount, priceUnit: price.unit } });
    return this;
  }

  /** The option, its sums only where every line has a price. */
  option(id: CostOption['id'], possible: boolean, why: readonly CostWhy[]): CostOption {
    const known = this.missing.size === 0;
    const missing = [...this.missing];
    return {
      id,
      possible,
      why: [...why, ...missing.map((price) => costWhy('no-price-known', '-', { price, from: this.list.from }))],
      ...(known ? { monthly: this.sum('monthly'), migration: this.sum('migration') } : { missingPrices: missing }),
      lines: this.lines,
    };
  }

  /** What one method costs: the sum of what has a price, with all that it leaves out. */
  method(gaps: MethodCost['leftOut']): MethodCost {
    const amount = this.lines.length === 0 ? undefined : this.sum('migration');
    return {
      currency: this.list.currency,
      ...(amount ? { amount } : {}),
      lines: this.lines,
      leftOut: [...this.unpriced, ...gaps],
    };
  }

  private sum(period: Period): Estimate {
    const amounts = this.amounts[period];
    const unit = period === 'monthly' ? 'money-per-month' : 'money';
    return estimate(
      unit,
      add(...amounts),
      amounts.flatMap(({ assumptions }) => assumptions),
    );
  }
}

function aboutPrice(
  { id, amount, unit, source, date, unverified, isYours }: Price & { readonly isYours: boolean },
  currency: string,
): Assumption {
  const params = { price: id, amount, currency, unit, date };
  if (isYours) return assume('price-yours', 'said', params, source);
  return unverified === true
    ? assume('price-unverified', 'unverified', params, source)
    : assume('list-price', 'published', params, source);
}
