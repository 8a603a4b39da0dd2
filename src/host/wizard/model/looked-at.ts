/** What an assessment and its findings add to what is decided. */
import type { AssessInput } from '../../../core/assess/assess.js';
import type { Assessment } from '../../../core/model/assessment.js';
import type { TargetDescription } from '../../../core/plan/target.js';
import { largestDocument } from '../../../core/size/limits.js';
import type { Choices } from './wizard-state.js';

/** What an assessment has read beside the sizes. */
export function lookedAt(assessment: Assessment | undefined): Pick<AssessInput, 'scans' | 'usage'> {
  if (!assessment) return {};
  const { scans, usage } = assessment;
  return { scans, ...(usage ? { usage } : {}) };
}

/** Zero is what the target takes. */
export function asideOver(
  kept: NonNullable<Choices['keptAside']>,
  target: TargetDescription,
): Readonly<Record<string, number>> {
  const limit = largestDocument(target);
  return Object.fromEntries(Object.entries(kept).map(([name, over]) => [name, over === 0 ? limit : over]));
}
