import { nextSteps, verdictHeadline, verdictReasons, type VerdictFacts } from '../words/verdicts.js';
import { bullet, heading } from './text-blocks.js';

/** The end of a run: what it came to, why, and what to do. `changed`: the plan filters or changes documents on their way. */
export function verdictLines(verdict: VerdictFacts, width: number, changed = false): string[] {
  return [
    ...heading(verdictHeadline(verdict, changed)),
    ...verdictReasons(verdict).flatMap((reason) => bullet('·', reason, width)),
    ...nextSteps(verdict).flatMap((step) => bullet('→', step, width)),
  ];
}
