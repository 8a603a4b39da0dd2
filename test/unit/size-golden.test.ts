import { describe, it } from 'vitest';
import ourPrices from '../../media/prices.json';
import { estimateCost } from '../../src/core/cost/estimate-cost.js';
import { priceList, type PriceFile } from '../../src/core/cost/price-list.js';
import { sizeForRu } from '../../src/core/size/ru-sizing.js';
import { sizeForVcore } from '../../src/core/size/vcore-sizing.js';
import { expectGolden } from '../golden/expect-golden.js';
import { largeArchive, ruTarget, skewedEvents, smallShop, type SizedSource } from './size-sources.js';

const prices = priceList(ourPrices as PriceFile);

function sized(source: SizedSource): object {
  const ru = sizeForRu({ ...source, target: ruTarget });
  const vcore = sizeForVcore(source);
  return { ru, vcore, cost: estimateCost({ prices, ru, vcore }) };
}

describe('sizes and costs of typical sources stay as they were reviewed', () => {
  it('a small shop of 5 GB', () => expectGolden('size-small-shop', rounded(sized(smallShop()))));
  it('200 GB of events in one collection', () => expectGolden('size-skewed-events', rounded(sized(skewedEvents()))));
  it('an archive of 3 TB of which little is known', () =>
    expectGolden('size-large-archive', rounded(sized(largeArchive()))));
});

/** Six digits: more would only make reviews harder. */
function rounded(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, entry: unknown) =>
    typeof entry === 'number' ? Number(entry.toPrecision(6)) : entry,
  );
}
