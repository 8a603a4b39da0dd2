/** The data of a busy server, as both the bench and its load know it. */
export const BUSY = {
  db: 'busy',
  collections: 200,
  /** In each, of about 1 KB, with two indexes. */
  documents: 500,
  documentBytes: 1024,
  collection: (n: number): string => `c${n}`,
} as const;
