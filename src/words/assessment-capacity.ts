/** What has to be provisioned: request units of an RU account, or the tier of a cluster. */
import type { Assessment, RuCollectionSizing, RuSizing, VcoreSizing } from '../core/model/assessment.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { NoteBook } from './assessment-notes.js';
import { boundedTable } from './bounded.js';
import { estimateBand, figureRange } from './estimates.js';
import { code, lines, number, prose, section, type Block, type Content, type Section } from './report-parts.js';
import { vcoreReasonSentence } from './sizing.js';
import { formatDurationRange, formatRuPerSecond } from './sizes.js';

const MOST_BARS = 10;

export function ruCapacity({ targets }: Assessment, notes: NoteBook): Section | undefined {
  const ru = targets.find((target) => target.ru)?.ru;
  return ru && section('Throughput of an RU account', ...ruBlocks(ru, notes));
}

function ruBlocks(ru: RuSizing, notes: NoteBook): readonly Block[] {
  const largest = [...ru.collections].sort((a, b) => b.migration.expected - a.migration.expected);
  const pairs: (readonly [string, Content])[] = [
    ['To write everything once', notes.figure(ru.migration)],
    ['While it is copied', notes.figure(ru.migrationThroughput)],
    ['Every day', notes.figure(ru.steady)],
    ...(ru.steadyByRates ? [['By the operations of the source', notes.figure(ru.steadyByRates)] as const] : []),
    ...(ru.steadyByCores ? [['By the cores of the source', notes.figure(ru.steadyByCores)] as const] : []),
    ['Least that can be set after the copy', notes.figure(ru.floorAfterBoost)],
    ['Storage', notes.figure(ru.storage)],
  ];
  const bars = largest.filter(({ migration }) => migration.expected > 0).slice(0, MOST_BARS);
  return [
    { kind: 'pairs', pairs },
    ...(bars.length < 2
      ? []
      : [
          {
            kind: 'bars' as const,
            title: 'Request units to write each collection once: as expected, and the range',
            bars: bars.map(({ ns, migration }) => ({
              label: formatNamespace(ns),
              value: migration.expected,
              low: migration.low,
              high: migration.high,
              text: estimateBand(migration),
            })),
          },
        ]),
    ...boundedTable(
      [
        { title: 'Collection' },
        { title: 'Insert while copied, RU' },
        { title: 'Insert every day, RU' },
        { title: 'Point read, RU' },
        { title: 'Query, RU' },
        { title: 'Replace, RU' },
        { title: 'Delete, RU' },
        { title: 'Every day, RU/s' },
        { title: 'Partitions' },
      ],
      largest.map((one) => collectionRow(one, largest.some(({ steady }) => steady) ? 'none seen' : 'unknown')),
    ),
    ...restsOn(largest, notes),
    ...budgetTable(ru),
    ...preSplit(ru),
  ];
}

/** Each of them is said once; what differs is only how many documents were looked at. */
function restsOn(collections: readonly RuCollectionSizing[], notes: NoteBook): readonly Block[] {
  const byId = new Map(
    collections
      .flatMap(({ insert, insertWithIndexes, pointRead, query, replace, steady, partitions }) =>
        [insert, insertWithIndexes, pointRead, query, replace, ...(steady ? [steady] : []), partitions].flatMap(
          ({ assumptions }) => assumptions,
        ),
      )
      .reverse()
      .map((assumption) => [assumption.id, assumption] as const),
  );
  if (byId.size === 0) return [];
  const text = 'What the figures of single collections rest on, by the example of the largest:';
  return [{ kind: 'paragraph', text, notes: notes.assumptions([...byId.values()].reverse()) }];
}

function collectionRow(one: RuCollectionSizing, noLoad: string): readonly Content[] {
  return [
    code(formatNamespace(one.ns)),
    ...[one.insert, one.insertWithIndexes, one.pointRead, one.query, one.replace, one.remove].map((figure) =>
      prose(figureRange(figure)),
    ),
    prose(one.steady ? figureRange(one.steady) : noLoad),
    prose(figureRange(one.partitions)),
  ];
}

/** Who gets how much of the sums above. */
function budgetTable({ budgets = [], steady: everyday, steadyByRates }: RuSizing): readonly Block[] {
  if (budgets.length < 2) return [];
  const most = [...budgets].sort((a, b) => (b.boost ?? b.steady) - (a.boost ?? a.steady));
  return [
    { kind: 'heading', text: 'Which throughput each gets' },
    ...boundedTable(
      [
        { title: 'Collection, or database that shares' },
        { title: 'Collections', right: true },
        { title: 'While it is copied', right: true },
        { title: 'Every day', right: true },
        { title: 'Least after the copy', right: true },
      ],
      most.map(({ budget, collections, boost, steady, least }) => [
        budget.endsWith('.') ? lines([`${budget.slice(0, -1)} (shared)`]) : code(budget),
        number(collections),
        prose(formatRuPerSecond(boost ?? steady)),
        prose(formatRuPerSecond(steady)),
        prose(formatRuPerSecond(least)),
      ]),
    ),
    ...unplaced(
      budgets.reduce((sum, { steady }) => sum + steady, 0),
      everyday.expected,
      steadyByRates ? 'operations' : 'cores',
    ),
  ];
}

/** What is known of the source as a whole is no collection's. */
function unplaced(placed: number, everyday: number, by: 'operations' | 'cores'): readonly Block[] {
  if (placed >= everyday) return [];
  const text =
    `Every day these come to ${formatRuPerSecond(placed)}. The ${formatRuPerSecond(everyday)} above are by the ${by} of the whole source, which do not tell ` +
    'whose they are: give the rest to the collections that you know to be busy.';
  return [{ kind: 'paragraph', text }];
}

function preSplit({ preSplit: splits }: RuSizing): readonly Block[] {
  if (splits.length === 0) return [];
  return [
    { kind: 'heading', text: 'Collections to be made with enough partitions' },
    ...boundedTable(
      [
        { title: 'Collection' },
        { title: 'Partitions', right: true },
        { title: 'Create with', right: true },
        { title: 'Then, for the copy', right: true },
        { title: 'The copy then takes' },
      ],
      splits.map(({ ns, partitions, createWithRuPerSecond, raiseToRuPerSecond, durationMs }) => [
        code(formatNamespace(ns)),
        prose(String(partitions)),
        prose(formatRuPerSecond(createWithRuPerSecond)),
        prose(formatRuPerSecond(raiseToRuPerSecond)),
        prose(formatDurationRange(durationMs)),
      ]),
    ),
  ];
}

export function vcoreCapacity({ targets }: Assessment, notes: NoteBook): Section | undefined {
  const vcore = targets.find((target) => target.vcore)?.vcore;
  return vcore && section('Size of a vCore cluster', ...vcoreBlocks(vcore, notes));
}

function vcoreBlocks(vcore: VcoreSizing, notes: NoteBook): readonly Block[] {
  const { tier, shards, storageGib, highAvailability, reasons, alternatives } = vcore;
  return [
    {
      kind: 'pairs',
      pairs: [
        ['Tier', prose(tier)],
        ['Shards', prose(String(shards))],
        ['Storage of each shard', prose(`${storageGib} GiB`)],
        ['High availability', prose(highAvailability ? 'yes' : 'no')],
        ['Working set', notes.figure(vcore.workingSet)],
        ['Storage needed', notes.figure(vcore.storage)],
        ...(vcore.iops ? [['Operations of the disk', notes.figure(vcore.iops)] as const] : []),
      ],
    },
    { kind: 'list', items: reasons.map((reason) => [prose(vcoreReasonSentence(reason))]) },
    ...(alternatives.length === 0
      ? []
      : [
          { kind: 'heading' as const, text: 'The tiers beside it' },
          ...boundedTable(
            [{ title: 'Tier' }, { title: 'Compared with it' }],
            alternatives.map((other) => [prose(other.tier), lines(other.reasons.map(vcoreReasonSentence))]),
          ),
        ]),
  ];
}
