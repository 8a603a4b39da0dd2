import type { FindingRow, WizardView } from '../../src/protocol/wizard.js';
import type { Looks } from './context.js';

/** The rows that fit severity, target and text. */
export function shownFindings({ rows, targets }: WizardView['findings'], looks: Looks): readonly FindingRow[] {
  const target = shownTarget(targets, looks);
  const words = looks.findingText.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (target !== 'all' && row.target !== target) {
      return false;
    }
    if (looks.findingSeverity !== 'all' && row.severity !== looks.findingSeverity) {
      return false;
    }
    const text = `${row.text} ${row.remedy} ${row.places.join(' ')} ${row.rule}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The chosen target's, unless another one that is there was asked for. */
export function shownTarget(targets: WizardView['findings']['targets'], { findingTarget }: Looks): string {
  const isThere = findingTarget === 'all' || targets.some(({ value }) => value === findingTarget);
  return isThere && findingTarget !== undefined ? findingTarget : (targets[0]?.value ?? 'all');
}

/** What concerns the whole cluster comes first, under no name. */
export function findingsByCollection(rows: readonly FindingRow[]): (readonly [string, readonly FindingRow[]])[] {
  const all = new Map<string, FindingRow[]>();
  for (const row of rows) {
    for (const name of row.places.length === 0 ? [''] : row.places) {
      const own = all.get(name);
      if (own) {
        own.push(row);
      } else {
        all.set(name, [row]);
      }
    }
  }
  return [...all].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
