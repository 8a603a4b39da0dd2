import { describe, expect, it } from 'vitest';
import ourPrices from '../../media/prices.json';
import { COST_LINE_IDS, COST_WHY_IDS } from '../../src/core/cost/cost-ids.js';
import { estimateCost } from '../../src/core/cost/estimate-cost.js';
import { priceList, type PriceFile } from '../../src/core/cost/price-list.js';
import { MigrationError } from '../../src/core/model/error.js';
import { ASSUMPTION_IDS } from '../../src/core/size/assumption-ids.js';
import { sizeForRu } from '../../src/core/size/ru-sizing.js';
import { sizeForVcore } from '../../src/core/size/vcore-sizing.js';
import { VCORE_REASON_IDS } from '../../src/core/size/vcore-reason-ids.js';
import { costLineText, costNotice, costOptionName, costWhySentence, formatMoney } from '../../src/words/costs.js';
import { errorSentence } from '../../src/words/errors.js';
import { assumptionSentence, basisName, vcoreReasonSentence } from '../../src/words/sizing.js';
import { largeArchive, ruTarget, skewedEvents, smallShop } from './size-sources.js';

function expectSentence(text: string, id: string): void {
  expect(text).toMatch(/^["A-Z0-9]/);
  expect(text).toMatch(/\.$/);
  expect(text).not.toMatch(/undefined|unknown|NaN|\[object|\$\{|\.\.$/);
  if (id.includes('-')) expect(text).not.toContain(id);
}

/** Parameters with which no sentence of ours has a gap. */
const params = {
  ...{ ru: 10, ruPerDocument: 6, ruPerSecond: 4000, ruPerCore: 1000, factor: 1.4, share: 0.4, limit: 0.66, ratio: 3 },
  ...{ documents: 10, of: 100, indexes: 2, expected: 3, high: 6, low: 0.6, seconds: 60, by: 'watched', cores: 4 },
  ...{ shards: 2, budgets: 2, ms: 3_600_000, said: true, collections: 2, part: 100, bytes: 3e9, most: 10_000 },
  ...{ bytesPerSecond: 3e6, operationBytes: 16_384, writesPerSecond: 20, hours: 730, least: 0.1, regions: 2 },
  ...{ price: 'vcore-M30', amount: 0.5, unit: 'node-hour', date: '2026-01-01', nodes: 2, tier: 'M30', back: 'M30' },
  ...{ memoryGib: 8, vcores: 2, wanted: 3, gib: 128, iops: 4000, gives: 3500, tierGives: 3750, limitBytes: 4e12 },
  ...{ before: 4, gb: 12, maxRuPerSecond: 2000, first: 6000, from: 'mine.json' },
};

describe('words of sizes and costs', () => {
  it('has a sentence for every assumption, every reason of a cluster and every reason of a cost', () => {
    for (const id of ASSUMPTION_IDS) expectSentence(assumptionSentence({ id, params }), id);
    for (const id of VCORE_REASON_IDS) expectSentence(vcoreReasonSentence({ id, params }), id);
    for (const id of COST_WHY_IDS) expectSentence(costWhySentence({ id, params }), id);
    for (const id of COST_LINE_IDS) expect(costLineText({ id, params })).toMatch(/^[A-Z0-9].*[^.]$/);
  });

  it('has no gap in what real sources are told', () => {
    const prices = priceList(ourPrices as PriceFile);
    for (const source of [smallShop(), skewedEvents(), largeArchive()]) {
      const ru = sizeForRu({ ...source, target: ruTarget });
      const vcore = sizeForVcore(source);
      const cost = estimateCost({ prices, ru, vcore });
      const estimates = [
        ...[ru.migration, ru.migrationThroughput, ru.steady, ru.floorAfterBoost, ru.storage],
        ...ru.collections.flatMap((c) => [
          c.insert,
          c.query,
          c.replace,
          c.storage,
          c.partitions,
          ...(c.steady ? [c.steady] : []),
        ]),
        ...[vcore.workingSet, vcore.storage, ...(vcore.iops ? [vcore.iops] : [])],
        ...cost.options.flatMap(({ lines }) => lines.map(({ amount }) => amount)),
      ];
      for (const { assumptions } of estimates) {
        for (const assumption of assumptions) {
          expectSentence(assumptionSentence(assumption), assumption.id);
          expect(basisName(assumption.basis)).not.toBe('');
        }
      }
      for (const reason of [...vcore.reasons, ...vcore.alternatives.flatMap(({ reasons }) => reasons)]) {
        expectSentence(vcoreReasonSentence(reason), reason.id);
      }
      for (const { id, lines, why } of cost.options) {
        expect(costOptionName(id)).toMatch(/^(RU account|vCore cluster)/);
        for (const line of lines) expect(costLineText(line)).not.toMatch(/unknown|undefined|NaN/);
        for (const reason of why) expectSentence(costWhySentence(reason), reason.id);
      }
    }
  });

  it('says money with its range, whether by the month, and never as a quote', () => {
    const amount = { unit: 'money-per-month', low: 52.1, expected: 57.6, high: 1234.5, assumptions: [] } as const;
    expect(formatMoney(amount, 'USD')).toBe('USD 57.60 (52.10 to 1,235) a month');
    expect(formatMoney({ ...amount, unit: 'money', low: 57.6, high: 57.6 }, 'EUR')).toBe('EUR 57.60');
    expect(costNotice({ currency: 'USD', pricesAsOf: '2026-01-01', pricesFrom: 'mine.json' })).toContain('no quote');
  });

  it('says what is wrong with a file of prices', () => {
    const facts = { reason: 'prices-invalid', path: 'mine.json', problems: ['/prices/0/amount must be >= 0'] };
    expect(errorSentence(new MigrationError('bad-file', facts))).toContain(
      'It is no list of prices: /prices/0/amount must be >= 0.',
    );
  });
});
