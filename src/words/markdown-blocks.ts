/** Blocks of a report as Markdown (GitHub's flavour), readable as plain text too. */
import { codeSpan, escapeProse } from '../core/plan/markdown-text.js';
import { chartTable } from './chart-table.js';
import { cellsOf, markRanges, type Block, type Cell, type Content } from './report-parts.js';

const NOTE_OPEN = '\\[';

function textOfMarks(notes: readonly string[]): string {
  return markRanges(notes)
    .map(({ text }) => text)
    .join(', ');
}

/** In brackets, as in a text on paper. */
function noteMarks(notes: readonly string[] = []): string {
  return notes.length === 0 ? '' : ` ${NOTE_OPEN}${textOfMarks(notes)}\\]`;
}

function cell({ text, code, notes, newLine }: Cell): string {
  return `${newLine ? '<br>' : ''}${code ? codeSpan(text) : escapeProse(text)}${noteMarks(notes)}`;
}

function contentText(content: Content): string {
  return cellsOf(content).map(cell).join('');
}

function pad(text: string, width: number, right: boolean): string {
  return right ? text.padStart(width) : text.padEnd(width);
}

function tableLines(block: Extract<Block, { kind: 'table' }>): string[] {
  const rows = block.rows.map((row) => row.map(contentText));
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

export function blockLines(block: Block): string[] {
  switch (block.kind) {
    case 'paragraph':
      return [`${escapeProse(block.text)}${noteMarks(block.notes)}`];
    case 'heading':
      return [`### ${cell(block)}`];
    case 'list':
      return block.items.map((cells) => `- ${contentText(cells)}`);
    case 'checklist':
      return block.items.map((cells) => `- [ ] ${contentText(cells)}`);
    case 'pairs':
      return block.pairs.map(([label, value]) => `- **${escapeProse(label)}**: ${contentText(value)}`);
    case 'table':
      return tableLines(block);
    case 'bars':
    case 'shares':
    case 'line':
      return [`*${escapeProse(block.title)}*`, '', ...tableLines(chartTable(block))];
    case 'notes':
      return block.notes.map(({ mark, text, source }) =>
        [`- **${mark}**`, escapeProse(text), source === undefined ? '' : sourceText(source)]
          .filter((part) => part !== '')
          .join(' '),
      );
  }
}

/** Only addresses of the web become links. */
function sourceText(source: string): string {
  return /^https:\/\/[\w./?=&%#~-]+$/.test(source) ? `<${source}>` : escapeProse(source);
}
