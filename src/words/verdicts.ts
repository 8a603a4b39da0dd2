/** How a run ended and what verification found, in sentences; and what the user does next. */
import type { ResumesBy, RunState } from '../core/model/run.js';
import { lookUp, textOf, unknownId, type Params } from './params.js';
import { verdictReasonSentence } from './runs.js';
import { formatCount, formatCountOf } from './sizes.js';

/** Shapes of the engine's results, as far as words need them: this room knows only core. */
export interface VerdictFacts {
  readonly state: RunState;
  /** What a good end proves, where it is not that the target holds what the source holds. */
  readonly proves?: 'files-written' | 'files-on-target';
  readonly reasons: readonly { readonly id: string; readonly params: Params }[];
  /** How the run is resumed, where that is not only by going on. */
  readonly resumesBy?: ResumesBy;
}

export interface EvidenceFacts {
  readonly means: string;
  readonly ranges: number;
}

export interface DifferenceFacts {
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
  readonly exact: boolean;
  readonly documents: readonly { readonly kind: string; readonly id: unknown; readonly idHex: string }[];
  readonly definition: readonly {
    readonly what: string;
    readonly kind: string;
    readonly expected?: unknown;
    readonly actual?: unknown;
  }[];
}

const HEADLINES: Readonly<Record<RunState, string>> = {
  planned: 'Not started.',
  preparing: 'Preparing the target.',
  copying: 'Copying.',
  indexing: 'Building indexes.',
  verifying: 'Verifying.',
  completed: 'Completed: every document is on the target, byte for byte.',
  'completed-with-findings': 'Completed, with findings to look at.',
  paused: 'Paused. What was copied counts: the run can be resumed.',
  'failed-resumable': 'Not complete. Nothing is lost: the run can be resumed.',
  cancelled: 'Cancelled.',
};

const PROVEN: Readonly<Record<NonNullable<VerdictFacts['proves']>, string>> = {
  'files-written':
    'Exported: every document of the source is in the files, and reads back byte for byte. No target took part.',
  'files-on-target':
    'Imported: every document of the files is on the target, byte for byte. The source took no part in the check.',
};

/** The verdict in one line. `changed`: the plan filters or changes documents on their way. */
export function verdictHeadline(verdict: VerdictFacts, changed = false): string {
  if (changed && verdict.state === 'completed') {
    return 'Completed: every document that the plan asks for is on the target, byte for byte as the plan changes it.';
  }
  const isStopped = verdict.reasons.some(({ id }) => id === 'stopped-by-user') && verdict.state === 'failed-resumable';
  if (verdict.resumesBy === 'beginning-again' && (isStopped || verdict.state === 'paused')) {
    return `${isStopped ? 'Stopped by you' : 'Paused'}. The run can be resumed: every collection is read and written again then.`;
  }
  if (isStopped) return 'Stopped by you. What was copied counts: the run can be resumed.';
  if (verdict.reasons.some(({ id }) => id === 'csv-not-equal') && verdict.state === 'completed-with-findings') {
    return verdict.proves === 'files-written'
      ? 'Exported as CSV: the numbers of documents agree where nothing else is said; more cannot be compared.'
      : 'Copied as CSV: the target is not what the source is.';
  }
  if (verdict.proves !== undefined && verdict.state === 'completed') return PROVEN[verdict.proves];
  const onlyLeftOut = verdict.reasons.every(({ id }) => WITHOUT_DOUBT.has(id));
  if (verdict.state === 'completed-with-findings' && onlyLeftOut) {
    return verdict.proves === undefined
      ? 'Completed, with findings: every document that was to be migrated is on the target, byte for byte.'
      : `${PROVEN[verdict.proves]} There are findings.`;
  }
  if (verdict.state === 'completed-with-findings' && isInDoubt(verdict)) {
    return verdict.proves === 'files-written'
      ? 'Exported, but the files are not proven to hold what the source holds.'
      : verdict.proves === 'files-on-target'
        ? 'Imported, but the target is not proven to hold what the files hold.'
        : 'Copied, but the target is not proven to be equal to the source.';
  }
  return HEADLINES[verdict.state];
}

/** Verification looked and did not find the target equal: nothing to point an application at before somebody has looked, too. */
function isInDoubt(verdict: VerdictFacts): boolean {
  return verdict.reasons.some(({ id }) => IN_DOUBT.has(id));
}

const IN_DOUBT: ReadonlySet<string> = new Set(['verification-differs', 'not-verified', 'csv-not-equal']);

/** Findings that put no doubt on the documents that were copied. */
const WITHOUT_DOUBT: ReadonlySet<string> = new Set([
  'index-skipped',
  'index-failed',
  'namespaces-left-out',
  'throughput-not-restored',
]);

/** One sentence per reason, alike ones only once. */
export function verdictReasons(verdict: VerdictFacts): string[] {
  const said = verdict.reasons.filter(({ id }) => !SAID_BY_HEADLINE.has(id) || verdict.reasons.length > 1);
  return [...new Set(said.map((reason) => verdictReasonSentence(reason)))];
}

const SAID_BY_HEADLINE: ReadonlySet<string> = new Set(['stopped-by-user', 'paused-by-user']);

const STEPS: Readonly<Record<string, string | ((params: Params) => string)>> = {
  'verification-differs':
    'Look at the differences in the report. A source that is written to during a run moves on: stop writes and resume.',
  'not-verified': ({ why }) => NOT_VERIFIED_STEPS.get(why) ?? 'Look at the report, then verify again.',
  'collection-not-created': "Look at the server's words: often a name or a quota. Then resume.",
  'index-failed': "Look at the server's words, correct what is in the way and resume, or create the index by hand.",
  'index-skipped': 'Look at whether a query needs the indexes that the target does not have.',
  'dead-letters':
    'Look at the dead letters in the run folder: each document is there whole, with the reason. Take away what is in their way and send them again, or make them fit and insert them by hand.',
  'writes-refused': "Look at the tools' words in the report, correct what is in the way and resume.",
  'conflicts-left': 'Compare those documents on both sides and decide which ones stay.',
  'csv-not-equal':
    'Compare what matters to you by hand. To migrate without a loss take canonical JSON, or another method.',
  'namespaces-left-out': 'Decide about what was left out.',
  'documents-missing': 'Resume the run: it brings what is missing.',
  'stopped-by-user': 'Resume the run when it suits you.',
  'paused-by-user': 'Resume the run when it suits you.',
  'cancelled-by-user':
    'Drop on the target what is not wanted there. A new run of the same plan recognises what is there already.',
  conflict:
    'Verify the run: that names the documents that differ. Then remove them on one side and resume, or make a new plan with another policy for conflicts and run that.',
  'connection-lost': (p) =>
    p['answersAgain'] === true
      ? 'Resume: what has arrived counts.'
      : `Bring the ${textOf(p, 'side')} back, then resume.`,
  'all-refused':
    "Look at the server's words, correct what is in the way and resume. Then retry the dead letters: those documents are kept whole among them. Where the documents themselves are at fault, resume on the command line with --most-refused 0, which keeps them all as dead letters.",
  'tool-failed': "Look at the tool's words, then resume.",
  'spark-run-ended': ({ task }) =>
    `Look at the run's page in Databricks and its words, correct what is in the way and resume: ${
      task === 'transform' ? 'every collection is read and written again' : 'ranges that are copied stay so'
    }.`,
  'spark-run-goes-on': 'Stop it on the page of the job in Databricks, if it is not to go on.',
  'pipeline-run-goes-on': 'Stop it under Monitor in Data Factory, if it is not to go on; a resumed run takes it up.',
  'dms-goes-on': 'Stop the migration in the Azure portal, or delete the service, if it is not to go on.',
  'spark-not-taken-away': 'Delete the job and its folder in the workspace; their names are in the report.',
  'left-elsewhere':
    'Look at "Carried out elsewhere" in the report: stop there what still goes on, and delete what nobody needs.',
  interrupted: 'Resume the run.',
  'throughput-not-restored': 'Lower the throughput in the portal, or resume the run: it tries again.',
};

/** What is to be done instead where a run is not resumed by going on alone. */
const STEPS_BY: Readonly<Record<ResumesBy, Readonly<Record<string, string>>>> = {
  'beginning-again': {
    'documents-missing': 'Resume the run: every collection is read and written again.',
    'connection-lost': 'Resume the run once both sides answer: every collection is read and written again.',
    'index-failed':
      "Look at the server's words, correct what is in the way and create the index by hand: a resumed run reads and writes every collection again.",
  },
  'another-job': {
    'documents-missing': 'Resume the run: another job brings what is missing.',
    'index-failed':
      "Look at the server's words, correct what is in the way and create the index by hand: a resumed run starts another job, which reads every collection again.",
    'verification-differs':
      "Look at the differences in the report. A source that is written to during a run moves on: stop writes and resume. That starts another job, which reads every collection again: it leaves as it is what is there with equal content, brings what is missing, and goes by the plan's policy for conflicts where content differs.",
  },
};

const READY = 'Point the application at the target when you are ready. Keep the source until you are sure.';

const IMPORT_NEXT = 'Import the files when you are ready: plan --from-files with this folder and a target.';

const NOT_VERIFIED_STEPS: ReadonlyMap<unknown, string> = new Map([
  ['source-moved', 'Verify again when nothing writes to the source.'],
  ['counts-only', 'Numbers that agree do not prove what is in the documents: compare what matters to you by hand.'],
  ['unreadable', 'Look at why a side could not be read, then verify again.'],
]);

/** What the user does next, in order; never empty. */
export function nextSteps(verdict: VerdictFacts): string[] {
  const knowsBetter = verdict.reasons.some(({ id }) => id === 'connection-lost' || id.startsWith('error:'));
  const isCsv = verdict.reasons.some(({ id }) => id === 'csv-not-equal');
  const steps = verdict.reasons.flatMap(({ id, params }) => {
    // CSV is never more than counted, and its own step says what to do about that.
    if (isCsv && id === 'not-verified' && params['why'] === 'counts-only') return [];
    if (id.startsWith('error:')) return ['Do what is said above, then resume the run.'];
    // What the tools say then is only what followed.
    if (id === 'tool-failed' && knowsBetter) return [];
    const step = (verdict.resumesBy && lookUp(STEPS_BY[verdict.resumesBy], id)) ?? lookUp(STEPS, id);
    return step === undefined ? [] : [typeof step === 'string' ? step : step(params)];
  });
  const isExport = verdict.proves === 'files-written';
  const done = (verdict.state === 'completed' || verdict.state === 'completed-with-findings') && !isInDoubt(verdict);
  return [
    ...new Set([
      ...steps,
      ...(done
        ? [isExport ? IMPORT_NEXT : READY]
        : steps.length === 0
          ? [verdict.state === 'cancelled' ? 'Make a new run to start again.' : 'Resume the run.']
          : []),
    ]),
  ];
}

const MEANS: Readonly<Record<string, (evidence: EvidenceFacts) => string>> = {
  'id-ranges': (e) => formatCountOf(e.ranges, 'range'),
  'one-pass': () => 'one pass',
  streamed: () => 'hashed while copying',
  'spark-job': () => 'by the Spark job',
  counts: () => 'counts only',
  definition: () => 'definition',
};

const READ_IN_FULL: ReadonlySet<string> = new Set(['id-ranges', 'one-pass', 'streamed', 'spark-job']);

/** Whether every document of the target was read, and not only counted. */
export function wasRead({ means }: Pick<EvidenceFacts, 'means'>): boolean {
  return READ_IN_FULL.has(means);
}

/** How a collection was compared, in two words. */
export function meansName(evidence: EvidenceFacts): string {
  return MEANS[evidence.means]?.(evidence) ?? evidence.means;
}

const UNVERIFIED: Readonly<Record<string, string>> = {
  'counts-only': 'The numbers of documents agree; nothing more was compared.',
  'source-moved': 'The source was written to meanwhile, so nothing can be proven.',
  unreadable: 'A side could not be read.',
};

export function unverifiedSentence(result: { readonly why: string; readonly detail?: string }): string {
  const words = UNVERIFIED[result.why] ?? unknownId(result.why, {});
  return result.detail === undefined ? words : `${words} The server said: ${result.detail}`;
}

/** Named in a sentence; the rest is in the JSON report. */
const NAMED = 5;

const KINDS: Readonly<Record<string, string>> = {
  missing: 'missing on the target',
  extra: 'on the target only',
  different: 'with other content',
};

/** What differs: documents with the first of their `_id`s, then indexes and options. */
export function differenceSentences(differences: DifferenceFacts): string[] {
  const absent = differences.definition.some(({ what, kind }) => what === 'collection' && kind === 'missing');
  if (absent) {
    const lost = differences.missing > 0 ? ` with its ${formatCountOf(differences.missing, 'document')}` : '';
    return [`the collection is missing on the target${lost}`];
  }
  const documents = (['missing', 'extra', 'different'] as const).flatMap((kind) => {
    const count = differences[kind];
    if (count === 0) return [];
    const ids = differences.documents.filter((d) => d.kind === kind).map((d) => idText(d));
    const named = ids.slice(0, NAMED).join(', ');
    const list = named === '' ? '' : `: _id ${named}${count > NAMED ? ', ...' : ''}`;
    return [`${differences.exact ? '' : 'at least '}${formatCountOf(count, 'document')} ${KINDS[kind] ?? kind}${list}`];
  });
  const definition = differences.definition.map(({ what, kind, expected, actual }) => {
    const [name, of] = what.includes(':')
      ? [what.slice(0, what.indexOf(':')), what.slice(what.indexOf(':') + 1)]
      : [what, ''];
    const subject = of === '' ? name : `${name} ${of}`;
    if (kind !== 'different') return `${subject} is ${KINDS[kind] ?? kind}`;
    return `${subject} is ${JSON.stringify(actual)} on the target, not ${JSON.stringify(expected)}`;
  });
  return [...documents, ...definition];
}

const PLAIN_IDS: ReadonlySet<string> = new Set([
  '$oid',
  '$numberInt',
  '$numberLong',
  '$numberDouble',
  '$numberDecimal',
]);

function idText({ id, idHex }: { readonly id: unknown; readonly idHex: string }): string {
  if (id === null) return `(raw) ${idHex}`;
  // Extended JSON names the type: { "$numberInt": "5" } is 5 to a person, { "$oid": "..." } is its digits.
  const [wrapped, ...more] = typeof id === 'object' ? Object.entries(id as Readonly<Record<string, unknown>>) : [];
  const plain = wrapped !== undefined && more.length === 0 && PLAIN_IDS.has(wrapped[0]);
  return plain && typeof wrapped[1] === 'string' ? wrapped[1] : JSON.stringify(id);
}

/** `3 of 4 collections equal, 1 more but for its dead letters`: what was refused is not on the target, however equal the rest is. */
export function equalText(count: {
  readonly equal: number;
  readonly butForDeadLetters: number;
  readonly all: number;
}): string {
  const { equal, butForDeadLetters: rest, all } = count;
  const text = `${formatCount(equal)} of ${formatCountOf(all, 'collection')} equal`;
  if (rest === 0) return text;
  return `${text}, ${formatCount(rest)} more but for ${rest === 1 ? 'its' : 'their'} dead letters`;
}
