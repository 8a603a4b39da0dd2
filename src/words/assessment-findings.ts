/** What will not work, on each target: by collection, then one by one with what to do about it. */
import type { Assessment, AssessmentComparison, TargetAssessment } from '../core/model/assessment.js';
import type { Finding, Severity } from '../core/model/finding.js';
import { formatNamespace } from '../core/model/namespace.js';
import { findingsByDatabase } from './assessment-databases.js';
import { boundedTable, LONGEST_TABLE } from './bounded.js';
import type { NoteBook } from './assessment-notes.js';
import { countOf, findingsByNamespace, shortTargetName } from './assessment-targets.js';
import { groupFindings, namespacesInShort } from './finding-groups.js';
import { findingSentence } from './findings.js';
import { code, number, prose, section, type Block, type Cell, type Content, type Section } from './report-parts.js';
import { formatBytes, formatCount, formatCountOf } from './sizes.js';

const WEIGHT: Readonly<Record<Severity, number>> = { blocker: 1e12, warning: 1e6, info: 1 };

/** Each collection once, the worst first and of those the largest, with what each target makes of it; databases first where there are more than a person reads. */
export function findingsMatrix({ targets, inventory }: Assessment): Section {
  const found = targets.map(findingsByNamespace);
  const known = new Map(inventory.collections.map((c) => [formatNamespace(c.ns), c]));
  const names = [...new Set(found.flatMap((of) => [...of.keys()]))];
  const weight = (name: string): number =>
    found.reduce((sum, of) => sum + (of.get(name) ?? []).reduce((all, f) => all + WEIGHT[f.severity], 0), 0);
  const sizeOf = (name: string): number => known.get(name)?.logicalBytes ?? 0;
  const rows = names
    .map((name) => ({ name, weight: weight(name) }))
    .sort((a, b) => b.weight - a.weight || sizeOf(b.name) - sizeOf(a.name) || (a.name < b.name ? -1 : 1))
    .map(({ name }): readonly Content[] => {
      const collection = known.get(name);
      return [
        name === '' ? prose('The whole cluster') : code(name),
        collection ? number(collection.documents) : prose(''),
        prose(collection && collection.type !== 'view' ? formatBytes(collection.logicalBytes) : ''),
        ...found.map((of) => verdictCell(of.get(name) ?? [])),
      ];
    });
  const loud = new Set(names);
  const quiet = [...known.keys()].filter((name) => !loud.has(name));
  return section(
    'Collections',
    ...(rows.length > LONGEST_TABLE ? findingsByDatabase(inventory.collections, targets, found) : []),
    ...boundedTable(
      [
        { title: 'Collection' },
        { title: 'Documents', right: true },
        { title: 'Size', right: true },
        ...targets.map(({ target }) => ({ title: shortTargetName(target.kind) })),
      ],
      rows,
    ),
    ...quietOnes(quiet),
  );
}

function quietOnes(names: readonly string[]): readonly Block[] {
  if (names.length === 0) return [];
  const text = `Nothing was found on ${formatCountOf(names.length, 'collection')}: `;
  return [{ kind: 'list', items: [[prose(text), code(namespacesInShort(names))]] }];
}

function verdictCell(findings: readonly Finding[]): Cell {
  const blockers = countOf(findings, 'blocker');
  const warnings = countOf(findings, 'warning');
  const notes = countOf(findings, 'info');
  const parts = [
    ...(blockers > 0 ? [`✗ ${formatCountOf(blockers, 'blocker')}`] : []),
    ...(warnings > 0 ? [`! ${formatCountOf(warnings, 'warning')}`] : []),
    ...(notes > 0 ? [`· ${formatCountOf(notes, 'note')}`] : []),
  ];
  if (blockers + warnings === 0) return { text: ['✓ ok', ...parts].join(', '), tone: 'good' };
  return { text: parts.join(', '), tone: blockers > 0 ? 'bad' : 'look' };
}

const SEVERITIES = [
  ['blocker', 'Blockers: data does not arrive unless something is changed', '✗'],
  ['warning', 'Warnings: the data can move, but something is changed or stays behind', '!'],
  ['info', 'Worth knowing', '·'],
] as const;

/** Every finding, what is the same said once, for all targets that have it. */
export function findingsInDetail({ targets }: Assessment, notes: NoteBook): Section {
  const blocks = SEVERITIES.flatMap(([severity, title]) => {
    const rows = severityRows(targets, severity, notes);
    return rows.length === 0
      ? []
      : [
          { kind: 'heading' as const, text: title },
          ...boundedTable([{ title: 'Where' }, { title: 'Target' }, { title: 'What' }, { title: 'What to do' }], rows),
        ];
  });
  if (blocks.length > 0) return section('Findings', ...blocks);
  return section('Findings', { kind: 'paragraph', text: 'Nothing stands in the way.' });
}

function severityRows(
  targets: readonly TargetAssessment[],
  severity: Severity,
  notes: NoteBook,
): readonly (readonly Content[])[] {
  const rows = new Map<string, { group: ReturnType<typeof groupFindings>[number]; on: string[] }>();
  for (const { target, findings } of targets) {
    for (const group of groupFindings(findings.filter((finding) => finding.severity === severity))) {
      const key = JSON.stringify([group.sentence, group.remedy, group.namespaces]);
      const row = rows.get(key) ?? { group, on: [] };
      row.on.push(shortTargetName(target.kind));
      rows.set(key, row);
    }
  }
  return [...rows.values()]
    .slice(0, LONGEST_TABLE + 1)
    .map(({ group, on }, i) => [
      group.namespaces.length === 0 ? prose('The whole cluster') : code(namespacesInShort(group.namespaces)),
      prose(on.length === targets.length && targets.length > 1 ? 'both' : on.join(', ')),
      i < LONGEST_TABLE ? { ...prose(group.sentence), notes: [notes.source(group.source)] } : prose(''),
      prose(group.remedy),
    ]);
}

/** What has changed since an earlier assessment. */
export function sinceThen({ comparison }: Assessment): Section | undefined {
  if (!comparison) return undefined;
  return section('Since the earlier assessment', ...comparison.targets.flatMap((of) => changes(of)), {
    kind: 'paragraph',
    text: `Compared with the assessment of ${comparison.earlierMadeAt.slice(0, 10)}.`,
  });
}

function changes({
  kind,
  fixed,
  appeared,
  stayed,
  unknown = [],
}: AssessmentComparison['targets'][number]): readonly Block[] {
  const rows = [
    ...fixed.map((finding) => changeRow({ text: '✓ fixed', tone: 'good' }, finding)),
    ...appeared.map((finding) => changeRow({ text: '! new', tone: 'look' }, finding)),
    ...unknown.map((finding) => changeRow(prose('? not looked at this time'), finding)),
  ];
  return [
    { kind: 'heading', text: shortTargetName(kind) },
    {
      kind: 'paragraph',
      text: `${formatCount(fixed.length)} fixed, ${formatCount(appeared.length)} new, ${formatCount(stayed)} as before${unknown.length === 0 ? '' : `, ${formatCount(unknown.length)} not looked at this time`}.`,
    },
    ...boundedTable([{ title: 'Since then' }, { title: 'Where' }, { title: 'What' }], rows),
  ];
}

function changeRow(mark: Cell, finding: Finding): readonly Content[] {
  const where = finding.ns ? code(formatNamespace(finding.ns)) : prose('The whole cluster');
  return [mark, where, prose(findingSentence(finding))];
}
