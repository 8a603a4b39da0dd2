/** Every index of the source and what becomes of it. */
import type { Assessment, TargetAssessment } from '../core/model/assessment.js';
import type { IndexFacts } from '../core/model/facts.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { PlannedIndex } from '../core/model/plan.js';
import { shortTargetName } from './assessment-targets.js';
import { boundedTable } from './bounded.js';
import { indexWhySentence } from './fates.js';
import { code, prose, section, type Content, type Section } from './report-parts.js';
import { formatCount } from './sizes.js';

interface Row {
  readonly ns: string;
  readonly index: IndexFacts;
  readonly fates: Map<string, PlannedIndex['fate']>;
}

const WEIGHT = { skip: 0, rewrite: 1, create: 2 } as const;

/** What is lost first, then what is changed. */
export function indexes({ targets }: Assessment): Section | undefined {
  const rows = new Map<string, Row>();
  for (const { target, indexes: translations } of targets) {
    for (const { ns, indexes: planned } of translations) {
      for (const { index, fate } of planned) {
        const name = formatNamespace(ns);
        const key = `${name}\n${index.name}`;
        const row = rows.get(key) ?? { ns: name, index, fates: new Map() };
        row.fates.set(target.kind, fate);
        rows.set(key, row);
      }
    }
  }
  if (rows.size === 0) return undefined;
  const worst = (row: Row): number => Math.min(...[...row.fates.values()].map(({ kind }) => WEIGHT[kind]));
  const sorted = [...rows.values()].sort((a, b) => worst(a) - worst(b));
  return section(
    'Indexes',
    ...targets.map((target) => ({ kind: 'paragraph' as const, text: countsOf(target) })),
    ...boundedTable(
      [
        { title: 'Collection' },
        { title: 'Index' },
        { title: 'Key' },
        ...targets.map(({ target }) => ({ title: shortTargetName(target.kind) })),
      ],
      sorted.map((row) => indexRow(row, targets)),
    ),
  );
}

function countsOf({ target, indexes: translations }: TargetAssessment): string {
  const fates = translations.flatMap(({ indexes: planned }) => planned.map(({ fate }) => fate.kind));
  const count = (kind: keyof typeof WEIGHT): string => formatCount(fates.filter((fate) => fate === kind).length);
  return `On ${shortTargetName(target.kind)}: ${count('create')} as they are, ${count('rewrite')} changed, ${count('skip')} left out.`;
}

function indexRow({ ns, index, fates }: Row, targets: readonly TargetAssessment[]): readonly Content[] {
  return [
    code(ns),
    code(index.name),
    code(keyText(index)),
    ...targets.map(({ target }) => fateContent(fates.get(target.kind))),
  ];
}

function keyText({ key, unique, sparse, expireAfterSeconds, partialFilterExpression, collation }: IndexFacts): string {
  const fields = key.map(([path, value]) => `${path}: ${value}`).join(', ');
  const marks = [
    ...(unique ? ['unique'] : []),
    ...(sparse ? ['sparse'] : []),
    ...(expireAfterSeconds === undefined ? [] : ['expires']),
    ...(partialFilterExpression ? ['partial'] : []),
    ...(collation ? ['collation'] : []),
  ];
  return `{ ${fields} }${marks.map((mark) => `, ${mark}`).join('')}`;
}

const WHEN = {
  'before-data': 'before the data',
  'after-data': 'after the data',
  'after-verification': 'last of all',
} as const;

function fateContent(fate: PlannedIndex['fate'] | undefined): Content {
  switch (fate?.kind) {
    case undefined:
      return prose('');
    case 'create':
      return { text: `✓ as it is, ${WHEN[fate.when]}`, tone: 'good' };
    case 'rewrite': {
      const changed = prose(`: ${indexWhySentence(fate.why)}`);
      return [{ text: `! changed, ${WHEN[fate.when]}`, tone: 'look' }, changed];
    }
    case 'skip':
      return [{ text: '✗ left out', tone: 'bad' }, prose(`: ${indexWhySentence(fate.why)}`)];
  }
}
