/** A run's report as Markdown (GitHub's flavour), readable as plain text too. */
import { reportContent } from './report-content.js';
import type { ReportFacts } from './report-facts.js';
import type { Block, Cell, Section } from './report-parts.js';

/** Names are the user's: a line end in one must not begin a new line of the report. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function escapeProse(text: string): string {
  const shown = oneLine(text).replace(/[\\`*<>[\]|]/g, '\\$&');
  // One underscore at a word's edge is only itself; two begin and end emphasis.
  const edges = shown.match(/(^|\W)_|_(?=\W|$)/g) ?? [];
  return edges.length > 1 ? shown.replace(/_/g, '\\_') : shown;
}

/** A code span that may hold backticks: its fence is longer than any run of them inside. */
function codeSpan(text: string): string {
  const line = oneLine(text);
  // In a table's code span no way of writing a backslash before a bar keeps both: there it takes HTML.
  if (line.includes('\\|')) return `<code>${line.replace(/[^\w ]/gu, (c) => `&#${c.codePointAt(0)};`)}</code>`;
  const shown = line.replace(/\|/g, '\\|');
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 || shown.startsWith(' ') || shown.endsWith(' ') ? ' ' : '';
  return shown === '' ? '' : `${fence}${space}${shown}${space}${fence}`;
}

function cell({ text, code }: Cell): string {
  return code ? codeSpan(text) : escapeProse(text);
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}

function tableLines(block: Extract<Block, { kind: 'table' }>): string[] {
  const rows = block.rows.map((row) => row.map(cell));
  const widths = block.columns.map((column, i) =>
    Math.max(3, column.title.length, ...rows.map((row) => (row[i] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text, i) => pad(text, widths[i] ?? 0, block.columns[i]?.right === true)).join(' | ')} |`;
  const rule = block.columns.map((column, i) => {
    const dashes = '-'.repeat(widths[i] ?? 3);
    return column.right ? `${dashes.slice(1)}:` : dashes;
  });
  return [line(block.columns.map((column) => column.title)), line(rule), ...rows.map(line)];
}

function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'paragraph':
      return [escapeProse(block.text)];
    case 'list':
      return block.items.map((cells) => `- ${cells.map(cell).join('')}`);
    case 'pairs':
      return block.pairs.map(([label, value]) => `- **${escapeProse(label)}**: ${cell(value)}`);
    case 'table':
      return tableLines(block);
  }
}

/** The whole report, ending in a line end. */
export function reportMarkdown(report: ReportFacts): string {
  const content = reportContent(report);
  const lines = [
    `# ${escapeProse(content.title)}`,
    '',
    `**${escapeProse(content.headline)}**`,
    ...(content.reasons.length > 0 ? ['', ...content.reasons.map((reason) => `- ${escapeProse(reason)}`)] : []),
    '',
    'Next:',
    '',
    ...content.nextSteps.map((step, i) => `${i + 1}. ${escapeProse(step)}`),
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
