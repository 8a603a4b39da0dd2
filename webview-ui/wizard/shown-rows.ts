import type { NamespaceRow } from '../../src/protocol/wizard.js';
import type { Looks } from './context.js';

const collator = new Intl.Collator(undefined, { numeric: true });

let last:
  { readonly rows: readonly NamespaceRow[]; readonly key: string; readonly shown: readonly NamespaceRow[] } | undefined;

/** The rows that fit search and type, in the order asked for. Made once for each change of either. */
export function shownRows(rows: readonly NamespaceRow[], looks: Looks): readonly NamespaceRow[] {
  const key = JSON.stringify([looks.search, looks.type, looks.sort, looks.descending]);
  if (last?.rows === rows && last.key === key) {
    return last.shown;
  }
  const words = looks.search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = rows
    .filter((row) => looks.type === 'all' || row.type === looks.type)
    .filter((row) => {
      const text = `${row.ns} ${row.targetNs}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort(comparing(looks));
  last = { rows, key, shown };
  return shown;
}

function comparing({ sort, descending }: Looks): (a: NamespaceRow, b: NamespaceRow) => number {
  const direction = descending ? -1 : 1;
  switch (sort) {
    case 'name':
      return (a, b) => direction * collator.compare(a.ns, b.ns);
    case 'documents':
      return (a, b) => direction * (a.documents - b.documents);
    case 'size':
      return (a, b) => direction * (a.bytes - b.bytes);
  }
}
