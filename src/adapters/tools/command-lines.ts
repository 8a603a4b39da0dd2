/** Argument lists of the tools. Pure; no secret ever goes in. Never `--drop`, `--preserveUUID`, `--oplogReplay` or a write concern of 0. */
import type { Namespace } from '../../core/model/namespace.js';
import type { Plan, Tuning } from '../../core/model/plan.js';
import { redact } from '../../core/model/redact.js';
import { exactPattern, renamePattern } from './namespace-patterns.js';
import type { Pass, SelectedCollection } from './passes.js';

export interface ToolConnection {
  /** From `toolUri`: without password and database. */
  readonly uri: string;
  /** The private file with the password. */
  readonly configFile?: string;
  readonly tlsCAFile?: string;
  readonly tlsCertificateKeyFile?: string;
  /** How long a tool looks for a server before it gives up; its default is 30. */
  readonly serverSelectionSeconds?: number;
}

/** Seconds for one connection to be made; the tools' default of 3 is short for a far or busy server. */
const DIAL_SECONDS = 20;

/** The tools take a value that starts with a double quote for a quoted Go string; every other value is literal. */
function flag(name: string, value: string | number): string {
  const text = String(value);
  return `--${name}=${text.startsWith('"') ? JSON.stringify(text) : text}`;
}

function connectionArguments(connection: ToolConnection): string[] {
  const { uri, configFile, tlsCAFile, tlsCertificateKeyFile, serverSelectionSeconds } = connection;
  return [
    flag('uri', uri),
    ...(configFile === undefined ? [] : [flag('config', configFile)]),
    flag('dialTimeout', DIAL_SECONDS),
    ...(serverSelectionSeconds === undefined ? [] : [flag('serverSelectionTimeout', serverSelectionSeconds)]),
    ...(tlsCAFile === undefined ? [] : ['--ssl', flag('sslCAFile', tlsCAFile)]),
    ...(tlsCertificateKeyFile === undefined ? [] : ['--ssl', flag('sslPEMKeyFile', tlsCertificateKeyFile)]),
  ].filter((argument, index, all) => all.indexOf(argument) === index);
}

export interface DumpRequest {
  readonly connection: ToolConnection;
  readonly pass: Pass;
  readonly readPreference: Plan['readPreference'];
  readonly parallelCollections: number;
}

/** `mongodump` of one pass, as an archive on stdout. */
export function dumpArguments(request: DumpRequest): string[] {
  const { pass } = request;
  const selection =
    pass.kind === 'database'
      ? [flag('db', pass.db), ...pass.excluded.map((name) => flag('excludeCollection', name))]
      : [flag('db', pass.collection.source.db), flag('collection', pass.collection.source.coll)];
  return [
    ...connectionArguments(request.connection),
    ...selection,
    flag('readPreference', request.readPreference),
    flag('numParallelCollections', request.parallelCollections),
    '--archive',
  ];
}

export interface RestoreRequest {
  readonly connection: ToolConnection;
  readonly pass: Pass;
  readonly tuning: Pick<Tuning, 'batchSize' | 'insertionWorkers' | 'parallelCollections'>;
  /** Documents that the source holds against its own validator arrive too. Not every target knows the option. */
  readonly bypassDocumentValidation?: boolean;
}

function namespaceArguments(collections: readonly SelectedCollection[], include: boolean): string[] {
  const renames = collections.flatMap(({ source, target }) => {
    const rename = renamePattern(source, target);
    return rename.kind === 'pattern' ? [flag('nsFrom', rename.from), flag('nsTo', rename.to)] : [];
  });
  return [...(include ? collections.map(({ source }) => flag('nsInclude', exactPattern(source))) : []), ...renames];
}

/**
 * `mongorestore` of one pass, an archive from stdin, into collections that are there already. Options are not restored, so that a
 * collection that is missing after all is made plain; time-series collections are the exception: the tool refuses both an existing one and
 * `--noOptionsRestore`, so it makes them itself. The number of parallel collections must not be lower than the dump's: the tool raises it.
 */
export function restoreArguments(request: RestoreRequest): string[] {
  const { pass, tuning } = request;
  const collections = pass.kind === 'database' ? pass.collections : [pass.collection];
  const timeseries = pass.kind === 'collection' && pass.collection.type === 'timeseries';
  return [
    ...connectionArguments(request.connection),
    ...namespaceArguments(collections, pass.kind === 'database'),
    '--noIndexRestore',
    ...(timeseries ? [] : ['--noOptionsRestore']),
    ...(request.bypassDocumentValidation ? ['--bypassDocumentValidation'] : []),
    flag('numParallelCollections', tuning.parallelCollections),
    flag('numInsertionWorkersPerCollection', tuning.insertionWorkers),
    flag('batchSize', tuning.batchSize),
    '--archive',
  ];
}

export interface ExportRequest {
  readonly connection: ToolConnection;
  readonly source: Namespace;
  readonly readPreference: Plan['readPreference'];
  /** Absent: to stdout. */
  readonly file?: string;
  /** CSV loses types and needs its fields named; JSON is canonical, so that types survive. */
  readonly format?: { readonly kind: 'json' } | { readonly kind: 'csv'; readonly fields: readonly string[] };
}

export function exportArguments(request: ExportRequest): string[] {
  const format = request.format ?? { kind: 'json' };
  return [
    ...connectionArguments(request.connection),
    flag('db', request.source.db),
    flag('collection', request.source.coll),
    flag('readPreference', request.readPreference),
    ...(format.kind === 'json'
      ? ['--type=json', '--jsonFormat=canonical']
      : ['--type=csv', flag('fields', format.fields.join(','))]),
    ...(request.file === undefined ? [] : [flag('out', request.file)]),
  ];
}

export interface ImportRequest {
  readonly connection: ToolConnection;
  readonly target: Namespace;
  readonly tuning: Pick<Tuning, 'batchSize' | 'insertionWorkers'>;
  /** Absent: from stdin. */
  readonly file?: string;
  readonly format?: 'json' | 'csv';
  readonly mode?: 'insert' | 'upsert';
  /** The file is one JSON array. */
  readonly isArray?: boolean;
  /** CSV: the header says every field's type. */
  readonly hasTypes?: boolean;
  /** As for a restore. */
  readonly bypassDocumentValidation?: boolean;
}

/** `mongoimport` of one collection. An empty CSV cell leaves the field out: a field that was not there would come back as an empty text otherwise. */
export function importArguments(request: ImportRequest): string[] {
  const format = request.format ?? 'json';
  return [
    ...connectionArguments(request.connection),
    flag('db', request.target.db),
    flag('collection', request.target.coll),
    flag('type', format),
    ...(format === 'csv' ? ['--headerline', '--ignoreBlanks'] : []),
    ...(request.hasTypes ? ['--columnsHaveTypes'] : []),
    ...(request.isArray ? ['--jsonArray'] : []),
    ...(request.bypassDocumentValidation ? ['--bypassDocumentValidation'] : []),
    flag('mode', request.mode ?? 'insert'),
    flag('numInsertionWorkers', request.tuning.insertionWorkers),
    flag('batchSize', request.tuning.batchSize),
    ...(request.file === undefined ? [] : [flag('file', request.file)]),
  ];
}

function quoteForBash(argument: string): string {
  if (/^[\w@%+=:,./-]+$/.test(argument)) return argument;
  // A line end or another control character would not survive in a copied line.
  if (/\p{Cc}/u.test(argument)) {
    const escaped = argument
      .replace(/[\\']/g, '\\$&')
      .replace(/\p{Cc}/gu, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
    return `$'${escaped}'`;
  }
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** The command as a line for bash, to be shown and copied. Redacted once more, though nothing secret should be in it. */
export function displayCommand(file: string, argv: readonly string[]): string {
  return [file, ...argv].map((argument) => quoteForBash(redact(argument))).join(' ');
}
