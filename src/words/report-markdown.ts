/** Reports as Markdown (GitHub's flavour), readable as plain text too. */
import { escapeProse } from '../core/plan/markdown-text.js';
import { blockLines } from './markdown-blocks.js';
import { reportContent } from './report-content.js';
import type { RunReport } from '../engine/journal/report.js';
import type { ReportContent, Section } from './report-parts.js';

/** A run's report, ending in a line end. */
export function reportMarkdown(report: RunReport): string {
  return documentMarkdown(reportContent(report));
}

/** A whole report, ending in a line end. */
export function documentMarkdown(content: ReportContent): string {
  const lines = [
    `# ${escapeProse(content.title)}`,
    '',
    `**${escapeProse(content.headline)}**`,
    ...(content.reasons.length > 0 ? ['', ...content.reasons.map((reason) => `- ${escapeProse(reason)}`)] : []),
    ...(content.nextSteps.length > 0
      ? ['', 'Next:', '', ...content.nextSteps.map((step, i) => `${i + 1}. ${escapeProse(step)}`)]
      : []),
  ];
  lines.push(...sectionLines(content.sections));
  return `${lines.join('\n')}\n`;
}

function sectionLines(sections: readonly Section[]): string[] {
  return sections.flatMap((section) => [
    '',
    `## ${escapeProse(section.title)}`,
    ...section.blocks.flatMap((block) => ['', ...blockLines(block)]),
  ]);
}

/** Any result that is made of the same parts as a report: a title, a sentence that says it all, sections. */
export function sectionsMarkdown(title: string, headline: string, sections: readonly Section[]): string {
  return `${[`# ${escapeProse(title)}`, '', `**${escapeProse(headline)}**`, ...sectionLines(sections)].join('\n')}\n`;
}
