/** Where an assumption is from. `unverified`: said somewhere, confirmed nowhere; it is shown as such. */
export type Basis = 'measured' | 'published' | 'unverified' | 'judged' | 'said';

/** One thing that a figure takes for granted: words turn `id` and `params` into a sentence. */
export interface Assumption {
  readonly id: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  readonly basis: Basis;
  /** Address of the document, or the reading that it was measured by. */
  readonly source?: string;
}

/** `money` is in the currency of the price list that was used. `ru-per-document` is of one write. */
export type EstimateUnit =
  | 'documents'
  | 'documents-per-second'
  | 'bytes'
  | 'milliseconds'
  | 'ru'
  | 'ru-per-document'
  | 'ru-per-second'
  | 'operations-per-second'
  | 'partitions'
  | 'money'
  | 'money-per-month';

/** A figure that nobody can know exactly: low <= expected <= high, and all that it rests on. */
export interface Estimate {
  readonly unit: EstimateUnit;
  readonly low: number;
  readonly expected: number;
  readonly high: number;
  readonly assumptions: readonly Assumption[];
}
