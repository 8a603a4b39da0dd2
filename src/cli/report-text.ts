/** Parts of a report on a terminal: the same content as in the files, in plain lines. */
import { chartTable } from '../words/chart-table.js';
import { cellsOf, markRanges, type Block, type Content, type ReportContent } from '../words/report-parts.js';
import { table } from './table.js';
import { bullet, heading, labelled } from './text-blocks.js';

/** Columns of a table on a terminal that is not wider than usual. */
const WIDEST_CELL = 44;

/** Marks of notes mean nothing without the notes. */
function textOf(content: Content, withNotes: boolean): string {
  return cellsOf(content)
    .map(({ text, newLine, notes = [] }, i, cells) => {
      const marks =
        withNotes && notes.length > 0
          ? ` [${markRanges(notes)
              .map((range) => range.text)
              .join(', ')}]`
          : '';
      // What has lines of its own in a file stands in one line here: sentences end, everything else has to be told apart.
      const between = cells[i - 1]?.text.endsWith('.') === false ? '; ' : ' ';
      return `${newLine ? between : ''}${text}${marks}`;
    })
    .join('');
}

/** Title, verdict and sections. `notes`: whether figures name what they rest on. */
export function reportLines(content: ReportContent, width: number, notes = false): string[] {
  return [
    ...heading(content.title),
    ...bullet(MARKS[content.tone], content.headline, width),
    ...content.reasons.flatMap((reason) => bullet('·', reason, width)),
    ...content.sections.flatMap((section) => [
      ...heading(section.title),
      ...section.blocks.flatMap((block, i, { [i - 1]: before }) => [
        ...(block.kind === 'table' && before && isChart(before) ? [''] : []),
        ...blockLines(block, width, notes),
      ]),
    ]),
  ];
}

const MARKS = { good: '✓', look: '!', bad: '✗' } as const;

const isChart = ({ kind }: Block): boolean => kind === 'bars' || kind === 'shares' || kind === 'line';

function blockLines(block: Block, width: number, notes: boolean): string[] {
  switch (block.kind) {
    case 'paragraph':
      return bullet('', textOf(block, notes), width, ' ');
    case 'heading':
      return ['', `  ${block.text}`];
    case 'list':
      return block.items.flatMap((item) => bullet('·', textOf(item, notes), width));
    case 'checklist':
      return block.items.flatMap((item) => bullet('[ ]', textOf(item, notes), width));
    case 'pairs':
      return labelled(
        block.pairs.map(([label, value]) => [label, textOf(value, notes)] as const),
        width,
      );
    case 'table':
      return tableLines(block, width, notes);
    case 'bars':
    case 'shares':
    case 'line':
      return ['', `  ${block.title}`, ...tableLines(chartTable(block), width, notes)];
    case 'notes':
      return labelled(
        block.notes.map(({ mark, text, source = '' }) => [mark, `${text} ${source}`.trim()] as const),
        width,
      );
  }
}

/** A table where it fits; else each row as a list of what its columns say, since cut sentences say nothing. */
function tableLines(block: Extract<Block, { kind: 'table' }>, width: number, notes: boolean): string[] {
  const rows = block.rows.map((row) => row.map((content) => textOf(content, notes)));
  const columns = block.columns.map(({ title, right }) => ({ title, ...(right ? { align: 'right' as const } : {}) }));
  const narrow = rows.every((row) => row.every((text) => text.length <= WIDEST_CELL));
  const lines = table(columns, rows, '  ');
  if (narrow && lines.every((line) => line.length <= width)) return lines;
  return rows.flatMap(([first = '', ...rest]) => [
    ...bullet('·', first, width),
    ...rest.flatMap((text, i) => {
      const title = block.columns[i + 1]?.title ?? '';
      return text === '' ? [] : bullet(title === '' ? '' : `${title}:`, text, width, '      ');
    }),
  ]);
}
