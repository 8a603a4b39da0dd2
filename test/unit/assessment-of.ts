/** An assessment of made facts: a gigabyte of documents on a MongoDB of today, for both services, unless told. */
import ourPrices from '../../media/prices.json';
import type { AssessmentInput } from '../../src/core/assess/assessment-input.js';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import type { Rule } from '../../src/core/assess/rule.js';
import { priceList, type PriceFile } from '../../src/core/cost/price-list.js';
import type { Assessment } from '../../src/core/model/assessment.js';
import type { ClusterFacts, CollectionFacts } from '../../src/core/model/facts.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import { bytes, GIB } from '../../src/core/model/units.js';
import { assumedTarget } from '../../src/core/plan/target.js';
import { aCluster, aCollection, anInventory } from './core-builders.js';

export interface Facts extends Partial<AssessmentInput> {
  readonly source?: Partial<ClusterFacts>;
  readonly collections?: readonly CollectionFacts[];
}

export const RU = { description: assumedTarget('cosmos-ru') };
export const VCORE = { description: assumedTarget('cosmos-vcore') };
/** Of documents of a kilobyte. */
export const sized = (size: number, change: Partial<CollectionFacts> = {}): CollectionFacts =>
  aCollection('shop.orders', { documents: Math.ceil(size / 1024), logicalBytes: bytes(size), ...change });

export function assessmentOf(
  { source = {}, collections = [sized(GIB)], ...change }: Facts,
  rules?: readonly Rule[],
): Assessment {
  return makeAssessment(
    {
      madeAt: '2026-01-02T03:04:05.000Z',
      name: 'source',
      inventory: anInventory(collections, { cluster: aCluster(source) }),
      selection: EVERYTHING,
      scans: [],
      reads: [],
      gaps: [],
      targets: [RU, VCORE],
      prices: priceList(ourPrices as PriceFile),
      ...change,
    },
    rules,
  );
}
