/** Charts where there are no pictures: a table of the same data, with bars made of characters. */
import { prose, type Block, type Cell } from './report-parts.js';

type Chart = Extract<Block, { kind: 'bars' | 'shares' | 'line' }>;

/** Characters of the longest bar. */
const LONGEST = 24;
/** Points of a line that are told. */
const POINTS = 11;

function strokes(share: number): string {
  return '█'.repeat(Math.round(Math.max(0, Math.min(1, share)) * LONGEST));
}

/** Rows of a label, a bar and what it says. */
export function chartTable(chart: Chart): Extract<Block, { kind: 'table' }> {
  const [first, second] = chart.kind === 'line' ? ['Time', 'Done'] : ['', ''];
  return { kind: 'table', columns: [{ title: first }, { title: '' }, { title: second }], rows: rowsOf(chart) };
}

function rowsOf(chart: Chart): readonly (readonly Cell[])[] {
  switch (chart.kind) {
    case 'bars': {
      const most = Math.max(Number.MIN_VALUE, ...chart.bars.map(({ value }) => value));
      return chart.bars.map(({ label, value, text }) => [prose(label), prose(strokes(value / most)), prose(text)]);
    }
    case 'shares':
      return chart.rows.map(({ label, shares, text }) => [prose(label), prose(strokes(shares[0] ?? 0)), prose(text)]);
    case 'line': {
      const step = Math.max(1, Math.ceil((chart.points.length - 1) / (POINTS - 1)));
      const shown = chart.points.filter((_, i) => i % step === 0 || i === chart.points.length - 1);
      return shown.map(({ x, y }) => [
        prose(`${Math.round(x * 100)} %`),
        prose(strokes(y)),
        prose(`${Math.round(y * 100)} %`),
      ]);
    }
  }
}
