import type { Reason } from '../model/method.js';

/** Every reason of a vCore sizing and of its alternatives. Closed, so that words can be complete. */
export const VCORE_REASON_IDS = [
  'memory-holds-working-set',
  'memory-exceeded',
  'working-set-guessed',
  'cores-for-load',
  'cores-unknown',
  'disk-holds-data',
  'disk-for-iops',
  'iops-need-premium-v2',
  'iops-beyond-tiers',
  'shards-for-size',
  'shards-for-memory',
  'shards-for-cores',
  'too-many-shards',
  'high-availability-on',
  'high-availability-off',
  'burstable-enough',
  'larger-while-copying',
  'too-many-collections',
  'smaller-lacks-memory',
  'smaller-lacks-cores',
  'smaller-lacks-availability',
  'smaller-lacks-disk',
  'smaller-lacks-iops',
  'smaller-would-do',
  'larger-gives-memory',
  'larger-gives-cores',
] as const;
export type VcoreReasonId = (typeof VCORE_REASON_IDS)[number];

export interface VcoreReason extends Reason {
  readonly id: VcoreReasonId;
}

export function vcoreReason(id: VcoreReasonId, weight: Reason['weight'], params: Reason['params'] = {}): VcoreReason {
  return { id, weight, params };
}
