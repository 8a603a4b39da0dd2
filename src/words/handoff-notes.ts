import { DATA_FACTORY_NOTES } from './data-factory.js';
import { DMS_NOTES } from './dms.js';
import { bytesOf, countOf, lookUp, ruPerSecondOf, textOf, unknownId, type Params } from './params.js';

const LEFT_TO_OTHERS: Readonly<Record<string, string>> = {
  view: 'is a view: it is made on the target once the data is there',
  timeseries: 'is a time series, whose documents have no _id to go on from: the job cannot bring it',
  name: 'has a name that PyMongo does not open: the job cannot bring it',
  changed: 'is changed on the way, which only a direct copy does: the job cannot bring it',
};

const NOTES: Readonly<Record<string, (params: Params) => string>> = {
  ...DATA_FACTORY_NOTES,
  ...DMS_NOTES,
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
  'spark-left-out': (p) => `${textOf(p, 'ns')} ${lookUp(LEFT_TO_OTHERS, textOf(p, 'why')) ?? 'is left out'}.`,
  'studio-relay': (p) =>
    `The target's connection leads to 127.0.0.1:${textOf(p, 'port')}: it answers while a run of the plan waits, or the command relay runs with that port.`,
  'studio-passwords': () => 'No file holds a password: they are typed in Studio 3T.',
  'studio-by-hand': () =>
    'Studio 3T has no documented command line or link, so the copying itself is done by hand: RUNBOOK.md has the steps.',
};

/** What whoever uses the files of a hand-off has to know. Never fails. */
export function handoffNoteSentence(note: { readonly id: string; readonly params: Params }): string {
  return lookUp(NOTES, note.id)?.(note.params) ?? unknownId(note.id, note.params);
}
