import type { Assumption, Basis } from '../model/estimate.js';

/** What a simulated copy takes for granted. Closed, so that words can be complete. */
export const SIMULATION_ASSUMPTIONS = [
  'simulated-readers',
  'simulated-charge-sized',
  'simulated-partitions-by-rule',
  'simulated-spread-even',
  'simulated-spread-measured',
  'simulated-shared-placed-in-turn',
  'simulated-serverless-rate',
  'simulated-budget-alone',
  'simulated-builds-judged',
  'simulated-check-judged',
  'simulated-made-in-turn',
] as const;
export type SimulationAssumptionId = (typeof SIMULATION_ASSUMPTIONS)[number];

/** Something that a simulation takes for given. `source`: where it can be read, if anywhere. */
export function taken(
  id: SimulationAssumptionId,
  basis: Basis,
  params: Assumption['params'] = {},
  source?: string,
): Assumption {
  return { id, params, basis, ...(source === undefined ? {} : { source }) };
}
