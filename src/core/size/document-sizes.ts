/** How large the documents of a collection are, and what a charge by size comes to on average. */
import type { CollectionFacts } from '../model/facts.js';
import type { CollectionScan } from '../model/scan.js';
import { MIB } from '../model/units.js';
import { isWhole } from '../scan/is-whole.js';
import { band, type Band } from './bands.js';
import { CHARGE_KNOTS } from './charges.js';
import { averageDocumentBytes } from './collection-shape.js';

/** Documents between two sizes, with their mean; bytes. */
interface Stretch {
  /** Of all documents, 0 to 1. */
  readonly share: number;
  readonly from: number;
  readonly mean: number;
  readonly to: number;
}

export interface DocumentSizes {
  readonly known: 'scanned' | 'sampled' | 'averaged';
  /** Documents that were looked at; 0 where only their average is known. */
  readonly looked: number;
  readonly stretches: readonly Stretch[];
}

/** Largest document that an RU account takes without a capability; nothing larger is reckoned with where no document was seen. */
const LARGEST_ASSUMED = 2 * MIB;

/** From the classes of a scan where there is one that has seen documents, else from the average that the source counts. */
export function documentSizes(collection: CollectionFacts, scan?: CollectionScan): DocumentSizes {
  if (scan && scan.documents > 0) {
    let from = 0;
    const stretches: Stretch[] = [];
    for (const { upTo, documents, bytes } of scan.sizes) {
      const to = Math.max(from, Math.min(upTo ?? scan.largestBytes, Math.max(scan.largestBytes, from)));
      if (documents > 0) stretches.push({ share: documents / scan.documents, from, mean: bytes / documents, to });
      from = upTo ?? to;
    }
    return { known: isWhole(scan) ? 'scanned' : 'sampled', looked: scan.documents, stretches };
  }
  const mean = averageDocumentBytes(collection);
  const to = Math.max(mean, collection.sample?.largestBytes ?? LARGEST_ASSUMED);
  return { known: 'averaged', looked: 0, stretches: [{ share: 1, from: 0, mean, to }] };
}

/**
 * The average of a charge over the documents. `charge` is linear between neighbouring {@link CHARGE_KNOTS}: within a stretch that holds no knot its mean is exact;
 * elsewhere `low` and `high` are the least and the greatest that documents of that mean size can come to, whichever way they are spread.
 * @param scale of every size: what the service measures for a byte of BSON
 */
export function averageCharge({ stretches }: DocumentSizes, charge: (bytes: number) => number, scale = 1): Band {
  let low = 0;
  let expected = 0;
  let high = 0;
  for (const { share, from, mean, to } of stretches) {
    const part = chargeWithin({ from: from * scale, mean: mean * scale, to: to * scale }, charge);
    low += share * part.low;
    expected += share * part.expected;
    high += share * part.high;
  }
  return band(low, expected, high);
}

/** A mix of two sizes is the most uneven one: every bound is a chord between two points at which the charge bends, or the ends. */
function chargeWithin(
  { from, mean, to }: { readonly from: number; readonly mean: number; readonly to: number },
  charge: (bytes: number) => number,
): Band {
  const expected = charge(mean);
  const bends = CHARGE_KNOTS.filter((knot) => knot > from && knot < to);
  if (bends.length === 0 || to <= from) return { low: expected, expected, high: expected };
  const points = [from, ...bends, to].map((bytes) => [bytes, charge(bytes)] as const);
  let low = expected;
  let high = expected;
  for (const [x1, y1] of points) {
    for (const [x2, y2] of points) {
      if (x1 > mean || x2 < mean || x1 === x2) continue;
      const chord = y1 + ((mean - x1) / (x2 - x1)) * (y2 - y1);
      low = Math.min(low, chord);
      high = Math.max(high, chord);
    }
  }
  return { low, expected, high };
}
