/** The report of an assessment in each of its forms. */
import type { Assessment } from '../core/model/assessment.js';
import { assessmentContent } from './assessment-content.js';
import { assessmentFile } from './assessment-json.js';
import type { AssessmentPart } from './assessment-pointers.js';
import { assessmentSarif } from './assessment-sarif.js';
import { documentHtml } from './html-document.js';
import { jsonPieces } from './json-pieces.js';
import { documentMarkdown } from './report-markdown.js';

export const ASSESSMENT_FORMATS = ['html', 'md', 'json', 'sarif'] as const;
export type AssessmentFormat = (typeof ASSESSMENT_FORMATS)[number];

export interface AssessmentForm {
  readonly format: AssessmentFormat;
  /** Of this program. */
  readonly version: string;
  readonly part?: AssessmentPart;
  /** Hides what is secret in a text. */
  readonly clean: (text: string) => string;
}

/** A whole file in pieces, ending in a line end: of thousands of collections it is tens of megabytes. */
export function* assessmentPieces(
  assessment: Assessment,
  { format, version, part = 'all', clean }: AssessmentForm,
): Generator<string> {
  switch (format) {
    case 'html':
      yield clean(documentHtml(assessmentContent(assessment, part)));
      break;
    case 'md':
      yield clean(documentMarkdown(assessmentContent(assessment, part)));
      break;
    case 'json':
      yield* assessmentFile(assessment, clean);
      break;
    case 'sarif':
      yield* jsonPieces(assessmentSarif(assessment, version), 2, clean);
      yield '\n';
  }
}

/** The same as one text, for what shows it; nothing is hidden in it. */
export function assessmentText(
  assessment: Assessment,
  format: AssessmentFormat,
  version: string,
  part: AssessmentPart = 'all',
): string {
  return [...assessmentPieces(assessment, { format, version, part, clean: (text) => text })].join('');
}
