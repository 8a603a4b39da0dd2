import type { Estimate } from './estimate.js';

export interface CostLine {
  /** Stable id: `throughput-manual`, `throughput-autoscale`, `serverless`, `storage`, `vcore-compute`, `migration-boost` ... */
  readonly id: string;
  readonly amount: Estimate;
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

/** What moving the data costs by one method. Never a quote. */
export interface MethodCost {
  readonly currency: string;
  /** Of the lines together. Absent where none has a price. */
  readonly amount?: Estimate;
  /** Those that have a price. */
  readonly lines: readonly CostLine[];
  /** What the method costs besides and the amount does not hold: lines without a price, and what is not reckoned by time. */
  readonly leftOut: readonly Pick<CostLine, 'id' | 'params'>[];
}
