/** The report's first and last sections: what it is about, how it went, how it is to be read. */
import type { RunState } from '../core/model/run.js';
import { travelLosses, travelSentence } from './choices.js';
import { methodName } from './methods.js';
import type { RunReport } from '../engine/journal/report.js';
import { between, code, prose, section, time, type Cell, type Section } from './report-parts.js';
import { equalText } from './verdicts.js';
import { formatCopiedBytes, formatCount, formatCountOf, formatDuration, formatRu } from './sizes.js';

const TARGETS: Readonly<Record<RunReport['target']['kind'], string>> = {
  'cosmos-ru': 'Azure Cosmos DB for MongoDB (RU)',
  'cosmos-vcore': 'Azure Cosmos DB for MongoDB vCore (Azure DocumentDB)',
  mongodb: 'MongoDB',
};

/** How many collections are proven equal. */
export function verifiedText({ collections }: Pick<RunReport, 'collections'>): string {
  const proven = collections.filter(({ verification }) => verification?.kind === 'equal');
  const equal = proven.filter(({ deadLetters }) => deadLetters === 0).length;
  return equalText({ equal, butForDeadLetters: proven.length - equal, all: collections.length });
}

export function summary(report: RunReport): Section {
  const { copy, verified, deadLetters } = report.totals;
  const bytes = formatCopiedBytes(copy.bytes, copy.acknowledged);
  const collections = report.collections.length;
  const pairs: (readonly [string, Cell])[] = [
    ['From', code(report.source.uri)],
    ['To', code(report.target.uri)],
    ...(report.target.uri.startsWith('file:') ? [] : [['Target', prose(TARGETS[report.target.kind])] as const]),
    ['Method', prose(methodName(report.method))],
    ...(report.text ? [['Documents as', prose(travelSentence(report.text))] as const] : []),
    ...(report.readConcern === undefined ? [] : [['Read concern', code(report.readConcern)] as const]),
    [
      'Started',
      prose(
        report.attempts > 1
          ? `${time(report.startedAt)} (resumed ${report.attempts === 2 ? 'once' : `${formatCount(report.attempts - 1)} times`})`
          : time(report.startedAt),
      ),
    ],
    ['Time at work', prose(formatDuration(workedMs(report)))],
    [
      'Last change',
      prose(`${time(report.updatedAt)} (${formatDuration(between(report.startedAt, report.updatedAt))})`),
    ],
    ['Documents written', prose([formatCount(copy.acknowledged), ...(bytes === '' ? [] : [`(${bytes})`])].join(' '))],
    ...(copy.alreadyThere > 0
      ? [['Documents there already', prose(`${formatCount(copy.alreadyThere)}, with the same bytes`)] as const]
      : []),
    ...(copy.ru > 0
      ? [['Charge of the writes', prose(`${formatRu(Math.round(copy.ru))}, as the target reported`)] as const]
      : []),
    ...(report.totals.readRu > 0
      ? [
          [
            'Charge of the check',
            prose(`about ${formatRu(Math.round(report.totals.readRu))}, by the published table`),
          ] as const,
        ]
      : []),
    ...(copy.throttled > 0
      ? [['Throttled', prose(`${formatCountOf(copy.throttled, 'write')}, each sent again until it was in`)] as const]
      : []),
    ['Dead letters', prose(deadLetters === 0 ? 'none' : formatCountOf(deadLetters, 'document'))],
    ['Verified', prose(verified.pending === collections ? 'not yet' : verifiedText(report))],
    ['Run', code(report.runId)],
    ['Plan', code(`${report.planId} (SHA-256 ${report.planHash})`)],
  ];
  return section('Summary', { kind: 'pairs', pairs });
}

const PHASES: Readonly<Partial<Record<RunState, string>>> = {
  preparing: 'Preparing the target',
  copying: 'Copying',
  indexing: 'Building indexes',
  verifying: 'Verifying',
  paused: 'Paused',
  'failed-resumable': 'Stood still',
  cancelled: 'Cancelled',
};

const AT_WORK: ReadonlySet<RunState> = new Set(['preparing', 'copying', 'indexing', 'verifying']);

/** Without pauses and standstills. */
function workedMs(report: RunReport): number {
  return report.history.reduce((sum, step, i) => {
    const next = report.history[i + 1]?.at ?? report.updatedAt;
    return sum + (AT_WORK.has(step.state) ? between(step.at, next) : 0);
  }, 0);
}

export function course(report: RunReport): Section {
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

export function reading(report: RunReport): Section {
  const lines = [
    report.method === 'direct-copy'
      ? 'The verdict rests on what the target held when it was read again after the copy, not on what it said while it was written.'
      : report.verdict?.proves === 'files-written'
        ? 'The verdict rests on the files, read again and compared with the source, document by document where they are JSON. No target took part.'
        : report.verdict?.proves === 'files-on-target'
          ? 'The verdict rests on the comparison of the target with the files, which stand for the source: whether they hold what the source holds was not looked at.'
          : "The verdict rests on the comparison of both sides, not on the tools' exit status, which can be 0 when documents were lost.",
    ...(report.text ? travelLosses(report.text) : []),
    ...(report.totals.copy.ru > 0
      ? [
          'Request units are those that the target reported for the writes, estimated between its reports. The charge of the check, which reads every document, comes on top.',
        ]
      : []),
    'Everything here is in report.json as well, with every difference that was found.',
  ];
  return section('How to read this', { kind: 'list', items: lines.map((line) => [prose(line)]) });
}
