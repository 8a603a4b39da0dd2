import type { MethodCost } from './cost.js';
import type { Milliseconds } from './units.js';

export type MethodId =
  'dump-restore' | 'export-import' | 'studio-3t' | 'direct-copy' | 'dms' | 'data-factory' | 'spark-databricks';

/** A reason as data: cli and host turn `id` and `params` into a sentence. */
export interface Reason {
  readonly id: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  /** `+` speaks for the method, `-` against it, `!` rules it out. */
  readonly weight: '+' | '-' | '!';
}

export interface RankedMethod {
  readonly method: MethodId;
  readonly rank: number;
  readonly possible: boolean;
  readonly score: number;
  readonly reasons: readonly Reason[];
  readonly needs: readonly Reason[];
  /** Low, expected and high wall time of the data move. */
  readonly durationMs: { readonly low: Milliseconds; readonly expected: Milliseconds; readonly high: Milliseconds };
  /** What moving the data costs by it, where prices were given and it is possible. */
  readonly cost?: MethodCost;
}

export interface Recommendation {
  readonly ranked: readonly RankedMethod[];
  readonly recommended: MethodId;
  /** Assumptions behind the figures. */
  readonly assumptions: readonly Reason[];
}
