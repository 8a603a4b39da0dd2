/** Ids of what a tuning says about its numbers. Closed, so that words can be complete. */
export const TUNING_IDS = [
  'batch-by-formula',
  'batch-capped-24',
  'batch-below-one-worker',
  'batch-at-least-one',
  'workers-by-formula',
  'workers-at-least-one',
  'latency-floor',
  'budget-shared',
  'budget-per-collection',
  'budget-one-partition',
  'parallel-collections',
  'batch-by-tool-default',
  'batch-by-server-limit',
  'batch-by-message-size',
  'batch-by-memory',
  'batch-by-user',
  'workers-by-user',
  'parallel-by-user',
  'workers-by-cores-and-latency',
  'relay-corrects',
] as const;
export type TuningId = (typeof TUNING_IDS)[number];

export interface TuningNote {
  readonly id: TuningId;
  readonly params: Readonly<Record<string, string | number>>;
}

/** Why a number of the tuning is what it is; its sentence is made in `words`. */
export function note(id: TuningId, params: TuningNote['params'] = {}): TuningNote {
  return { id, params };
}
