import type { Reason } from '../model/method.js';

/** Every line of a cost estimate, and every reason why a way of paying is possible, not possible, or not reckoned. Closed, so that words can be complete. */
export const COST_LINE_IDS = [
  'throughput-manual',
  'throughput-autoscale',
  'serverless',
  'storage',
  'migration-boost',
  'migration-autoscale',
  'migration-serverless',
  'vcore-compute',
  'vcore-storage',
  'migration-vcore',
  'held-manual',
  'held-autoscale',
  'held-serverless',
  'held-vcore',
  'data-factory-units',
  'databricks-nodes',
  'dms-service',
  'machine',
] as const;
export type CostLineId = (typeof COST_LINE_IDS)[number];

/** What the cost of a method leaves out whatever the prices are. */
export const COST_GAP_IDS = [
  'throughput-not-said',
  'cluster-not-sized',
  'data-factory-runs',
  'studio-3t-licence',
] as const;
export type CostGapId = (typeof COST_GAP_IDS)[number];

export const COST_WHY_IDS = [
  'load-is-even',
  'load-is-uneven',
  'load-not-known',
  'paid-by-use',
  'no-price-known',
  'serverless-one-region',
  'serverless-storage-limit',
  'serverless-throughput-limit',
  'raised-for-the-copy',
  'floor-stays',
  'availability-in-price',
] as const;
export type CostWhyId = (typeof COST_WHY_IDS)[number];

export interface CostWhy extends Reason {
  readonly id: CostWhyId;
}

/** A reason of a way of paying, with a weight as methods have it. */
export function costWhy(id: CostWhyId, weight: Reason['weight'], params: Reason['params'] = {}): CostWhy {
  return { id, weight, params };
}
