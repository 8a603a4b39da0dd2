import { DATA_FACTORY_NOTES } from './data-factory.js';
import { DMS_NOTES } from './dms.js';
import { lookUp, textOf, unknownId, type Params } from './params.js';
import { SPARK_NOTES } from './spark.js';

const NOTES: Readonly<Record<string, (params: Params) => string>> = {
  ...DATA_FACTORY_NOTES,
  ...DMS_NOTES,
  ...SPARK_NOTES,
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
