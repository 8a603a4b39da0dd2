/** From what was looked at to the whole collection. */
import type { CollectionFacts } from '../model/facts.js';
import type { Assumption, Estimate } from '../model/estimate.js';
import type { CollectionScan, FieldScan } from '../model/scan.js';
import type { ShardKeyAssumptionId } from './reason-ids.js';

const ID = '_id';
/** One in twenty may mislead, half of them downwards. */
const MISLEADING = 0.025;
/** Neighbours in the order of `_id` may be alike: what they show may be off by so much. */
const STRETCH_FACTOR = 3;
/** Rule of three for one side of a 95 % band: -ln(0.025). */
const UNSEEN = 3.7;
/** What a heavy value may have been missed with: see core/scan/value-counts. */
const COUNT_ERROR = 1 / 512;
const BSON_BYTES: Assumption = { id: 'bson-bytes-stand-for-storage', params: {}, basis: 'judged' };
/** One list for all candidates of which nothing else is known: there may be tens of thousands. */
const NOT_LOOKED_AT = restsOn('partition-not-looked-at', {}, 'judged');

/**
 * Different values in the whole collection. Of a sample: values seen once stand for sqrt(N/n) values each, the others for themselves (M. Charikar et al., "Towards
 * estimation error guarantees for distinct values", PODS 2000), off by at most that factor. `_id` has as many as there are documents.
 */
export function distinctInAll(
  field: FieldScan,
  scan: CollectionScan,
): { readonly values: number; readonly exact: boolean } {
  const { values, exact, once = 0 } = field.distinct;
  const all = scan.documents >= scan.of;
  if (field.path === ID) return { values: scan.of, exact: all && (scan.duplicateIds ?? 0) === 0 };
  if (all || scan.documents === 0) return { values, exact };
  const grown = once * Math.sqrt(scan.of / scan.documents) + values - once;
  return { values: Math.min(scan.of, Math.round(grown)), exact: false };
}

/** Share of the documents without the field. */
export function missingShare(field: FieldScan, scan: CollectionScan): number {
  const seen = scan.documents - (field.unseen ?? 0);
  return seen > 0 ? Math.max(0, 1 - field.present / seen) : 1;
}

/** Shares of bytes of the heaviest values, documents without the field as one of them, largest first. */
export function heaviestShares(field: FieldScan, scan: CollectionScan): readonly number[] {
  const missing = missingShare(field, scan);
  return [...field.top.map(({ bytes }) => bytes), ...(missing > 0 ? [missing] : [])].sort((a, b) => b - a);
}

/** Bytes of the documents that share the most frequent value, in the whole collection; never less than one document. */
export function largestLogicalPartition(
  collection: Pick<CollectionFacts, 'logicalBytes' | 'averageBytes' | 'documents'>,
  scan: CollectionScan | undefined,
  field: FieldScan | undefined,
  distinct: number,
): Estimate {
  const total = collection.logicalBytes;
  const one = collection.averageBytes;
  if (!scan || !field || scan.documents === 0) {
    return estimate([one, total, total], total, one, NOT_LOOKED_AT);
  }
  const { documents, of } = scan;
  if (field.path === ID && (scan.duplicateIds ?? 0) === 0) {
    const largest = Math.max(one, scan.largestBytes);
    return estimate(
      [one, one, largest],
      Math.max(total, largest),
      one,
      restsOn('partition-of-one-document', {}, 'published'),
    );
  }
  const [share = 0, second = 0] = heaviestShares(field, scan);
  const params = { documents, of };
  const least = 1 / Math.max(1, distinct);
  if (documents >= of) {
    const high = field.distinct.exact ? share : share + COUNT_ERROR;
    return estimate(
      [share * total, share * total, high * total],
      total,
      one,
      restsOn('partition-of-all-documents', params, 'measured'),
    );
  }
  const unseen = UNSEEN / documents;
  if (scan.drawn !== 'random') {
    const high = Math.max(unseen, share * STRETCH_FACTOR);
    return estimate(
      [least * total, share * total, high * total],
      total,
      one,
      restsOn('partition-of-stretches', params, 'judged'),
    );
  }
  const [bandLow, bandHigh] = bandOf(field, scan, share);
  // The heaviest of so many in a sample is, as a rule, heavier there than in the whole: the lower end holds for all of them at once (Bonferroni).
  const wider = Math.sqrt(2 * Math.log(Math.max(2, distinct) / MISLEADING)) / 1.96;
  const low = Math.max(least, share - (share - bandLow) * wider);
  const standsOut = share > 2 * second;
  const seenOnce = share * documents < 1.5;
  const expected = seenOnce && !standsOut ? least : standsOut ? share : (share + Math.min(low, share)) / 2;
  return estimate(
    [low * total, expected * total, Math.max(unseen, bandHigh) * total],
    total,
    one,
    restsOn('partition-of-random-sample', params, 'measured'),
  );
}

/** The band of the heaviest value, or of the documents without the field where they are more. */
function bandOf(field: FieldScan, scan: CollectionScan, share: number): readonly [number, number] {
  const band = field.top[0]?.band;
  if (band && (field.top[0]?.bytes ?? 0) >= share) return band;
  const half = 1.96 * Math.sqrt((share * (1 - share)) / scan.documents);
  return [Math.max(0, share - half), Math.min(1, share + half)];
}

function estimate(
  [low, expected, high]: readonly [number, number, number],
  most: number,
  least: number,
  assumptions: readonly Assumption[],
): Estimate {
  const within = (bytes: number): number => Math.round(Math.min(Math.max(bytes, Math.min(least, most)), most));
  const middle = within(expected);
  return {
    unit: 'bytes',
    low: Math.min(within(low), middle),
    expected: middle,
    high: Math.max(within(high), middle),
    assumptions,
  };
}

function restsOn(
  id: ShardKeyAssumptionId,
  params: Assumption['params'],
  basis: Assumption['basis'],
): readonly Assumption[] {
  return [{ id, params, basis }, BSON_BYTES];
}
