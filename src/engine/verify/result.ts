/** What verification says of one collection: plain data, stored in the journal and shown in the report. */
import type { SourceWrites } from './source-writes.js';

/**
 * How documents were put into groups on both sides: `_id` ranges that both servers honour, or groups by the hash of `_id` in one pass. `streamed`: the source was
 * hashed while it was copied, and read again only where the target did not agree. `spark-job`: both sides were read and compared by a Spark job elsewhere.
 */
export type VerificationMeans = 'id-ranges' | 'one-pass' | 'streamed' | 'spark-job' | 'counts' | 'definition';

export interface SideEvidence {
  readonly documents: number;
  /** BSON bytes read. */
  readonly bytes: number;
  /** Sum of the documents' digests, 32 hexadecimal digits; empty where nothing was hashed. */
  readonly digest: string;
}

export interface VerificationEvidence {
  readonly means: VerificationMeans;
  readonly source: SideEvidence;
  readonly target: SideEvidence;
  /** Ranges that were compared (1 for one pass). */
  readonly ranges: number;
  readonly seconds: number;
  /** When the comparison had ended, ISO time. */
  readonly at?: string;
  /** What the source had counted of writes before it was compared, and when that had ended; absent where it does not tell. */
  readonly writes?: SourceWrites;
  /** Dead letters: left out on both sides. `onTarget` tells how many of their `_id`s the target holds. */
  readonly deadLettered: { readonly known: number; readonly onSource: number; readonly onTarget: number };
  /** Documents whose empty timestamps, replaced by the target's server on insert, were set right. */
  readonly mended: number;
}

export type DifferenceKind = 'missing' | 'extra' | 'different';

export interface DocumentDifference {
  readonly kind: DifferenceKind;
  /** `_id` as canonical Extended JSON; null where it cannot be decoded. */
  readonly id: unknown;
  /** Type byte and value bytes of `_id`, hexadecimal; cut after 512 digits. */
  readonly idHex: string;
}

export interface DefinitionDifference {
  /** `index:<name>`, `option:<name>` or `collection`. */
  readonly what: string;
  readonly kind: DifferenceKind;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

export interface Differences {
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  /** False where the totals are lower bounds: counting them all would have read the collection too often. */
  readonly exact: boolean;
  /** The first ones, up to the limit. */
  readonly documents: readonly DocumentDifference[];
  readonly definition: readonly DefinitionDifference[];
}

export const NO_DIFFERENCES: Differences = {
  missing: 0,
  extra: 0,
  different: 0,
  exact: true,
  documents: [],
  definition: [],
};

export type UnverifiedReason =
  /** Only counts were asked for, and they agree. */
  | 'counts-only'
  /** The source was written to meanwhile; `differences` are what was seen. */
  | 'source-moved'
  /** A side could not be read; `detail` has the server's redacted words. */
  | 'unreadable';

interface ResultBase {
  /** `db.coll` on the target and on the source. */
  readonly ns: string;
  readonly source: string;
  readonly evidence: VerificationEvidence;
}

export type VerificationResult =
  | (ResultBase & { readonly kind: 'equal' })
  | (ResultBase & { readonly kind: 'different'; readonly differences: Differences })
  | (ResultBase & {
      readonly kind: 'unverified';
      readonly why: UnverifiedReason;
      readonly detail?: string;
      readonly differences: Differences;
    });

/**
 * The result as far as it is about documents: equal where nothing but the definition (indexes, options) differs. Undefined where the documents were not compared,
 * or not found equal.
 */
export function provenDocuments(result: VerificationResult): VerificationResult | undefined {
  const { ns, source, evidence } = result;
  if (evidence.means === 'counts' || evidence.means === 'definition') return undefined;
  if (result.kind === 'equal') return result;
  return result.kind === 'different' && !hasDocumentDifferences(result.differences)
    ? { ns, source, evidence, kind: 'equal' }
    : undefined;
}

/** The target lacks a document, or has one with other content: what copying again can set right. A document too many stays. */
export function lacksDocuments(result: VerificationResult): boolean {
  if (result.kind === 'unverified') return result.why === 'source-moved';
  if (result.kind === 'equal') return false;
  const { missing, different, exact } = result.differences;
  return missing + different > 0 || !exact;
}

function hasDocumentDifferences({ missing, extra, different, exact }: Differences): boolean {
  return missing + extra + different > 0 || !exact;
}
