/** What a report says, and in which order. */
import type { RunState } from '../core/model/run.js';
import { changes, copy, deadLetters, indexes, leftBehind, options } from './report-copy.js';
import { course, reading, summary } from './report-course.js';
import type { ReportFacts } from './report-facts.js';
import type { Section } from './report-parts.js';
import { differences, verification } from './report-verification.js';
import { nextSteps, verdictHeadline, verdictReasons } from './verdicts.js';

export interface ReportContent {
  readonly title: string;
  readonly headline: string;
  /** How the headline is to be felt. */
  readonly tone: 'good' | 'look' | 'bad';
  readonly reasons: readonly string[];
  readonly nextSteps: readonly string[];
  readonly sections: readonly Section[];
}

const TONES: Readonly<Partial<Record<RunState, ReportContent['tone']>>> = {
  completed: 'good',
  'completed-with-findings': 'look',
};

/** Everything that the report tells. Sections without content are left out. */
export function reportContent(report: ReportFacts): ReportContent {
  const verdict = report.verdict ?? { state: report.state, reasons: [{ id: 'interrupted', params: {} }] };
  const sections: (Section | undefined)[] = [
    summary(report),
    changes(report),
    verification(report),
    differences(report),
    copy(report),
    indexes(report),
    options(report),
    leftBehind(report),
    deadLetters(report),
    course(report),
    reading(report),
  ];
  return {
    title: `Migration of ${report.source.name} to ${report.target.name}`,
    headline: verdictHeadline(
      verdict,
      report.collections.some(({ transform }) => transform),
    ),
    tone: TONES[report.state] ?? 'bad',
    reasons: verdictReasons(verdict),
    nextSteps: nextSteps(verdict),
    sections: sections.filter((section): section is Section => section !== undefined),
  };
}
