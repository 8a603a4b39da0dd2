/** What a write command's statements cost and where they go, before any of them is admitted. */

export interface StatementError {
  readonly code: number;
  readonly errmsg: string;
}

export interface PricedStatements {
  readonly statements: readonly { readonly start: number; readonly length: number }[];
  readonly charges: readonly number[];
  /** Physical partition of each, or ALL_PARTITIONS. */
  readonly partitions: readonly number[];
  /** Statements that the service refuses for good, by index. */
  readonly refusals: ReadonlyMap<number, StatementError>;
}

const TWO_MB = 2 * 1024 * 1024;
const SIXTEEN_MB = 16 * 1024 * 1024;

export function maxDocumentBytes(document16Mb: boolean): number {
  return document16Mb ? SIXTEEN_MB : TWO_MB;
}

/** The text is the service's, the code a model value (facts section 8.5). */
export const TOO_LARGE: StatementError = { code: 16, errmsg: 'Request size is too large' };

export function noShardKey(shardKey: string): StatementError {
  return {
    code: 61,
    errmsg: `document does not contain shard key for pattern { ${shardKey}: "hashed" }`,
  };
}

export const IMMUTABLE_SHARD_KEY: StatementError = {
  code: 66,
  errmsg: 'The shard key value of a document cannot be changed.',
};
