import { equalButEmptyTimestamps } from '../bson/empty-timestamps.js';
import { firstName } from '../bson/raw-document.js';
import type { ConflictPolicy } from '../model/plan.js';

/** What an insert that met a duplicate key has found. */
export type Duplicate =
  /** The target has the document already: our own earlier sending, or somebody's copy. `exact`: but for a timestamp that its server filled in. */
  | { readonly kind: 'equal'; readonly exact: boolean }
  /** `sameId` documents have its `_id` and other bytes; 0 where another document holds the same value of a unique index. */
  | { readonly kind: 'conflict'; readonly sameId: number };

/** `stored`: the target's documents with this document's `_id`. */
export function lookAtDuplicate(document: Buffer, stored: readonly Buffer[]): Duplicate {
  let exact = false;
  let equal = false;
  for (const one of stored) {
    if (one.equals(document)) exact = true;
    else if (equalButEmptyTimestamps(document, one)) equal = true;
  }
  return exact || equal ? { kind: 'equal', exact } : { kind: 'conflict', sameId: stored.length };
}

/** `refuse`: a dead letter; `stop`: the user wants to know before anything else happens. */
export type ConflictAction = 'stop' | 'skip' | 'refuse' | 'replace';

/** What the plan's policy says to a conflict. */
export function actionOnConflict(policy: ConflictPolicy, sameId: number, document: Buffer): ConflictAction {
  // Another document holds the same value of a unique index: no policy can make room for both.
  if (sameId === 0) return 'refuse';
  switch (policy) {
    case 'fail':
      return 'stop';
    case 'skip':
      return 'skip';
    case 'dead-letter':
      return 'refuse';
    case 'overwrite':
      // Which of several would be replaced is left to chance, and a document with operators for names would be run as an update.
      return sameId > 1 || firstName(document).startsWith('$') ? 'refuse' : 'replace';
  }
}

/** Conflicts that are neither copied nor dead letters: one that was overwritten has arrived. `found`: without those that became dead letters. */
export function conflictsLeft(policy: ConflictPolicy, found: number): number {
  return policy === 'overwrite' ? 0 : found;
}
