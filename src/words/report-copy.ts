/** What was moved and what was not: documents, indexes, options, dead letters. */
import { UNTRANSFORMED } from '../core/model/dead-letter.js';
import { formatNamespace } from '../core/model/namespace.js';
import { droppedOptionSentence, indexWhySentence, notMigratedSentence } from './fates.js';
import type { CollectionReport, RunReport } from '../engine/journal/report.js';
import { code, number, prose, section, time, type Block, type Cell, type Section } from './report-parts.js';
import { formatCopiedBytes, formatCount, formatCountOf } from './sizes.js';
import { transformPhrases } from './transforms.js';

export function copy(report: RunReport): Section | undefined {
  const moved = report.collections.filter((c) => c.kind === 'collection');
  if (moved.length === 0) return undefined;
  const { copy: sum } = report.totals;
  const optional = [
    { title: 'There already', of: (c: typeof sum) => c.alreadyThere },
    { title: 'Conflicts', of: (c: typeof sum) => c.conflicts },
    { title: 'Dead letters', of: (c: typeof sum) => c.deadLettered },
    { title: 'Throttled', of: (c: typeof sum) => c.throttled },
    { title: 'RU', of: (c: typeof sum) => Math.round(c.ru) },
  ].filter(({ of }) => of(sum) > 0);
  return section('Copy', {
    kind: 'table',
    columns: [
      { title: 'From' },
      { title: 'To' },
      { title: 'Written', right: true },
      { title: 'Bytes', right: true },
      ...optional.map(({ title }) => ({ title, right: true as const })),
    ],
    rows: moved.map((c) => [
      code(c.source),
      c.target === c.source ? prose('same name') : code(c.target),
      prose(formatCount(c.copy.acknowledged)),
      prose(formatCopiedBytes(c.copy.bytes, c.copy.acknowledged)),
      ...optional.map(({ of }) => number(of(c.copy))),
    ]),
  });
}

export function changes(report: RunReport): Section | undefined {
  const items = report.collections.flatMap(({ source, transform }) =>
    transform ? transformPhrases(transform).map((phrase) => [code(source), prose(`: ${phrase}`)]) : [],
  );
  if (items.length === 0) return undefined;
  return section(
    'Changed on the way',
    {
      kind: 'paragraph',
      text: 'The plan asks for these changes. The check made them on the source, too: what is called equal below is equal to the changed documents, byte for byte.',
    },
    { kind: 'list', items },
  );
}

export function indexes(report: RunReport): Section | undefined {
  const all = report.collections.flatMap((c) => c.indexes.map((i) => ({ ns: c.target, ...i })));
  if (all.length === 0) return undefined;
  return section('Indexes', {
    kind: 'table',
    columns: [{ title: 'Collection' }, { title: 'Index' }, { title: 'Fate' }],
    rows: all.map(({ ns, name, outcome }) => [code(ns), code(name), prose(indexFate(outcome))]),
  });
}

function indexFate(outcome: CollectionReport['indexes'][number]['outcome']): string {
  const building = 'building' in outcome && outcome.building ? '; the target is still building it' : '';
  switch (outcome.kind) {
    case 'created':
      return `created${building}`;
    case 'existed':
      return 'was there already';
    case 'rewritten':
      return `created with changes: ${indexWhySentence(outcome.why)}${building}`;
    case 'skipped':
      return `NOT created: ${indexWhySentence(outcome.why)}`;
    case 'failed':
      return `FAILED: ${outcome.message} (code ${outcome.code})`;
    case 'pending':
      return 'not yet: the run did not get that far';
  }
}

export function options(report: RunReport): Section | undefined {
  const items = report.collections.flatMap((c) =>
    c.droppedOptions.map((dropped) => [code(c.target), prose(`: ${droppedOptionSentence(dropped)}`)]),
  );
  return items.length === 0 ? undefined : section('Options left off', { kind: 'list', items });
}

export function leftBehind(report: RunReport): Section | undefined {
  const items = report.notMigrated.map((left) => [
    code(formatNamespace(left.source)),
    prose(`: ${notMigratedSentence(left)}`),
  ]);
  return items.length === 0 ? undefined : section('What stayed behind', { kind: 'list', items });
}

export function deadLetters(report: RunReport): Section | undefined {
  const kept = report.collections.filter((c) => c.deadLetters > 0);
  const tries = report.collections.flatMap((c) =>
    c.retries.map((retry) => [code(c.target), prose(`: ${retrySentence(retry)}`)]),
  );
  if (kept.length === 0 && tries.length === 0) return undefined;
  const blocks: Block[] = [];
  if (kept.length > 0) {
    blocks.push(
      {
        kind: 'paragraph',
        text: 'The target refuses these documents for good. Each is kept whole in the folder dead-letters of the run, with the reason in the file beside it. Once the reason is gone they can be sent again.',
      },
      {
        kind: 'list',
        items: kept.flatMap((c) => [
          [code(c.target), prose(`: ${formatCountOf(c.deadLetters, 'document')}`)],
          ...reasonItems(c),
        ]),
      },
    );
  }
  const untransformed = kept.some((c) => c.deadLetterReasons?.some(({ codeName }) => codeName === UNTRANSFORMED));
  if (untransformed) {
    blocks.push({
      kind: 'paragraph',
      text: 'Those that could not be changed as the plan says are kept as they are on the source, and are never sent so: correct them there, or the plan, and make a new run.',
    });
  }
  if (tries.length > 0)
    blocks.push({ kind: 'paragraph', text: 'What was sent again:' }, { kind: 'list', items: tries });
  return section('Dead letters', ...blocks);
}

function reasonItems({ target, deadLetterReasons }: CollectionReport): Cell[][] {
  return deadLetterReasons.map(({ documents, code: number, codeName, message }) => {
    const name = codeName === undefined ? `code ${number}` : `code ${number}, ${codeName}`;
    return [code(target), prose(`: ${formatCount(documents)} for ${message} (${name})`)];
  });
}

function retrySentence({ at, sent, arrived, alreadyThere, refused }: CollectionReport['retries'][number]): string {
  const there = alreadyThere > 0 ? `, ${formatCount(alreadyThere)} there already` : '';
  return `${time(at)}: ${formatCountOf(sent, 'document')} sent again, ${formatCount(arrived)} arrived${there}, ${formatCount(refused)} still refused.`;
}
