import type { DeadLetterSink } from '../core/model/dead-letter.js';
import type { Namespace } from '../core/model/namespace.js';

/** Where documents go that the target refuses for good: `add` resolves when the document is safe on disk. */
export type DeadLetterPort = Pick<DeadLetterSink, 'add'>;

/**
 * What to do when an insert meets a document with its `_id`. `report`: the tool is told, as a server would (but what the relay itself
 * may have written is looked at first). The others compare bytes; equal documents are never a conflict.
 */
export type DuplicatePolicy =
  | { readonly kind: 'report' }
  | { readonly kind: 'fail'; readonly onConflict: (ns: Namespace, id: Uint8Array) => void }
  | { readonly kind: 'skip' }
  | { readonly kind: 'overwrite' }
  | { readonly kind: 'dead-letter' };

/** `equal`: ours or the same; `refused`: a dead letter; `reported`: the tool is told. */
export type DuplicateOutcome = 'equal' | 'replaced' | 'skipped' | 'refused' | 'reported';
