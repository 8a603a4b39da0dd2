/** What is found where collections are too many to be read one by one: database by database. */
import type { TargetAssessment } from '../core/model/assessment.js';
import type { CollectionFacts } from '../core/model/facts.js';
import type { Finding, Severity } from '../core/model/finding.js';
import { formatNamespace } from '../core/model/namespace.js';
import { countOf, shortTargetName } from './assessment-targets.js';
import { boundedTable } from './bounded.js';
import { code, number, prose, type Block, type Cell, type Content } from './report-parts.js';
import { formatBytes, formatCountOf } from './sizes.js';

interface Database {
  readonly name: string;
  readonly collections: CollectionFacts[];
}

/**
 * The worst database first, by the collections that do not arrive, then by those that arrive changed, then by size. `found`: the findings of each target by `db.coll`, in the
 * order of `targets`.
 */
export function findingsByDatabase(
  collections: readonly CollectionFacts[],
  targets: readonly TargetAssessment[],
  found: readonly ReadonlyMap<string, readonly Finding[]>[],
): readonly Block[] {
  const databases = new Map<string, Database>();
  for (const collection of collections) {
    const { db } = collection.ns;
    const database = databases.get(db) ?? { name: db, collections: [] };
    databases.set(db, database);
    database.collections.push(collection);
  }
  const rows = [...databases.values()]
    .map((database) => {
      const withIn = found.map((of) => severities(database, of));
      return {
        ...database,
        verdicts: withIn,
        blockers: withIn.reduce((sum, { blocker }) => sum + blocker, 0),
        warnings: withIn.reduce((sum, { warning }) => sum + warning, 0),
        logicalBytes: sumOf(database, (c) => c.logicalBytes),
      };
    })
    .sort(
      (a, b) =>
        b.blockers - a.blockers ||
        b.warnings - a.warnings ||
        b.logicalBytes - a.logicalBytes ||
        (a.name < b.name ? -1 : 1),
    )
    .map((database): readonly Content[] => [
      code(database.name),
      number(database.collections.length),
      number(sumOf(database, (c) => c.documents)),
      prose(formatBytes(database.logicalBytes)),
      ...database.verdicts.map(verdict),
    ]);
  return [
    { kind: 'heading', text: 'By database' },
    ...boundedTable(
      [
        { title: 'Database' },
        { title: 'Collections', right: true },
        { title: 'Documents', right: true },
        { title: 'Size', right: true },
        ...targets.map(({ target }) => ({ title: shortTargetName(target.kind) })),
      ],
      rows,
    ),
    { kind: 'heading', text: 'By collection' },
  ];
}

function sumOf({ collections }: Database, of: (collection: CollectionFacts) => number): number {
  return collections.reduce((sum, collection) => sum + of(collection), 0);
}

/** Collections by the worst that was found on each. */
function severities(
  { collections }: Database,
  found: ReadonlyMap<string, readonly Finding[]>,
): Readonly<Record<Severity | 'none', number>> {
  const counts = { blocker: 0, warning: 0, info: 0, none: 0 };
  for (const { ns } of collections) {
    const findings = found.get(formatNamespace(ns)) ?? [];
    const worst = (['blocker', 'warning', 'info'] as const).find((severity) => countOf(findings, severity) > 0);
    counts[worst ?? 'none'] += 1;
  }
  return counts;
}

function verdict({ blocker, warning, info, none }: Readonly<Record<Severity | 'none', number>>): Cell {
  const parts = [
    ...(blocker > 0 ? [`✗ ${formatCountOf(blocker, 'collection')} with blockers`] : []),
    ...(warning > 0 ? [`! ${formatCountOf(warning, 'collection')} with warnings`] : []),
    ...(info + none > 0 ? [`✓ ${formatCountOf(info + none, 'collection')} ok`] : []),
  ];
  return { text: parts.join(', '), tone: blocker > 0 ? 'bad' : warning > 0 ? 'look' : 'good' };
}
