/** What a report says, in which order, before it is Markdown or HTML. */
import { formatNamespace } from '../core/model/namespace.js';
import type { RunState } from '../core/model/run.js';
import { droppedOptionSentence, indexWhySentence, notMigratedSentence } from './fates.js';
import { methodName } from './methods.js';
import type { CollectionReportFacts, IndexOutcomeFacts, ReportFacts, VerificationFacts } from './report-facts.js';
import { formatBytes, formatCount, formatCountOf, formatDuration, formatRu } from './sizes.js';
import {
  differenceSentences,
  meansName,
  nextSteps,
  unverifiedSentence,
  verdictHeadline,
  verdictReasons,
} from './verdicts.js';

/** A name or a value that stands for itself is `code`; everything else is prose. */
export interface Cell {
  readonly text: string;
  readonly code?: true;
}

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly (readonly Cell[])[] }
  | { readonly kind: 'pairs'; readonly pairs: readonly (readonly [label: string, value: Cell])[] }
  | {
      readonly kind: 'table';
      readonly columns: readonly { readonly title: string; readonly right?: true }[];
      readonly rows: readonly (readonly Cell[])[];
    };

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export interface ReportContent {
  readonly title: string;
  readonly headline: string;
  /** How the headline is to be felt. */
  readonly tone: 'good' | 'look' | 'bad';
  readonly reasons: readonly string[];
  readonly nextSteps: readonly string[];
  readonly sections: readonly Section[];
}

const prose = (text: string): Cell => ({ text });
const code = (text: string): Cell => ({ text, code: true });
const number = (value: number): Cell => prose(value === 0 ? '' : formatCount(value));

const TARGETS: Readonly<Record<ReportFacts['target']['kind'], string>> = {
  'cosmos-ru': 'Azure Cosmos DB for MongoDB (RU)',
  'cosmos-vcore': 'Azure Cosmos DB for MongoDB vCore (Azure DocumentDB)',
  mongodb: 'MongoDB',
};

const TONES: Readonly<Partial<Record<RunState, ReportContent['tone']>>> = {
  completed: 'good',
  'completed-with-findings': 'look',
};

/** Everything that the report tells. Sections without content are left out. */
export function reportContent(report: ReportFacts): ReportContent {
  const verdict = report.verdict ?? { state: report.state, reasons: [{ id: 'interrupted', params: {} }] };
  const sections: (Section | undefined)[] = [
    summary(report),
    verification(report),
    differences(report),
    copy(report),
    indexes(report),
    options(report),
    leftBehind(report),
    deadLetters(report),
    course(report),
    reading(report),
  ];
  return {
    title: `Migration of ${report.source.name} to ${report.target.name}`,
    headline: verdictHeadline(verdict),
    tone: TONES[report.state] ?? 'bad',
    reasons: verdictReasons(verdict),
    nextSteps: nextSteps(verdict),
    sections: sections.filter((section): section is Section => section !== undefined),
  };
}

function section(title: string, ...blocks: readonly Block[]): Section {
  return { title, blocks };
}

/** Milliseconds between two ISO times. */
function between(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

function time(iso: string): string {
  return `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}

function summary(report: ReportFacts): Section {
  const { copy, verified, deadLetters } = report.totals;
  const collections = report.collections.length;
  const checked = `${formatCount(verified.equal)} of ${formatCountOf(collections, 'collection')} equal`;
  const pairs: (readonly [string, Cell])[] = [
    ['From', code(report.source.uri)],
    ['To', code(report.target.uri)],
    ['Target', prose(TARGETS[report.target.kind])],
    ['Method', prose(methodName(report.method))],
    [
      'Started',
      prose(
        report.attempts > 1
          ? `${time(report.startedAt)} (resumed ${report.attempts === 2 ? 'once' : `${formatCount(report.attempts - 1)} times`})`
          : time(report.startedAt),
      ),
    ],
    [
      'Last change',
      prose(`${time(report.updatedAt)} (${formatDuration(between(report.startedAt, report.updatedAt))})`),
    ],
    ['Documents written', prose(`${formatCount(copy.acknowledged)} (${formatBytes(copy.bytes)})`)],
    ...(copy.alreadyThere > 0
      ? [['Documents there already', prose(`${formatCount(copy.alreadyThere)}, with the same bytes`)] as const]
      : []),
    ...(copy.ru > 0
      ? [['Charge of the writes', prose(`${formatRu(Math.round(copy.ru))}, as the target reported`)] as const]
      : []),
    ...(copy.throttled > 0
      ? [['Throttled', prose(`${formatCountOf(copy.throttled, 'write')}, each sent again until it was in`)] as const]
      : []),
    ['Dead letters', prose(deadLetters === 0 ? 'none' : formatCountOf(deadLetters, 'document'))],
    ['Verified', prose(verified.pending === collections ? 'not yet' : checked)],
    ['Run', code(report.runId)],
    ['Plan', code(`${report.planId} (SHA-256 ${report.planHash})`)],
  ];
  return section('Summary', { kind: 'pairs', pairs });
}

function verification(report: ReportFacts): Section | undefined {
  const checked = report.collections.filter((c) => c.verification);
  if (checked.length === 0) return undefined;
  const rows = checked.map((c) => verificationRow(c.target, c.verification as VerificationFacts));
  return section(
    'Verification',
    {
      kind: 'paragraph',
      text:
        'Both sides were read and compared. A digest is the sum over the hashes of all documents, byte for byte; ' +
        'two sides with the same digest hold the same documents.',
    },
    {
      kind: 'table',
      columns: [
        { title: 'Collection' },
        { title: 'Result' },
        { title: 'Source', right: true },
        { title: 'Target', right: true },
        { title: 'Bytes', right: true },
        { title: 'Digest' },
        { title: 'How' },
        { title: 'Time', right: true },
      ],
      rows,
    },
    ...remarks(checked),
  );
}

const RESULTS = { equal: 'equal', different: 'DIFFERENT', unverified: 'not proven' } as const;

function verificationRow(ns: string, found: VerificationFacts): readonly Cell[] {
  const { source, target, seconds } = found.evidence;
  const sameBytes = source.bytes === target.bytes;
  const digest =
    source.digest === target.digest ? source.digest : `${source.digest || 'none'} / ${target.digest || 'none'}`;
  return [
    code(ns),
    prose(RESULTS[found.kind]),
    prose(formatCount(source.documents)),
    prose(formatCount(target.documents)),
    prose(
      source.digest === ''
        ? ''
        : sameBytes
          ? formatCount(source.bytes)
          : `${formatCount(source.bytes)} / ${formatCount(target.bytes)}`,
    ),
    digest === '' ? prose('') : code(digest),
    prose(meansName(found.evidence)),
    prose(formatDuration(seconds * 1000)),
  ];
}

function remarks(checked: readonly CollectionReportFacts[]): readonly Block[] {
  const items = checked.flatMap((c) => {
    const { deadLettered, mended } = (c.verification as VerificationFacts).evidence;
    return [
      ...(deadLettered.known > 0
        ? [
            [
              code(c.target),
              prose(`: ${formatCountOf(deadLettered.known, 'dead letter')} left out of the comparison on both sides.`),
            ],
          ]
        : []),
      ...(mended > 0
        ? [
            [
              code(c.target),
              prose(
                `: ${formatCountOf(mended, 'document')} had an empty timestamp, which a server fills in on insert; set right afterwards.`,
              ),
            ],
          ]
        : []),
    ];
  });
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

function differences(report: ReportFacts): Section | undefined {
  const items = report.collections.flatMap((c) => {
    const found = c.verification;
    if (!found || found.kind === 'equal') return [];
    const sentences = [
      ...(found.kind === 'unverified'
        ? [
            unverifiedSentence({
              why: found.why ?? '',
              ...(found.detail === undefined ? {} : { detail: found.detail }),
            }),
          ]
        : []),
      ...(found.differences ? differenceSentences(found.differences) : []),
    ];
    return sentences.map((text) => [code(c.target), prose(`: ${text}`)]);
  });
  return items.length === 0 ? undefined : section('What differs', { kind: 'list', items });
}

function copy(report: ReportFacts): Section | undefined {
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
      prose(formatBytes(c.copy.bytes)),
      ...optional.map(({ of }) => number(of(c.copy))),
    ]),
  });
}

function indexes(report: ReportFacts): Section | undefined {
  const all = report.collections.flatMap((c) => c.indexes.map((i) => ({ ns: c.target, ...i })));
  if (all.length === 0) return undefined;
  return section('Indexes', {
    kind: 'table',
    columns: [{ title: 'Collection' }, { title: 'Index' }, { title: 'Fate' }],
    rows: all.map(({ ns, name, outcome }) => [code(ns), code(name), prose(indexFate(outcome))]),
  });
}

function indexFate(outcome: IndexOutcomeFacts): string {
  const building = outcome.building ? '; the target is still building it' : '';
  switch (outcome.kind) {
    case 'created':
      return `created${building}`;
    case 'existed':
      return 'was there already';
    case 'rewritten':
      return `created with changes: ${indexWhySentence(outcome.why ?? '')}${building}`;
    case 'skipped':
      return `NOT created: ${indexWhySentence(outcome.why ?? '')}`;
    case 'failed':
      return `FAILED: ${outcome.message ?? ''} (code ${String(outcome.code ?? 0)})`;
    case 'pending':
      return 'not yet: the run did not get that far';
    default:
      return outcome.kind;
  }
}

function options(report: ReportFacts): Section | undefined {
  const items = report.collections.flatMap((c) =>
    c.droppedOptions.map((dropped) => [code(c.target), prose(`: ${droppedOptionSentence(dropped)}`)]),
  );
  return items.length === 0 ? undefined : section('Options left off', { kind: 'list', items });
}

function leftBehind(report: ReportFacts): Section | undefined {
  const items = report.notMigrated.map((left) => [
    code(formatNamespace(left.source)),
    prose(`: ${notMigratedSentence(left)}`),
  ]);
  return items.length === 0 ? undefined : section('What stayed behind', { kind: 'list', items });
}

function deadLetters(report: ReportFacts): Section | undefined {
  const items = report.collections
    .filter((c) => c.deadLetters > 0)
    .map((c) => [code(c.target), prose(`: ${formatCountOf(c.deadLetters, 'document')}`)]);
  if (items.length === 0) return undefined;
  return section(
    'Dead letters',
    {
      kind: 'paragraph',
      text: 'The target refuses these documents for good. Each is kept whole in the folder dead-letters of the run, with the reason in the file beside it.',
    },
    { kind: 'list', items },
  );
}

const PHASES: Readonly<Partial<Record<RunState, string>>> = {
  preparing: 'Preparing the target',
  copying: 'Copying',
  indexing: 'Building indexes',
  verifying: 'Verifying',
  paused: 'Paused',
  'failed-resumable': 'Stood still',
};

function course(report: ReportFacts): Section {
  const rows = report.history.flatMap((step, i) => {
    const next = report.history[i + 1]?.at ?? report.updatedAt;
    const name = PHASES[step.state];
    return name === undefined
      ? []
      : [[prose(name), prose(time(step.at)), prose(formatDuration(between(step.at, next)))]];
  });
  const ended = new Map<string, { tool: string; how: string; times: number }>();
  for (const { tool, exitCode, signal } of report.tools) {
    const how = signal === null ? `exit status ${String(exitCode ?? 'unknown')}` : `ended by ${signal}`;
    const known = ended.get(`${tool} ${how}`);
    ended.set(`${tool} ${how}`, { tool, how, times: (known?.times ?? 0) + 1 });
  }
  const tools = [...ended.values()].map((e) => [code(e.tool), prose(formatCount(e.times)), prose(e.how)]);
  return section(
    'Course',
    { kind: 'table', columns: [{ title: 'Phase' }, { title: 'From' }, { title: 'Lasted', right: true }], rows },
    ...(tools.length === 0
      ? []
      : [
          {
            kind: 'table' as const,
            columns: [{ title: 'Tool' }, { title: 'Times', right: true as const }, { title: 'Ended with' }],
            rows: tools,
          },
        ]),
  );
}

function reading(report: ReportFacts): Section {
  const lines = [
    "The verdict rests on the comparison of both sides, not on the tools' exit status, which can be 0 when documents were lost.",
    ...(report.totals.copy.ru > 0
      ? [
          'Request units are those that the target reported for the writes, estimated between its reports. Reading for the verification costs more on top.',
        ]
      : []),
    'Everything here is in report.json as well, with every difference that was found.',
  ];
  return section('How to read this', { kind: 'list', items: lines.map((line) => [prose(line)]) });
}
