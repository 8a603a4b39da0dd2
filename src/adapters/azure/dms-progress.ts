/** What a task of the classic service tells of itself (`ProjectTask` and `MongoDbProgress` of its specification). */
import { NO_COUNTS } from '../../core/model/counts.js';
import { MigrationError } from '../../core/model/error.js';
import { redact } from '../../core/model/redact.js';
import type { RelayedCounts } from '../../engine/native-ports.js';
import { listAt, numberAt, recordOf, textAt } from '../json.js';

export interface TaskProgress {
  /** Of the task: `Queued`, `Running`, `Succeeded`, `Failed` ... */
  readonly state: string;
  readonly text: string;
  readonly counts: readonly RelayedCounts[];
  /** Everything is copied, and changes of the source are followed. */
  readonly isReplaying: boolean;
  readonly hasErrors: boolean;
}

export function taskProgress(task: unknown): TaskProgress {
  const output = listAt(task, 'properties', 'output');
  const collections = output.filter((o) => textAt(o, 'resultType') === 'Collection');
  const whole = output.find((o) => textAt(o, 'resultType') === 'Migration');
  const states = collections.map((c) => textAt(c, 'state') ?? '');
  const state = textAt(task, 'properties', 'state') ?? 'Unknown';
  const copied = collections.reduce<number>((sum, c) => sum + (numberAt(c, 'documentsCopied') ?? 0), 0);
  const pending = numberAt(whole, 'eventsPending');
  const detail = textAt(whole, 'state');
  return {
    state,
    text: [
      detail === undefined ? state : `${state}, ${detail}`,
      ...(collections.length > 0 ? [`${copied} documents copied`] : []),
      ...(pending === undefined || detail !== 'Replaying' ? [] : [`${pending} changes pending`]),
    ].join(', '),
    counts: collections.flatMap((c) => countsOf(c) ?? []),
    isReplaying:
      state === 'Running' && states.length > 0 && (detail === 'Replaying' || states.every((s) => s === 'Replaying')),
    hasErrors: errorsOf(task).length > 0,
  };
}

/** Databases have no dot in their names: the first one parts database and collection. */
function countsOf(collection: unknown): RelayedCounts | undefined {
  const [, db, coll] = /^([^.]+)\.(.+)$/s.exec(textAt(collection, 'qualifiedName') ?? '') ?? [];
  if (db === undefined || coll === undefined) return undefined;
  return {
    ns: { db, coll },
    ...NO_COUNTS,
    acknowledged: numberAt(collection, 'documentsCopied') ?? 0,
    bytes: numberAt(collection, 'bytesCopied') ?? 0,
  };
}

/** The service's words, without the connection strings that it was given. */
export function dmsFailure(task: string, body: unknown, secrets: readonly string[]): MigrationError {
  const said = errorsOf(body);
  const state = textAt(body, 'properties', 'state') ?? textAt(body, 'properties', 'migrationStatus') ?? '';
  const message = redact(said.length > 0 ? said.join(' ') : state, secrets);
  return new MigrationError('azure-refused', { reason: 'operation-failed', request: `the DMS task ${task}`, message });
}

/** Warnings are none. */
function errorsOf(body: unknown): readonly string[] {
  const direct = listAt(body, 'properties', 'errors').map((e) => textAt(e, 'message') ?? '');
  const failure = textAt(body, 'properties', 'migrationFailureError', 'message') ?? '';
  const inOutput = listAt(body, 'properties', 'output').flatMap((o) =>
    Object.values(recordOf(recordOf(o)['errors'])).flatMap((e) =>
      textAt(e, 'type') === 'Warning' ? [] : [textAt(e, 'message') ?? textAt(e, 'code') ?? ''],
    ),
  );
  return [...new Set([...direct, failure, ...inOutput])].filter((text) => text !== '');
}
