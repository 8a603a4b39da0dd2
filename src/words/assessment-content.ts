/** What the report of an assessment says, and in which order: for who decides first, for who checks last. */
import type { Assessment } from '../core/model/assessment.js';
import { whatToDo } from './assessment-actions.js';
import { clientSettings } from './assessment-clients.js';
import { ruCapacity, vcoreCapacity } from './assessment-capacity.js';
import { costs } from './assessment-cost.js';
import { findingsInDetail, findingsMatrix, sinceThen } from './assessment-findings.js';
import { indexes } from './assessment-indexes.js';
import { NoteBook } from './assessment-notes.js';
import type { AssessmentPart } from './assessment-pointers.js';
import { choiceSection, expectedRun, methods } from './assessment-run.js';
import { shardKeys } from './assessment-shard-keys.js';
import { sizes } from './assessment-sizes.js';
import { assessmentHeadline, assessmentReasons, inShort } from './assessment-summary.js';
import { rulesSection, whatWasRead } from './assessment-trust.js';
import { usageSection } from './assessment-usage.js';
import { section, type ReportContent, type Section } from './report-parts.js';

/** Everything that the report tells. Sections without content are left out. */
export function assessmentContent(assessment: Assessment, part: AssessmentPart = 'all'): ReportContent {
  const notes = new NoteBook();
  const sections = PARTS[part](assessment, notes).filter((one): one is Section => one !== undefined);
  const headline = assessmentHeadline(assessment);
  const trust = notes.blocks();
  return {
    title: `Assessment of ${assessment.source.name}`,
    headline: headline.text,
    tone: headline.tone,
    reasons: assessmentReasons(assessment, part),
    nextSteps: [],
    sections: trust.length === 0 ? sections : [...sections, section('What this rests on', ...trust)],
  };
}

type Parts = (assessment: Assessment, notes: NoteBook) => readonly (Section | undefined)[];

const PARTS: Readonly<Record<AssessmentPart, Parts>> = {
  all: (assessment, notes) => [
    inShort(assessment, notes),
    choiceSection(assessment),
    sinceThen(assessment),
    whatToDo(assessment, 'all'),
    findingsMatrix(assessment),
    findingsInDetail(assessment, notes),
    shardKeys(assessment, notes),
    ruCapacity(assessment, notes),
    vcoreCapacity(assessment, notes),
    costs(assessment, notes),
    expectedRun(assessment, notes),
    methods(assessment, notes),
    indexes(assessment),
    sizes(assessment),
    usageSection(assessment),
    clientSettings(assessment, notes),
    whatWasRead(assessment),
    rulesSection(assessment),
  ],
  short: (assessment, notes) => [
    inShort(assessment, notes),
    sinceThen(assessment),
    findingsInDetail(assessment, notes),
    whatToDo(assessment, 'short'),
  ],
  size: (assessment, notes) => [
    sizes(assessment),
    ruCapacity(assessment, notes),
    vcoreCapacity(assessment, notes),
    costs(assessment, notes),
  ],
  choice: (assessment, notes) => [choiceSection(assessment), expectedRun(assessment, notes)],
};
