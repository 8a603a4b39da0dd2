import type { Namespace } from './namespace.js';

/** Why a target refused a document for good. */
export interface DeadLetterReason {
  /** The server's error code; 0 where the document was not even sent. */
  readonly code: number;
  readonly codeName?: string;
  /** The server's text, redacted. */
  readonly message: string;
  /** How often the document was sent. */
  readonly attempts: number;
}

/** `codeName` of documents that could not be changed as the plan says: they are kept as they are on the source, and never sent so. */
export const UNTRANSFORMED = 'CannotBeTransformed';

/** One line of the dead-letter index. The document itself lies beside it, whole. */
export interface DeadLetterEntry {
  /** `db.coll` on the target. */
  readonly ns: string;
  /** `_id` as canonical Extended JSON; null where the document has none or it cannot be decoded (`idHex` tells it all the same). */
  readonly id: unknown;
  /** BSON type byte and value bytes of `_id`, hexadecimal; empty where the document has none. */
  readonly idHex: string;
  readonly code: number;
  readonly codeName?: string;
  readonly message: string;
  /** Length of the document and where it starts in the namespace's `.bson` file. */
  readonly bytes: number;
  readonly offset: number;
  /** First 32 hexadecimal digits of the document's SHA-256. */
  readonly digest: string;
  readonly attempts: number;
  /** ISO time. */
  readonly at: string;
}

/** Keeps documents that the target refuses. `ns` is the namespace on the target: the writer knows no other. */
export interface DeadLetterSink {
  /** Resolves when the document is on disk: only then may the writer go on without it. The same document is kept once. */
  add(ns: Namespace, document: Uint8Array, why: DeadLetterReason): Promise<void>;
  flush(): Promise<void>;
  /** Distinct `_id`s kept, of one namespace or of all. */
  count(ns?: Namespace): number;
}

/** Which dead letters are to be sent again; what is left out stands for all. */
export interface DeadLetterChoice {
  /** `db.coll` on the target. */
  readonly namespaces?: ReadonlySet<string>;
  /** `_id`s as {@link isChosen} knows them. */
  readonly ids?: readonly string[];
}

/**
 * Whether a dead letter is among the chosen ones. An `_id` is told by its bytes in hexadecimal (`idHex`), as canonical Extended JSON, or, where it is a string, an ObjectId or a
 * number, by that alone.
 */
export function isChosen(
  { namespaces, ids }: DeadLetterChoice,
  entry: Pick<DeadLetterEntry, 'ns' | 'id' | 'idHex'>,
): boolean {
  if (namespaces && !namespaces.has(entry.ns)) return false;
  if (!ids) return true;
  const known = new Set([entry.idHex, JSON.stringify(entry.id) ?? '', plainId(entry.id)].filter((text) => text !== ''));
  return ids.some((id) => known.has(id));
}

/** What people call an `_id`: the text of a string, an ObjectId or a number; otherwise empty. */
export function plainId(id: unknown): string {
  if (typeof id === 'string') return id;
  if (typeof id !== 'object' || id === null) return '';
  const [[name, value] = ['', undefined], ...more] = Object.entries(id);
  const isPlain = ['$oid', '$numberInt', '$numberLong', '$numberDouble', '$numberDecimal'].includes(name);
  return isPlain && more.length === 0 && typeof value === 'string' ? value : '';
}
