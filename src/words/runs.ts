import { DATA_FACTORY_REASONS } from './data-factory.js';
import type { RunState } from '../core/model/run.js';
import type { LimitedBy, RunSnapshot } from '../core/model/run-snapshot.js';
import { errorSentence, isErrorCode } from './errors.js';
import { indexWhySentence } from './fates.js';
import { lookUp, numberOf, textOf, unknownId, type Params } from './params.js';
import { formatCount, formatCountOf } from './sizes.js';
import { SPARK_REASONS } from './spark.js';

const STATES: Readonly<Record<RunState, string>> = {
  planned: 'Planned: nothing has been touched yet.',
  preparing: 'Preparing the target: collections and unique indexes.',
  copying: 'Copying documents.',
  indexing: 'Building indexes.',
  verifying: 'Checking every document against the source.',
  completed: 'Completed: every document was checked and is there.',
  'completed-with-findings': 'Completed with findings: read them before you rely on the target.',
  paused: 'Paused: it goes on when it is resumed.',
  'failed-resumable': 'Not complete: it goes on when it is resumed, and nothing is copied twice.',
  cancelled: 'Cancelled: what was copied so far is on the target.',
};

const BEGINS_AGAIN: Readonly<Partial<Record<RunState, string>>> = {
  verifying: 'Comparing the numbers of documents.',
  paused: 'Paused: when it is resumed, every collection is read and written again.',
  'failed-resumable': 'Not complete: when it is resumed, every collection is read and written again.',
};

/** What a state means for the owner of the data. */
export function runStateSentence({ state, resumesBy }: Pick<RunSnapshot, 'state' | 'resumesBy'>): string {
  return (resumesBy === 'beginning-again' ? BEGINS_AGAIN[state] : undefined) ?? STATES[state];
}

/**
 * What there is to say while a run goes on again: the tools send everything again, and what is there is only compared, or written once more. Undefined where there is nothing
 * of the kind.
 */
export function goingOnSentence({
  rechecked,
  resumesBy,
  gone = 0,
}: Pick<RunSnapshot, 'rechecked' | 'resumesBy' | 'gone'>): string | undefined {
  const sentences = [
    ...(rechecked
      ? [
          resumesBy === 'beginning-again'
            ? `Reading and writing every collection again, with ${formatCountOf(rechecked.of, 'document')} of earlier attempts.`
            : `Checking what is there already: ${formatCount(rechecked.done)} of ${formatCountOf(rechecked.of, 'document')}; nothing is copied twice.`,
        ]
      : []),
    ...(gone > 0
      ? [
          `${formatCountOf(gone, 'document')} of earlier attempts ${gone === 1 ? 'is' : 'are'} not on the target any more and will be copied again.`,
        ]
      : []),
  ];
  return sentences.length === 0 ? undefined : sentences.join(' ');
}

const LIMIT_WORDS: Readonly<Record<LimitedBy, { readonly name: string; readonly detail: string }>> = {
  source: { name: 'the source', detail: 'it answers slowly' },
  network: { name: 'the network', detail: 'most of an answer is the way' },
  target: { name: 'the target', detail: 'it takes no more' },
  'request-units': { name: 'request units', detail: 'more RU/s would make it faster' },
  ceiling: { name: 'your own limit', detail: 'raise it to make it faster' },
  engine: { name: 'this machine', detail: 'it is busy copying' },
};

/** What keeps a copy from going faster, after "limited by". */
export function limitWords(by: LimitedBy): { readonly name: string; readonly detail: string } {
  return LIMIT_WORDS[by];
}

const documents = (p: Params): string => formatCountOf(numberOf(p, 'documents'), 'document');
const unverified: Readonly<Record<string, string>> = {
  'counts-only': 'the numbers of documents agree, and nothing more was compared',
  'source-moved': 'the source was written to meanwhile',
  unreadable: 'a side could not be read',
  'no-result': 'nothing was compared',
};

/** What there is none of is not told. */
function differences(p: Params): string {
  const kinds: readonly (readonly [name: string, one: string, many: string])[] = [
    ['missing', 'document missing on the target', 'documents missing on the target'],
    ['extra', 'document on the target only', 'documents on the target only'],
    ['different', 'document with other content', 'documents with other content'],
    ['definition', 'difference in indexes and options', 'differences in indexes and options'],
  ];
  const told = kinds.flatMap(([name, one, many]) =>
    numberOf(p, name) > 0 ? [formatCountOf(numberOf(p, name), one, many)] : [],
  );
  return told.length === 0 ? 'how is in the report' : told.join(', ');
}

/** The server's words, where there are some. */
function quoted(p: Params): string {
  const message = textOf(p, 'message', '').replace(/[.\s]+$/, '');
  return message === '' ? '' : ` (${message})`;
}

const REASONS: Readonly<Record<string, (params: Params) => string>> = {
  ...DATA_FACTORY_REASONS,
  'verification-differs': (p) => `${textOf(p, 'ns')} differs: ${differences(p)}.`,
  'not-verified': (p) =>
    `${textOf(p, 'ns')} is not proven: ${lookUp(unverified, textOf(p, 'why')) ?? textOf(p, 'why')}.`,
  'collection-not-created': (p) =>
    `${textOf(p, 'ns')} could not be created: ${textOf(p, 'message')} (${textOf(p, 'code')}).`,
  'index-failed': (p) =>
    `Index ${textOf(p, 'index')} of ${textOf(p, 'ns')} could not be created: ${textOf(p, 'message')} (${textOf(p, 'code')}).`,
  'index-skipped': (p) =>
    `Index ${textOf(p, 'index')} of ${textOf(p, 'ns')} was not created: ${indexWhySentence(textOf(p, 'why'))}.`,
  'dead-letters': (p) => `${documents(p)} that the target refuses for good: kept whole in the run's folder.`,
  'writes-refused': (p) =>
    `${documents(p)} of ${textOf(p, 'ns')} refused by the target, for a reason that is not in the documents.`,
  'conflicts-left': (p) =>
    `${documents(p)} of ${textOf(p, 'ns')} left as they were on the target: same _id, other content, as the plan says.`,
  'csv-not-equal': () =>
    'Documents travelled as CSV, which has no types and no place for what is nested: the numbers of documents are all that was compared.',
  'namespaces-left-out': (p) => `${formatCountOf(numberOf(p, 'namespaces'), 'collection')} left out, as the plan says.`,
  'documents-missing': (p) => `${documents(p)} missing on the target.`,
  'stopped-by-user': () => 'Stopped by you.',
  'paused-by-user': () => 'Paused by you.',
  'cancelled-by-user': (p) => {
    const collections = numberOf(p, 'collections');
    const made = collections > 0 ? `, in ${formatCountOf(collections, 'collection')} that the run made` : '';
    return numberOf(p, 'documents') === 0 && collections === 0
      ? 'Cancelled by you. Nothing of it is on the target.'
      : `Cancelled by you. What was copied stays on the target: ${p['atLeast'] === true ? 'at least ' : ''}${documents(p)}${made}.`;
  },
  conflict: (p) =>
    `${textOf(p, 'ns')} holds a document on the target with the same _id${p['id'] === undefined ? '' : ` (${textOf(p, 'id')})`} and other content. The plan says to stop then.`,
  'tool-failed': (p) => {
    const end = textOf(p, 'signal', '') || `exit status ${textOf(p, 'exitCode')}`;
    const message = textOf(p, 'message', '');
    return `${textOf(p, 'tool')} ended with ${end}${message === '' ? '' : `: ${message.replace(/\.+$/, '')}`}.`;
  },
  'connection-lost': (p) => {
    const side = textOf(p, 'side');
    return p['answersAgain'] === true
      ? `The connection to the ${side} was lost; the ${side} answers again now.`
      : `The connection to the ${side} was lost, and the ${side} does not answer.`;
  },
  'all-refused': (p) =>
    `${documents(p)} in a row were refused by the target with code ${textOf(p, 'code')}${quoted(p)}: nothing of ${textOf(p, 'ns')} arrives.`,
  ...SPARK_REASONS,
  'pipeline-run-goes-on': (p) =>
    `Run ${textOf(p, 'run')} of the pipeline could not be stopped${quoted(p)}: it may go on in Data Factory.`,
  'dms-goes-on': (p) =>
    `The migration service could not be told to stop${quoted(p)}: what it is copying may go on (${textOf(p, 'run')}).`,
  'left-elsewhere': (p) =>
    `${formatCountOf(numberOf(p, 'things'), 'thing')} that the run made or started elsewhere may still be there or go on: the report names each.`,
  interrupted: () => 'The run was cut off.',
  'throughput-not-restored': (p) =>
    `The throughput of ${textOf(p, 'budget').replace(/\.$/, '')} is still raised, and billed so: it could not be put back (${textOf(p, 'message').replace(/\.+$/, '')}).`,
};

/** A reason of a run's verdict; `error:<code>` stands for an error. Never fails. */
export function verdictReasonSentence(reason: { readonly id: string; readonly params: Params }): string {
  const code = reason.id.replace(/^error:/, '');
  if (reason.id !== code && isErrorCode(code)) return errorSentence({ code, facts: reason.params });
  return lookUp(REASONS, reason.id)?.(reason.params) ?? unknownId(reason.id, reason.params);
}
