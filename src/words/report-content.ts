/** What a report says, and in which order. */
import type { RunState } from '../core/model/run.js';
import { resumesBy } from '../core/plan/carried-out.js';
import { changes, copy, deadLetters, indexes, leftBehind, options } from './report-copy.js';
import { course, reading, summary } from './report-course.js';
import type { RunReport } from '../engine/journal/report.js';
import type { ReportContent, Section } from './report-parts.js';
import { elsewhere } from './report-elsewhere.js';
import { differences, verification } from './report-verification.js';
import { nextSteps, verdictHeadline, verdictReasons } from './verdicts.js';

const TONES: Readonly<Partial<Record<RunState, ReportContent['tone']>>> = {
  completed: 'good',
  'completed-with-findings': 'look',
};

/** Everything that the report tells. Sections without content are left out. */
export function reportContent(report: RunReport): ReportContent {
  const ended = report.verdict ?? { state: report.state, reasons: [{ id: 'interrupted', params: {} }] };
  const verdict = { ...ended, ...resumesBy(report.handoff) };
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
    elsewhere(report),
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
