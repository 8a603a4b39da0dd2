import type { Assessment } from '../../core/model/assessment.js';
import { time } from '../../words/report-parts.js';
import type { Translate } from '../translate.js';

/** By which assessment methods are ranked; undefined where it has read no more than sizes and definitions, and where there is none. */
export function rankedBy(
  assessment: Pick<Assessment, 'scans' | 'usage' | 'madeAt'> | undefined,
  t: Translate,
): string | undefined {
  if (!assessment) return undefined;
  const { scans, usage, madeAt } = assessment;
  if (scans.length === 0)
    return usage && t('Ranked by what the assessment of {0} has read of how the source is used.', time(madeAt));
  return usage
    ? t('Ranked by what the assessment of {0} has read of documents and of how the source is used.', time(madeAt))
    : t('Ranked by what the assessment of {0} has read of documents.', time(madeAt));
}
