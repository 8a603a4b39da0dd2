/** What Spark on Databricks says: notes of its artefacts, and why it could not be used. */
import type { ErrorFacts } from '../core/model/error.js';
import type { ErrorWords } from './error-words.js';
import { lookUp, textOf, unknownId, type Params } from './params.js';
import { formatBytes, formatCount, formatCountOf } from './sizes.js';

const numberOf = (params: Params, name: string): number => Number(params[name] ?? 0);

const LEFT_OUT: Readonly<Record<string, string>> = {
  view: 'it is a view, which this product makes on the target once the documents are there',
  timeseries: 'the documents of a time series have no _id of their own to go on from',
  name: 'PyMongo does not open collections of this name',
  changed: 'only a direct copy filters documents or changes fields',
};

const NOTES: Readonly<Record<string, (params: Params) => string>> = {
  'spark-slots': (p) =>
    `${formatCountOf(numberOf(p, 'workers'), 'worker')} of ${formatCountOf(numberOf(p, 'cores'), 'core')} copy ${formatCountOf(numberOf(p, 'slots'), 'range')} at once.`,
  'spark-cores-assumed': (p) => `How many cores a ${textOf(p, 'nodeType')} has its name does not tell: 4 are assumed.`,
  'spark-ranges': (p) =>
    `Collections are cut into ranges of ${formatBytes(numberOf(p, 'rangeBytes'))}, so that each core gets several and a range that fails is soon read again.`,
  'spark-batches': (p) =>
    `A batch holds at most ${formatCountOf(numberOf(p, 'batchDocuments'), 'document')} and ${formatBytes(numberOf(p, 'batchBytes'))}, and no more than the target's request units allow.`,
  'spark-state-throughput': (p) =>
    `The job's own database gets ${formatCount(numberOf(p, 'stateRuPerSecond'))} RU/s, enough for every task to note its progress; it is dropped at the end.`,
  'spark-secrets': (p) =>
    `The secret scope ${textOf(p, 'scope')} has to hold both connection strings, under source-uri and target-uri.`,
  'spark-transform-changes-types': () =>
    'DataFrames change documents even where you change nothing: every ObjectId becomes text, and so on. Documents of the target with the same _id are replaced. What arrives is counted, not compared.',
  'spark-workspace-open': () =>
    'The plan names no workspace: the bundle is deployed to the one that the Databricks CLI is signed in to.',
  'spark-left-out': (p) =>
    `The job does not bring ${textOf(p, 'ns')}: ${lookUp(LEFT_OUT, textOf(p, 'why')) ?? textOf(p, 'why')}.`,
};

/** Ids of notes that have words here. */
export const SPARK_NOTE_IDS: readonly string[] = Object.keys(NOTES);

/** A note of the Spark artefacts, in one sentence. */
export function sparkNoteSentence(note: { readonly id: string; readonly params: Params }): string {
  return lookUp(NOTES, note.id)?.(note.params) ?? unknownId(note.id, note.params);
}

const quoted = (params: Params): string => {
  const message = textOf(params, 'message', '').replace(/[.\s]+$/, '');
  return message === '' ? '' : ` (${message})`;
};

/** How runs ended, or could not be ended. */
export const SPARK_REASONS: Readonly<Record<string, (params: Params) => string>> = {
  'spark-run-ended': (p) => {
    if (textOf(p, 'outcome') === 'NotFound') return 'The workspace does not know the run of the job any more.';
    const task = textOf(p, 'task', '');
    return `The job in Databricks ended as ${textOf(p, 'outcome')}${task === '' ? '' : ` in its task ${task}`}${quoted(p)}.`;
  },
  'spark-run-goes-on': (p) =>
    textOf(p, 'run', '') === ''
      ? `It could not be asked whether the job in Databricks has started${quoted(p)}: if it has, it goes on.`
      : `Run ${textOf(p, 'run')} of the job could not be stopped${quoted(p)}: it goes on in Databricks.`,
  'spark-not-taken-away': (p) => `What the run has made in Databricks could not be taken away${quoted(p)}.`,
};

export function databricksWords(facts: ErrorFacts): ErrorWords {
  const request = textOf(facts, 'request', 'a request');
  const said = textOf(facts, 'message', '').replace(/[.\s]+$/, '');
  const why = said === '' ? '' : `It said: ${said}.`;
  switch (textOf(facts, 'reason', '')) {
    case 'unreachable':
      return {
        happened: 'The Databricks workspace cannot be reached.',
        why: `${request} was not answered.`,
        todo: 'Look at the address of the workspace and at the network, then resume: what was started already is taken up.',
      };
    case 'not-allowed':
      return {
        happened: `Databricks refused ${request}.`,
        why,
        todo: 'Sign in again or give another token, or ask for the right to make jobs and clusters in this workspace, then resume.',
      };
    case 'secrets-missing':
      return {
        happened: `The secret scope ${textOf(facts, 'scope')} does not hold ${textOf(facts, 'keys')}.`,
        why: 'The job reads its connection strings there and nowhere else.',
        todo: 'Resume with --put-secrets, which puts them there (VS Code asks when you resume), or put them in with "databricks secrets put-secret" and resume.',
      };
    case 'not-understood':
      return {
        happened: 'Databricks gave an answer that is not what it documents.',
        why: `${request} is not in it.`,
        todo: 'Look whether a proxy in between answers in its place.',
      };
    default:
      return {
        happened: `Databricks refused ${request}.`,
        why,
        todo: "Databricks' words say what to change. Then run the same command again.",
      };
  }
}

export function sparkPlanWords(reason: string, facts: ErrorFacts): ErrorWords | undefined {
  if (reason === 'spark-left-out') {
    return {
      happened: `Spark does not bring ${textOf(facts, 'ns')}.`,
      why: `${(lookUp(LEFT_OUT, textOf(facts, 'why')) ?? '').replace(/^./, (c) => c.toUpperCase())}.`,
      todo: 'Leave it out of this plan and bring it with a direct copy.',
    };
  }
  if (reason === 'bundle-variable') {
    return {
      happened: `The plan's ${textOf(facts, 'name')} holds a variable: ${textOf(facts, 'value')}.`,
      why: 'A bundle would put something else in its place, and the Jobs API nothing.',
      todo: 'Write the value itself into the plan.',
    };
  }
  return undefined;
}
