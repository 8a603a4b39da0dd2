import type { Assumption, Basis } from '../model/estimate.js';

/** Everything that a figure of sizing or cost takes for granted. Closed, so that words can be complete. */
export const ASSUMPTION_IDS = [
  'charge-table',
  'older-charges',
  'charge-calibrated',
  'bson-for-json',
  'session-consistency',
  'sizes-scanned',
  'sizes-sampled',
  'sizes-averaged',
  'terms-scanned',
  'terms-sampled',
  'terms-guessed',
  'index-build-charge',
  'documents-per-query',
  'changed-terms',
  'rates-averaged',
  'inserts-in-batches',
  'counters-too-young',
  'peak-over-average',
  'write-mix-unknown',
  'commands-left-out',
  'cores-to-ru',
  'load-unknown',
  'load-by-lower-bound',
  'least-throughput',
  'shared-throughput',
  'copy-within',
  'copy-pace-use',
  'unsharded-limit',
  'sharded-as-needed',
  'partition-size',
  'floor-after-boost',
  'ru-storage',
  'working-set-cache',
  'working-set-cache-full',
  'working-set-share',
  'vcore-compression',
  'vcore-index-size',
  'storage-headroom',
  'iops-by-cache',
  'iops-by-writes',
  'hours-per-month',
  'wall-clock-hours',
  'copy-time-by-charge',
  'autoscale-use',
  'one-region',
  'several-regions',
  'regions-of-account',
  'least-storage-billed',
  'list-price',
  'price-unverified',
  'price-yours',
  'availability-doubles',
  'migration-tier-hours',
  'held-while-moving',
  'throughput-as-sized',
  'throughput-as-said',
  'charge-only',
  'copies-at-once',
  'nodes-as-planned',
  'service-while-moving',
] as const;
export type AssumptionId = (typeof ASSUMPTION_IDS)[number];

export interface KnownAssumption extends Assumption {
  readonly id: AssumptionId;
}

export function assume(
  id: AssumptionId,
  basis: Basis,
  params: Assumption['params'] = {},
  source?: string,
): KnownAssumption {
  return { id, params, basis, ...(source === undefined ? {} : { source }) };
}
