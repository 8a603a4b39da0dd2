/** What happened to the writes of one namespace of the target, exact, as the target acknowledged them. Operations are documents for inserts. */
export interface WriteCounts {
  /** Operations that the target acknowledged (inserted, matched or deleted), each once. */
  readonly acknowledged: number;
  /** Inserts whose very bytes were on the target already. */
  readonly alreadyThere: number;
  /** Inserts whose `_id` is on the target with other bytes: left, replaced (then acknowledged as well) or reported. Never dead letters. */
  readonly conflicts: number;
  readonly deadLettered: number;
  /** Errors handed to the tool because they are not about a document. */
  readonly failed: number;
  /** Operations sent, repeats included. */
  readonly sentOperations: number;
  /** Operations that came back throttled. */
  readonly throttledOperations: number;
  /** Document bytes acknowledged. */
  readonly bytes: number;
  /** Request units: measured where the target told, estimated from the measured ones in between. */
  readonly requestUnits: number;
}

export type MutableCounts = { -readonly [K in keyof WriteCounts]: WriteCounts[K] };

/** Nothing yet; also what a system leaves at that which does not tell it. */
export const NO_COUNTS: WriteCounts = {
  acknowledged: 0,
  alreadyThere: 0,
  conflicts: 0,
  deadLettered: 0,
  failed: 0,
  sentOperations: 0,
  throttledOperations: 0,
  bytes: 0,
  requestUnits: 0,
};
