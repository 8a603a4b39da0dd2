/** What became of one index of the source. `building`: the target took it and is still building in the background. */
export type IndexOutcome =
  | { readonly kind: 'created'; readonly building?: boolean }
  | { readonly kind: 'rewritten'; readonly why: string; readonly building?: boolean }
  | { readonly kind: 'skipped'; readonly why: string }
  /** An equal one was there, from an earlier try or made by the server. */
  | { readonly kind: 'existed' }
  /** `message` is the server's, redacted. */
  | { readonly kind: 'failed'; readonly code: number; readonly message: string };

export interface IndexReport {
  /** `db.coll` on the target. */
  readonly ns: string;
  readonly index: string;
  readonly outcome: IndexOutcome;
}

/** What became of one collection or view of the plan before the data. */
export interface PreparedCollection {
  readonly ns: string;
  readonly outcome:
    | { readonly kind: 'created' }
    /** `holdsDocuments`: from an earlier try, or the user's own. */
    | { readonly kind: 'existed'; readonly holdsDocuments: boolean }
    | { readonly kind: 'failed'; readonly code: number; readonly message: string };
  readonly indexes: readonly IndexReport[];
}
