/** Lists that stay readable however many collections there are. */
import type { Block, Content } from './report-parts.js';
import { formatCount } from './sizes.js';

/** Rows that a person reads. */
export const LONGEST_TABLE = 40;

/** The first rows, and how many more there are. Nothing for no rows. */
export function boundedTable(
  columns: Extract<Block, { kind: 'table' }>['columns'],
  rows: readonly (readonly Content[])[],
  most = LONGEST_TABLE,
): readonly Block[] {
  if (rows.length === 0) return [];
  return [{ kind: 'table', columns, rows: rows.slice(0, most) }, ...more(rows.length - most)];
}

export function more(count: number): readonly Block[] {
  return count <= 0 ? [] : [{ kind: 'paragraph', text: `And ${formatCount(count)} more; all are in the JSON.` }];
}
