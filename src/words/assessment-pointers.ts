/** Sentences that point to a section of an assessment's report: a reader must not look for one that is not there. */

/** Which parts are told: all of them in a report, some for `assess` on a terminal, `size` and `advise`. */
export type AssessmentPart = 'all' | 'short' | 'size' | 'choice';

type PointedTo = 'Findings' | 'What was read' | 'Rules' | 'Throughput of an RU account';

/** `advise` lists the findings of each target itself, below these parts. */
const TOLD_IN: Readonly<Record<PointedTo, readonly AssessmentPart[]>> = {
  Findings: ['all', 'short', 'choice'],
  'What was read': ['all'],
  Rules: ['all'],
  'Throughput of an RU account': ['all', 'size'],
};

/** `"Findings"`; with where it can be had, in what lacks it. */
export function sectionName(title: PointedTo, part: AssessmentPart): string {
  return `"${title}"${TOLD_IN[title].includes(part) ? '' : ' in the report that assess writes'}`;
}
