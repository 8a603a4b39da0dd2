/** What a command uses of MongoDB's language, and how it names the fields of its collection. Names and counts alone: no value of it is kept. */
import { isSystemNamespace, SYSTEM_DATABASES, type Namespace } from '../model/namespace.js';
import { readExpression } from './expression-shape.js';
import { readPipeline } from './pipeline-shape.js';
import { noteFeature, placeIn, type Place } from './place.js';
import { isDocument, type PlainObject } from './plain-values.js';
import { readProjection, readQuery, readSort } from './query-shape.js';
import { readUpdate } from './update-shape.js';
import type { UsageTally } from './usage-tally.js';

/** Commands by which clients and servers keep in touch: no application asks for them. */
const HOUSEKEEPING: ReadonlySet<string> = new Set([
  ...['hello', 'isMaster', 'ismaster', 'ping', 'buildInfo', 'buildinfo', 'saslStart', 'saslContinue', 'authenticate'],
  ...['getnonce', 'logout', 'endSessions', 'killCursors', 'getLastError', 'getlasterror', 'whatsmyuri', 'explain'],
]);

/** What the server gives the name of the command in small letters to. */
const SPELLINGS: Readonly<Record<string, string>> = {
  findandmodify: 'findAndModify',
  mapreduce: 'mapReduce',
  listcollections: 'listCollections',
};

/** Options of commands that not every target knows or heeds, by the name that they have there. */
const OPTIONS: readonly string[] = [
  ...['collation', 'let', 'min', 'max', 'returnKey', 'showRecordId', 'noCursorTimeout', 'tailable', 'arrayFilters'],
];

export interface CommandContext {
  /** Of the command. */
  readonly db: string;
  /** Where it is known besides: single statements of updates and deletes do not name their collection. */
  readonly ns?: Namespace;
  /** Logs tell each statement of an `update` or a `delete` in a line of its own, besides the command's: only what the whole command asks for is read of that. */
  readonly statementsApart?: boolean;
}

/**
 * Reads one command as it was sent, or one statement of an `update` (`{ q, u }`) or a `delete` (`{ q, limit }`) as profiler and log show it.
 * Commands on what the server keeps for itself are passed over, like all that cannot be understood. Never throws.
 * @returns whether anything was read.
 */
export function readCommand(command: unknown, context: CommandContext, tally: UsageTally): boolean {
  if (!isDocument(command)) return false;
  if ('q' in command) return readStatement(command, context, tally);
  const [written] = Object.keys(command);
  if (written === undefined || written.startsWith('$')) return false;
  const name = Object.hasOwn(SPELLINGS, written) ? (SPELLINGS[written] ?? written) : written;
  if (HOUSEKEEPING.has(name) || name.startsWith('_') || name.startsWith('replSet')) return false;
  const named = command[written];
  const ns = typeof named === 'string' && named !== '' ? { db: context.db, coll: named } : context.ns;
  if (ns ? isSystemNamespace(ns) : SYSTEM_DATABASES.has(context.db) && READERS.has(name)) return false;
  const place = placeIn(tally, ns);
  if (context.statementsApart && (name === 'update' || name === 'delete')) {
    readOptions(command, place);
    return false;
  }
  if (name !== 'getMore') noteFeature(place, 'command', name);
  readOptions(command, place);
  readBody(name, command, place);
  return true;
}

/** Commands that say nothing of an application where they run on no collection. */
const READERS: ReadonlySet<string> = new Set(['aggregate', 'find', 'getMore', 'count', 'distinct']);

function readStatement(statement: PlainObject, { ns }: CommandContext, tally: UsageTally): boolean {
  if (!ns || isSystemNamespace(ns)) return false;
  const place = placeIn(tally, ns);
  noteFeature(place, 'command', 'u' in statement ? 'update' : 'delete');
  readOptions(statement, place);
  readQuery(statement['q'], place);
  if ('u' in statement) readUpdate(statement['u'], place);
  return true;
}

function readBody(name: string, command: PlainObject, place: Place): void {
  switch (name) {
    case 'find':
      readQuery(command['filter'], place);
      readSort(command['sort'], place);
      return readProjection(command['projection'], place);
    case 'aggregate':
      return readPipeline(command['pipeline'], place);
    case 'count':
    case 'distinct':
      return readQuery(command['query'], place);
    case 'findAndModify':
      return readFindAndModify(command, place);
    case 'update':
      return readStatements(command['updates'], place);
    case 'delete':
      return readStatements(command['deletes'], place);
    case 'mapReduce':
      readQuery(command['query'], place);
      return readSort(command['sort'], place);
    case 'create':
      if (isDocument(command['validator'])) noteFeature(place, 'option', 'validator');
      return;
    default:
      return;
  }
}

function readStatements(statements: unknown, place: Place): void {
  if (!Array.isArray(statements)) return;
  for (const statement of statements) {
    if (!isDocument(statement)) continue;
    readOptions(statement, place);
    readQuery(statement['q'], place);
    if ('u' in statement) readUpdate(statement['u'], place);
  }
}

function readFindAndModify(command: PlainObject, place: Place): void {
  readQuery(command['query'], place);
  readSort(command['sort'], place);
  if (isDocument(command['sort']) && Object.keys(command['sort']).length > 1) {
    noteFeature(place, 'option', 'findAndModify.sort');
  }
  readProjection(command['fields'], place);
  if (command['update'] !== undefined) readUpdate(command['update'], place);
}

function readOptions(command: PlainObject, place: Place): void {
  for (const option of OPTIONS) {
    const value = command[option];
    if (value === undefined || value === false || (isDocument(value) && Object.keys(value).length === 0)) continue;
    noteFeature(place, 'option', option);
  }
  if (isDocument(command['let'])) readExpression(command['let'], place);
  if (command['txnNumber'] !== undefined) {
    noteFeature(place, 'option', command['autocommit'] === false ? 'transaction' : 'retryableWrite');
  }
  if (isOwnWriteConcern(command['writeConcern'])) noteFeature(place, 'option', 'writeConcern');
  const level = isDocument(command['readConcern']) ? command['readConcern']['level'] : undefined;
  if (level === 'snapshot' || level === 'linearizable') noteFeature(place, 'option', `readConcern.${level}`);
}

/** One that a client has asked for, and that asks for something else than a majority. */
function isOwnWriteConcern(concern: unknown): boolean {
  if (!isDocument(concern) || concern['w'] === undefined || concern['w'] === 'majority') return false;
  const provenance = concern['provenance'];
  return provenance === undefined || provenance === 'clientSupplied';
}
