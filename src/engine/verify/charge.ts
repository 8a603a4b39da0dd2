import { requestUnits, type RequestUnits, type RequestUnitsPerSecond } from '../../core/model/units.js';
import type { PlannedCollection } from '../../core/model/plan.js';
import { queryCharge } from './pacer.js';

export interface VerificationCharge {
  /** RU for reading every document of the target once. Locating differences reads their part again. */
  readonly ru: RequestUnits;
  /** At `ruPerSecond`, all of it used. */
  readonly seconds: number;
}

/** What reading an RU target for verification costs, to be told before it starts. Microsoft's read table, linear in between. */
export function estimateVerificationCharge(
  collections: readonly Pick<PlannedCollection, 'documents' | 'logicalBytes'>[],
  ruPerSecond: RequestUnitsPerSecond,
): VerificationCharge {
  const ru = collections.reduce((sum, { documents, logicalBytes }) => sum + queryCharge(logicalBytes, documents), 0);
  return { ru: requestUnits(ru), seconds: ruPerSecond > 0 ? ru / ruPerSecond : Number.POSITIVE_INFINITY };
}
