import type { Namespace } from '../../core/model/namespace.js';
import type { Plan } from '../../core/model/plan.js';
import type { CollectionSnapshot, RatePoint } from '../../core/model/run-snapshot.js';
import type { EarlierAmounts } from './earlier-work.js';

/** What a run's progress begins with: its plan, and what earlier processes came to. */
export interface ProgressStart {
  readonly plan: Plan;
  readonly runId: string;
  /** Epoch milliseconds of the run's first start. */
  readonly startedAt: number;
  /** Of earlier processes, as the journal tells, by `db.coll` on the target. */
  readonly earlier?: ReadonlyMap<string, EarlierAmounts>;
  /** Of earlier processes, so that a chart goes on. */
  readonly rates?: readonly RatePoint[];
  /** What earlier attempts came to, by `db.coll`: of what the present one is not about it stands, and of the rest it is not counted anew from nothing. */
  readonly before?: ReadonlyMap<string, CollectionSnapshot>;
  /** Distinct dead letters on disk; without it the relay's count stands, which counts one again that is sent again. */
  readonly deadLetters?: (ns: Namespace) => number;
}
