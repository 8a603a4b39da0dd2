import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeadLetterEntry } from '../../core/model/dead-letter.js';
import { MigrationError } from '../../core/model/error.js';
import { parseNamespace } from '../../core/model/namespace.js';
import type { DeadLetterGroup } from '../../engine/journal/report.js';
import { fileFailed, systemCode } from './durable.js';
import { namespaceFileName } from './namespace-file-name.js';

export const DOCUMENTS_ENDING = '.bson';
export const INDEX_ENDING = '.jsonl';

/** The index of one namespace as it is on disk. */
export interface DeadLetterIndex {
  readonly entries: readonly DeadLetterEntry[];
  /** Length of the part of the index that is whole. */
  readonly wholeBytes: number;
}

/** A document that was refused twice with different content is listed once, as it was last. */
export function latestEntries(entries: readonly DeadLetterEntry[]): DeadLetterEntry[] {
  const latest = new Map<string, DeadLetterEntry>();
  entries.forEach((entry, position) => latest.set(entry.idHex === '' ? `#${position}` : entry.idHex, entry));
  return [...latest.values()];
}

/**
 * Reads an index file; a last line that was not written to its end is left out.
 * @throws MigrationError `file-failed` where a line before it is damaged or the file cannot be read.
 */
export async function readDeadLetterIndex(path: string): Promise<DeadLetterIndex> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { entries: [], wholeBytes: 0 };
    throw fileFailed(error, path, 'read');
  }
  const entries: DeadLetterEntry[] = [];
  let position = 0;
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, position)) {
    const entry = parseEntry(bytes.toString('utf8', position, end));
    if (!entry && end === bytes.length - 1) break;
    if (!entry)
      throw new MigrationError('file-failed', { path, action: 'read', code: 'damaged', line: entries.length + 1 });
    entries.push(entry);
    position = end + 1;
  }
  return { entries, wholeBytes: position };
}

function parseEntry(line: string): DeadLetterEntry | undefined {
  try {
    const entry = JSON.parse(line) as Partial<DeadLetterEntry>;
    const whole = typeof entry.ns === 'string' && typeof entry.idHex === 'string' && Number.isInteger(entry.offset);
    return whole && Number.isInteger(entry.bytes) ? (entry as DeadLetterEntry) : undefined;
  } catch {
    return undefined;
  }
}

async function indexNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith(INDEX_ENDING)).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw fileFailed(error, folder, 'list');
  }
}

/** What lies in a dead-letter folder for one namespace of the target. */
export interface ListedDeadLetters {
  readonly ns: string;
  readonly documents: number;
  readonly bytes: number;
  /** Its index, one line of JSON for each document. */
  readonly indexPath: string;
  /** Why they were refused, the most frequent first; at most {@link MOST_REASONS}. */
  readonly reasons: readonly DeadLetterGroup[];
}

/** More reasons than this are read in the index itself. */
const MOST_REASONS = 5;
/** Servers put the document's own values into their words; the beginning is alike. */
const TOLD_CHARACTERS = 160;

function reasonsOf(entries: readonly DeadLetterEntry[]): DeadLetterGroup[] {
  const groups = new Map<string, DeadLetterGroup>();
  for (const { code, codeName, message } of entries) {
    const group = groups.get(String(code));
    const first = { code, ...(codeName === undefined ? {} : { codeName }), message: message.slice(0, TOLD_CHARACTERS) };
    groups.set(String(code), { ...(group ?? first), documents: (group?.documents ?? 0) + 1 });
  }
  return [...groups.values()].sort((a, b) => b.documents - a.documents).slice(0, MOST_REASONS);
}

/** What lies in a dead-letter folder, by namespace of the target. @throws MigrationError `file-failed`. */
export async function listDeadLetters(folder: string): Promise<ListedDeadLetters[]> {
  const found: ListedDeadLetters[] = [];
  for (const name of await indexNames(folder)) {
    const indexPath = join(folder, name);
    const latest = latestEntries((await readDeadLetterIndex(indexPath)).entries);
    const [first] = latest;
    if (!first) continue;
    const bytes = latest.reduce((sum, entry) => sum + entry.bytes, 0);
    found.push({ ns: first.ns, documents: latest.length, bytes, indexPath, reasons: reasonsOf(latest) });
  }
  return found;
}

/** What is told of each dead letter of a folder, without the documents. @throws MigrationError `file-failed`. */
export async function readDeadLetterEntries(folder: string): Promise<DeadLetterEntry[]> {
  const entries: DeadLetterEntry[] = [];
  for (const name of await indexNames(folder)) {
    entries.push(...latestEntries((await readDeadLetterIndex(join(folder, name))).entries));
  }
  return entries;
}

/**
 * The refused documents, whole, one at a time, of one namespace (`db.coll` on the target) or of all.
 * @throws MigrationError `file-failed`, also where a document is shorter than its index says.
 */
export async function* readDeadLetters(
  folder: string,
  ns?: string,
): AsyncGenerator<{ entry: DeadLetterEntry; document: Buffer }> {
  const names =
    ns === undefined ? await indexNames(folder) : [`${namespaceFileName(parseNamespace(ns))}${INDEX_ENDING}`];
  for (const name of names) {
    const latest = latestEntries((await readDeadLetterIndex(join(folder, name))).entries);
    if (latest.length === 0) continue;
    const path = join(folder, `${name.slice(0, -INDEX_ENDING.length)}${DOCUMENTS_ENDING}`);
    const handle = await open(path, 'r').catch((error: unknown) => {
      throw fileFailed(error, path, 'read');
    });
    try {
      for (const entry of latest) {
        const document = Buffer.allocUnsafe(entry.bytes);
        const { bytesRead } = await handle.read(document, 0, entry.bytes, entry.offset);
        if (bytesRead !== entry.bytes)
          throw new MigrationError('file-failed', { path, action: 'read', code: 'cut-short' });
        yield { entry, document };
      }
    } finally {
      await handle.close();
    }
  }
}

/** `_id`s (hexadecimal, type byte and value) of a namespace's dead letters, for verification to expect them missing. */
export async function deadLetterIds(folder: string, ns: string): Promise<ReadonlySet<string>> {
  const path = join(folder, `${namespaceFileName(parseNamespace(ns))}${INDEX_ENDING}`);
  const { entries } = await readDeadLetterIndex(path);
  return new Set(entries.map((entry) => entry.idHex).filter((id) => id !== ''));
}
