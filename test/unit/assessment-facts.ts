/** What was read of the demo's source, every document of it: see scripts/record-assessment.ts. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import ourPrices from '../../media/prices.json';
import type { SourceReadings } from '../../src/assembly/assess-source.js';
import type { AssessmentInput } from '../../src/core/assess/assessment-input.js';
import { priceList, type PriceFile } from '../../src/core/cost/price-list.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import { assumedTarget } from '../../src/core/plan/target.js';

const FILE = new URL('../golden/assessment-demo.json.gz', import.meta.url);

export function demoReadings(): SourceReadings {
  return JSON.parse(gunzipSync(readFileSync(FILE)).toString('utf8')) as SourceReadings;
}

export function demoInput(change: Partial<AssessmentInput> = {}): AssessmentInput {
  return {
    ...demoReadings(),
    name: 'demo-source',
    selection: EVERYTHING,
    targets: [{ description: assumedTarget('cosmos-ru') }, { description: assumedTarget('cosmos-vcore') }],
    prices: priceList(ourPrices as PriceFile),
    ...change,
  };
}
