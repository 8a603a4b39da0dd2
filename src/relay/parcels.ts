import type { RuPacer } from './pacer.js';
import type { WriteOperation } from './write-command.js';

/** Operations in the first command to a target whose charges are not known yet. */
const LEARNING_OPERATIONS = 10;

/** Operations to be sent together, not before a time of the clock. */
export interface Parcel {
  readonly operations: readonly WriteOperation[];
  readonly notBefore: number;
}

/**
 * What to send next, taken out of `pending`. An ordered write keeps its order; otherwise what need not wait goes before what was
 * throttled, so that one full partition does not hold up the others.
 */
export function takeReady(pending: Parcel[], ordered: boolean): Parcel | undefined {
  if (ordered) return pending.shift();
  let best = 0;
  for (const [i, parcel] of pending.entries()) {
    if (parcel.notBefore < (pending[best]?.notBefore ?? 0)) best = i;
  }
  return pending.splice(best, 1)[0];
}

/** As many operations as one command should carry, and the rest. */
export function cut(
  operations: readonly WriteOperation[],
  pacer: RuPacer,
): [readonly WriteOperation[], readonly WriteOperation[]] {
  if (pacer.isLearning()) return [operations.slice(0, LEARNING_OPERATIONS), operations.slice(LEARNING_OPERATIONS)];
  const budget = pacer.commandBudget();
  if (budget === undefined) return [operations, []];
  let charge = 0;
  let count = 0;
  for (const operation of operations) {
    charge += pacer.estimate(operation.bytes.length);
    if (count > 0 && charge > budget) break;
    count += 1;
  }
  return [operations.slice(0, count), operations.slice(count)];
}

/** Bytes of the operations, without the command around them. */
export function sizeOf(operations: readonly WriteOperation[]): number {
  return operations.reduce((sum, o) => sum + o.bytes.length, 0);
}
