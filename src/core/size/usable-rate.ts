import type { CollectionFacts, Throughput } from '../model/facts.js';
import { formatNamespace } from '../model/namespace.js';
import type { CollectionScan } from '../model/scan.js';
import { insertCharge } from './charges.js';
import { averageCharge, documentSizes } from './document-sizes.js';
import { scanOf } from './index-terms.js';
import { dataCollections } from './totals.js';

export interface RateFacts {
  /** Of every new collection. */
  readonly throughput?: Throughput;
  /** Of single ones, by their name on the source. */
  readonly collectionThroughput: Readonly<Record<string, Throughput>>;
  /** What takes part. */
  readonly collections: readonly CollectionFacts[];
  /** As measured. */
  readonly ruPerDocument?: number;
  readonly scans?: readonly CollectionScan[];
  readonly parallelCollections: number;
}

/**
 * RU/s that the whole copy gets on average: each collection is written at its own throughput, `parallelCollections` of them at a time, so it
 * takes as long as the slowest one alone or as all of them side by side, whichever is longer. Undefined where no throughput was said.
 */
export function usableRate(facts: RateFacts): number | undefined {
  const common = rateOf(facts.throughput);
  let total = 0;
  let slowest = 0;
  let oneByOne = 0;
  for (const c of dataCollections(facts.collections)) {
    const rate = rateOf(facts.collectionThroughput[formatNamespace(c.ns)]) ?? common;
    if (rate === undefined) return undefined;
    const each = averageCharge(documentSizes(c, scanOf(c.ns, facts.scans)), insertCharge).expected;
    const charge = c.documents * (facts.ruPerDocument ?? each);
    total += charge;
    slowest = Math.max(slowest, charge / rate);
    oneByOne += charge / rate;
  }
  return total === 0 ? common : total / Math.max(slowest, oneByOne / Math.max(1, facts.parallelCollections));
}

/** RU/s that one collection gets; undefined where that is not said. */
export function rateOf(throughput: Throughput | undefined): number | undefined {
  switch (throughput?.kind) {
    case 'manual':
      return throughput.ruPerSecond;
    case 'autoscale':
      return throughput.maxRuPerSecond;
    case 'serverless':
    case 'shared':
    case undefined:
      return undefined;
  }
}
