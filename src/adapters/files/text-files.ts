/** The text files of collections: their names in a folder, and what they hold. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import type { TextFormat } from '../../core/model/plan.js';
import { rawId } from '../../core/bson/raw-document.js';
import { CsvRecords } from '../../engine/text/csv-records.js';
import { ExtendedJsonReader } from '../../engine/text/extended-json.js';
import { BadJsonStream, JsonDocuments } from '../../engine/text/json-documents.js';
import { BadExtendedJson } from '../../engine/text/json-text.js';
import { systemCode } from './durable.js';
import { namespaceFileName } from './namespace-file-name.js';

/** Large enough that the disk, not the calls, sets the pace. */
const PIECE_BYTES = 1 << 20;

export function textFileName(ns: Namespace, format: TextFormat): string {
  return `${namespaceFileName(ns)}.${format}`;
}

/** `db.coll` out of a file's name, without its ending; undefined where it has no database. */
function namespaceOfName(name: string): Namespace | undefined {
  const text = decoded(name);
  const dot = text.indexOf('.');
  return dot <= 0 || dot === text.length - 1 ? undefined : { db: text.slice(0, dot), coll: text.slice(dot + 1) };
}

/** A name that somebody else chose may have a percent sign in it that stands for itself. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** The system's refusal of a text file: it is the run's business, unlike one of the journal's. Other errors as they are. */
export function textFileFailed(error: unknown, path: string, reason: 'unreadable' | 'unwritable'): unknown {
  const code = systemCode(error);
  return MigrationError.is(error) || code === undefined
    ? error
    : new MigrationError('bad-file', { path, reason, code }, { cause: error });
}

export interface TextFile {
  readonly ns: Namespace;
  readonly path: string;
}

/** The files of one format that name a collection, sorted by name. @throws MigrationError `bad-file`. */
export async function listTextFiles(folder: string, format: TextFormat): Promise<TextFile[]> {
  const ending = `.${format}`;
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw textFileFailed(error, folder, 'unreadable');
  }
  return names
    .filter((name) => name.endsWith(ending))
    .sort()
    .flatMap((name) => {
      const ns = namespaceOfName(name.slice(0, -ending.length));
      return ns === undefined ? [] : [{ ns, path: join(folder, name) }];
    });
}

/** The file of a collection, by our own name for it or by its plain one. @throws MigrationError `bad-file` (`missing`). */
export async function findTextFile(folder: string, ns: Namespace, format: TextFormat): Promise<string> {
  const own = join(folder, textFileName(ns, format));
  if (await isThere(own)) return own;
  const wanted = formatNamespace(ns);
  const found = (await listTextFiles(folder, format)).find((file) => formatNamespace(file.ns) === wanted);
  if (found) return found.path;
  throw new MigrationError('bad-file', { path: folder, reason: 'missing', namespace: wanted });
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw textFileFailed(error, path, 'unreadable');
  }
}

async function* pieces(path: string, signal?: AbortSignal): AsyncIterable<Buffer> {
  try {
    const stream = createReadStream(path, { highWaterMark: PIECE_BYTES, ...(signal ? { signal } : {}) });
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    signal?.throwIfAborted();
    throw textFileFailed(error, path, 'unreadable');
  }
}

/** Documents of a JSON file as BSON, in its order. @throws MigrationError `bad-file` with the line. */
export async function* readJsonFile(path: string, signal?: AbortSignal): AsyncIterable<Buffer> {
  const documents = new JsonDocuments();
  const reader = new ExtendedJsonReader();
  let line = 1;
  try {
    for await (const piece of pieces(path, signal)) {
      for (const document of documents.push(piece)) {
        ({ line } = document);
        yield reader.read(document.text);
      }
    }
    for (const document of documents.end()) {
      ({ line } = document);
      yield reader.read(document.text);
    }
  } catch (error) {
    throw asBadFile(error, path, line);
  }
}

function asBadFile(error: unknown, path: string, line: number): unknown {
  if (error instanceof BadJsonStream)
    return new MigrationError('bad-file', { path, reason: error.reason, line: error.line }, { cause: error });
  if (error instanceof BadExtendedJson)
    return new MigrationError('bad-file', { path, reason: error.reason, line }, { cause: error });
  return error;
}

/** What a file holds. `bsonBytes` of a CSV file is its own size. */
export interface TextContent {
  readonly documents: number;
  readonly bsonBytes: number;
  /** One JSON array, which `mongoimport` has to be told. */
  readonly isArray: boolean;
  /** CSV: every field of the header says its type, as `name.type(...)`, which `mongoimport` has to be told. */
  readonly hasTypes: boolean;
}

/**
 * Reads a file to its end and makes sure that it can be imported: every document is one, has an `_id`, and the last one ends.
 * @throws MigrationError `bad-file` with the line.
 */
export async function checkTextFile(path: string, format: TextFormat, signal?: AbortSignal): Promise<TextContent> {
  if (format === 'csv') return checkCsvFile(path, signal);
  const isArray = await beginsWithArray(path, signal);
  let documents = 0;
  let bsonBytes = 0;
  for await (const document of readJsonFile(path, signal)) {
    documents += 1;
    bsonBytes += document.length;
    if (rawId(document) === undefined) {
      throw new MigrationError('bad-file', { path, reason: 'no-id', document: documents });
    }
  }
  return { documents, bsonBytes, isArray, hasTypes: false };
}

async function beginsWithArray(path: string, signal?: AbortSignal): Promise<boolean> {
  for await (const piece of pieces(path, signal)) {
    const first = /[^\s\uFEFF]/.exec(piece.toString('utf8', 0, 4_096))?.[0];
    if (first !== undefined) return first === '[';
  }
  return false;
}

/** A header that has the types as well, as `mongoimport --columnsHaveTypes` wants it. */
const TYPED = /^.+\.(?:auto|binary|boolean|date|date_go|date_ms|date_oracle|decimal|double|int32|int64|string)\(.*\)$/;

async function checkCsvFile(path: string, signal?: AbortSignal): Promise<TextContent> {
  const records = new CsvRecords();
  let bytes = 0;
  for await (const piece of pieces(path, signal)) {
    bytes += piece.length;
    records.push(piece);
  }
  const { header, count, isFinished } = records.end();
  if (!isFinished) throw new MigrationError('bad-file', { path, reason: 'csv-unfinished', line: count + 1 });
  if (header.length === 0) throw new MigrationError('bad-file', { path, reason: 'csv-no-header' });
  const hasTypes = header.every((name) => TYPED.test(name));
  if (!header.some((name) => name === '_id' || (hasTypes && name.startsWith('_id.')))) {
    throw new MigrationError('bad-file', { path, reason: 'csv-no-id' });
  }
  return { documents: count - 1, bsonBytes: bytes, isArray: false, hasTypes };
}

/** Documents in a file, which must end well; nothing of them is looked at. @throws MigrationError `bad-file`. */
export async function countTextFile(path: string, format: TextFormat, signal?: AbortSignal): Promise<number> {
  if (format === 'csv') return (await checkCsvFile(path, signal)).documents;
  const documents = new JsonDocuments();
  let count = 0;
  try {
    for await (const piece of pieces(path, signal)) count += [...documents.push(piece)].length;
    count += [...documents.end()].length;
  } catch (error) {
    throw asBadFile(error, path, 1);
  }
  return count;
}
