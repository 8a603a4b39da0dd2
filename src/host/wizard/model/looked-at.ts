/** What an assessment and its findings add to what is decided. */
import type { AssessInput } from '../../../core/assess/assess.js';
import type { Assessment } from '../../../core/model/assessment.js';
import type { TargetDescription } from '../../../core/plan/target.js';
import { requiredRuPerSecond } from '../../../core/size/required-ru.js';
import { largestDocument } from '../../../core/size/limits.js';
import type { Choices } from './wizard-state.js';

/** What an assessment has read beside the sizes, and the load that it has reckoned for each collection. */
export function lookedAt({
  assessment,
}: {
  readonly assessment: Assessment | undefined;
}): Pick<AssessInput, 'scans' | 'usage' | 'requiredRuPerSecond'> {
  if (!assessment) return {};
  const { scans, usage, targets } = assessment;
  const ru = targets.find(({ target }) => target.kind === 'cosmos-ru')?.ru;
  return {
    scans,
    ...(usage ? { usage } : {}),
    ...(ru ? { requiredRuPerSecond: requiredRuPerSecond(ru) } : {}),
  };
}

/** Zero is what the target takes. */
export function asideOver(
  kept: NonNullable<Choices['keptAside']>,
  target: TargetDescription,
): Readonly<Record<string, number>> {
  const limit = largestDocument(target);
  return Object.fromEntries(Object.entries(kept).map(([name, over]) => [name, over === 0 ? limit : over]));
}
