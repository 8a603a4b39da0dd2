import { documentHtml } from './html-document.js';
import { reportContent } from './report-content.js';
import type { RunReport } from '../engine/journal/report.js';

/** A run's report as one HTML file. */
export function reportHtml(report: RunReport): string {
  return documentHtml(reportContent(report));
}
