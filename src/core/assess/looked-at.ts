/** What was seen of a collection's documents, and how much of it was looked at. */
import type { CollectionScan, FieldScan } from '../model/scan.js';
import { isWhole } from '../scan/is-whole.js';
import { idTypesSeen } from '../size/totals.js';
import type { AssessedCollection, RuleHit } from './rule.js';

/** How much was looked at: `full` only where every document was read to the end. */
export interface LookedAt {
  readonly looked: number;
  readonly of: number;
  readonly full: boolean;
}

/** How many documents a scan has read, and of how many. */
export function lookedAt(scan: CollectionScan): LookedAt {
  return { looked: scan.documents, of: scan.of, full: isWhole(scan) };
}

/** The largest document seen, by a scan, by the sample of the size analysis, or by both; nothing where none was looked at. */
export function largestSeen({ facts, scan }: AssessedCollection): (LookedAt & { readonly bytes: number }) | undefined {
  const { sample } = facts;
  const bytes = Math.max(scan?.largestBytes ?? 0, sample?.largestBytes ?? 0);
  if (scan) return { bytes, ...lookedAt(scan) };
  if (!sample) return undefined;
  const looked = sample.sampledDocuments;
  return { bytes, looked, of: Math.max(looked, facts.documents), full: false };
}

/** Documents above a size; nothing where the limit lies within one of the stretches of sizes that they were counted by. */
export function documentsOver(scan: CollectionScan, limitBytes: number): number | undefined {
  if (!scan.sizes.some(({ upTo }) => upTo === limitBytes)) return undefined;
  return scan.sizes.reduce((sum, { upTo, documents }) => sum + (upTo === null || upTo > limitBytes ? documents : 0), 0);
}

/** For rules on large documents: the largest, how many where a scan counted them, and how much was looked at. */
export function overParams(collection: AssessedCollection, limitBytes: number): RuleHit['params'] {
  const { scan } = collection;
  const count = scan && documentsOver(scan, limitBytes);
  // The sample of the size analysis may have met one that the scan has not.
  return { ...largestSeen(collection), ...(count === undefined || count === 0 ? {} : { count }) };
}

/** What a scan says of a field; nothing where there was none or the field was not looked at. */
export function fieldScan({ scan }: AssessedCollection, path: string): FieldScan | undefined {
  return scan?.fields.find((field) => field.path === path);
}

/** What a scan says of the shard key that the collection has, or gets, on an RU account. */
export function shardKeyScan(collection: AssessedCollection): FieldScan | undefined {
  return collection.shardPath === undefined ? undefined : fieldScan(collection, collection.shardPath);
}

/** Types of `_id` seen by a scan and by the sample. */
export function idTypes({ facts, scan }: AssessedCollection): readonly string[] {
  const scanned = Object.entries(scan?.id.types ?? {}).flatMap(([type, count]) => (count > 0 ? [plainName(type)] : []));
  return [...new Set([...idTypesSeen(facts).map(plainName), ...scanned])];
}

/** `$type` says `binData` for what the facts call `binary`. */
function plainName(type: string): string {
  return type === 'binData' ? 'binary' : type;
}

/** Bytes that the most frequent value of a field has in the whole collection, with the bounds of it where the documents were drawn at random. */
export function largestValue(
  { facts }: AssessedCollection,
  field: FieldScan,
): { readonly bytes: number; readonly lowBytes?: number; readonly highBytes?: number } {
  const [first] = [...field.top].sort((a, b) => b.bytes - a.bytes);
  if (!first) return { bytes: 0 };
  const bytes = first.bytes * facts.logicalBytes;
  if (!first.band) return { bytes };
  const [low, high] = first.band;
  return { bytes, lowBytes: low * facts.logicalBytes, highBytes: high * facts.logicalBytes };
}

/** Documents without a field. Those that were looked at before the field was followed say nothing. */
export function missingIn(scan: CollectionScan, field: FieldScan): number {
  return Math.max(0, scan.documents - (field.unseen ?? 0) - field.present);
}
