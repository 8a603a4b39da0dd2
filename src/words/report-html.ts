import { documentHtml } from './html-document.js';
import { reportContent } from './report-content.js';
import type { ReportFacts } from './report-facts.js';

/** A run's report as one HTML file. */
export function reportHtml(report: ReportFacts): string {
  return documentHtml(reportContent(report));
}
