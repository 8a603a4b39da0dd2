/** What Spark on Databricks says: notes of its artefacts, and why it could not be used. */
import type { ErrorFacts } from '../core/model/error.js';
import type { ErrorWords } from './error-words.js';
import { bytesOf, countOf, lookUp, ruPerSecondOf, textOf, type Params } from './params.js';

/** Why a collection is no part of the job, after its name. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  view: 'is a view: it is made on the target once the data is there',
  timeseries: 'is a time series, whose documents have no _id to go on from',
  name: 'has a name that PyMongo does not open',
  changed: 'is changed on the way, which only a direct copy does',
};
const whyLeftOut = (params: Params): string => lookUp(LEFT_OUT, textOf(params, 'why')) ?? 'is left out';

/** Notes of the artefacts, for whoever deploys them. */
export const SPARK_NOTES: Readonly<Record<string, (params: Params) => string>> = {
  'spark-slots': (p) =>
    `${countOf(p, 'slots')} ranges are copied at once: ${countOf(p, 'workers')} workers of ${countOf(p, 'cores')} cores.`,
  'spark-cores-assumed': (p) =>
    `How many cores ${textOf(p, 'nodeType')} has is not known: correct the figure in src/plan.json where it is wrong.`,
  'spark-ranges': (p) => `${bytesOf(p, 'bytes')} in ranges of ${bytesOf(p, 'rangeBytes')}.`,
  'spark-batches': (p) =>
    `Batches of up to ${countOf(p, 'batchDocuments')} documents and ${bytesOf(p, 'batchBytes')}: what a task may send a second time when it is broken off.`,
  'spark-state-throughput': (p) =>
    `The job keeps its progress in a database of its own on the target, with ${ruPerSecondOf(p, 'stateRuPerSecond')} until it is dropped.`,
  'spark-secrets': (p) =>
    `The secret scope ${textOf(p, 'scope')} holds the connection strings, under source-uri and target-uri. No file does.`,
  'spark-transform-changes-types': () =>
    'The mode transform changes types: ObjectId becomes text, UUIDs and fields of mixed types lose theirs. It replaces documents of the target with the same _id, keeps no pace and no dead letters, and only counts afterwards.',
  'spark-workspace-open': () =>
    'The plan names no workspace: deploy the bundle with the Databricks CLI, which knows yours.',
  'spark-left-out': (p) =>
    `${textOf(p, 'ns')} ${whyLeftOut(p)}${textOf(p, 'why') === 'view' ? '' : ': the job cannot bring it'}.`,
};

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
      why: `It ${whyLeftOut(facts)}.`,
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
