import { hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { rawId } from '../../core/bson/raw-document.js';
import type { DeadLetterEntry, DeadLetterReason, DeadLetterSink } from '../../core/model/dead-letter.js';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import { redact } from '../../core/model/redact.js';
import type { Clock } from '../../engine/ports.js';
import { readableId } from '../../engine/raw-id.js';
import { DOCUMENTS_ENDING, INDEX_ENDING, readDeadLetterIndex } from './dead-letter-reader.js';
import { fileFailed, makePrivateFolder, PRIVATE_FILE, syncFolder, writeFileAtomic } from './durable.js';
import { namespaceFileName } from './namespace-file-name.js';

/** A server's text may repeat the document; the index needs only its beginning. */
const LONGEST_MESSAGE = 2_000;
/** 128 bits: enough to tell documents apart, small enough to remember a million. */
const DIGEST_DIGITS = 32;

export interface FileDeadLetters extends DeadLetterSink {
  /**
   * Takes letters of a namespace (`db.coll` on the target) away by the hexadecimal form of their `_id`: they have arrived. Their bytes stay where they were
   * in the namespace's `.bson` until no letter of it is left; the index alone says what is a dead letter.
   */
  remove(ns: string, ids: ReadonlySet<string>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the dead letters of a run, those of earlier processes included: what they kept is not kept twice, and what a crash left half-written is cut off
 * (its writer was never told that it was kept). `secrets` are redacted from messages.
 * @throws MigrationError `file-failed`.
 */
export async function openDeadLetters(
  folder: string,
  options: { clock: Clock; secrets?: readonly string[] },
): Promise<FileDeadLetters> {
  await makePrivateFolder(folder);
  const files = new FileSink(folder, options.clock, options.secrets ?? []);
  try {
    for (const name of await readdir(folder)) {
      if (name.endsWith(INDEX_ENDING)) await files.recover(join(folder, name.slice(0, -INDEX_ENDING.length)));
    }
  } catch (error) {
    throw fileFailed(error, folder, 'open');
  }
  return files;
}

interface Waiting {
  readonly document: Buffer;
  readonly entry: Omit<DeadLetterEntry, 'offset'>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function digest(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, DIGEST_DIGITS);
}

/** The files of one namespace. Writes are one after another; what comes up meanwhile goes together. */
class NamespaceFiles {
  readonly path: string;
  /** Digest of each document by digest of its `_id`. */
  readonly kept = new Map<string, string>();
  withoutId = 0;
  offset = 0;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** After a failed write nothing more is promised for this namespace: `kept` may name a document that is not on disk. */
  #failure: Error | undefined;

  constructor(path: string) {
    this.path = path;
  }

  async add(waiting: Omit<Waiting, 'resolve' | 'reject'>): Promise<void> {
    if (this.#failure) throw this.#failure;
    const added = new Promise<void>((resolve, reject) => this.#waiting.push({ ...waiting, resolve, reject }));
    this.#running ??= this.#drain();
    await added;
  }

  async idle(): Promise<void> {
    while (this.#running) await this.#running;
    if (this.#failure) throw this.#failure;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        if (this.#failure) throw this.#failure;
        await this.#write(batch);
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#failure ??= fileFailed(error, this.path, 'append') as Error;
        for (const { reject } of batch) reject(this.#failure);
      }
    }
    this.#running = undefined;
  }

  /** Documents first: an index line promises that its document is there. */
  async #write(batch: readonly Waiting[]): Promise<void> {
    let offset = this.offset;
    const lines = batch.map(({ entry }) => {
      const line = JSON.stringify({ ...entry, offset } satisfies DeadLetterEntry);
      offset += entry.bytes;
      return `${line}\n`;
    });
    const first = this.offset === 0;
    await appendSynced(
      `${this.path}${DOCUMENTS_ENDING}`,
      batch.map(({ document }) => document),
      this.offset,
    );
    await appendSynced(`${this.path}${INDEX_ENDING}`, [Buffer.from(lines.join(''), 'utf8')], undefined);
    if (first) await syncFolder(join(this.path, '..'));
    this.offset = offset;
  }
}

/** Writes at `position`, at the end where it is undefined, and syncs. */
async function appendSynced(path: string, parts: readonly Buffer[], position: number | undefined): Promise<void> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE);
  try {
    let at = position ?? (await handle.stat()).size;
    const start = at;
    try {
      for (const part of parts) {
        await writeWhole(handle, part, at);
        at += part.length;
      }
      await handle.datasync();
    } catch (error) {
      // Half a line would make every later one unreadable.
      await handle.truncate(start).catch(() => undefined);
      throw error;
    }
  } finally {
    await handle.close();
  }
}

async function writeWhole(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}

class FileSink implements FileDeadLetters {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #secrets: readonly string[];
  readonly #namespaces = new Map<string, NamespaceFiles>();

  constructor(folder: string, clock: Clock, secrets: readonly string[]) {
    this.#folder = folder;
    this.#clock = clock;
    this.#secrets = secrets;
  }

  async recover(path: string): Promise<void> {
    const { entries, wholeBytes } = await readDeadLetterIndex(`${path}${INDEX_ENDING}`);
    const last = entries.at(-1);
    const end = last ? last.offset + last.bytes : 0;
    await cutTo(`${path}${INDEX_ENDING}`, wholeBytes, false);
    await cutTo(`${path}${DOCUMENTS_ENDING}`, end, end > 0);
    if (!last) return;
    const files = new NamespaceFiles(path);
    files.offset = end;
    for (const entry of entries) {
      if (entry.idHex === '') files.withoutId += 1;
      else files.kept.set(digest(Buffer.from(entry.idHex, 'hex')), entry.digest);
    }
    this.#namespaces.set(last.ns, files);
  }

  async add(ns: Namespace, document: Uint8Array, why: DeadLetterReason): Promise<void> {
    const key = formatNamespace(ns);
    // A copy: the caller's buffer may be a window on a network buffer that is used again.
    const bytes = Buffer.from(document);
    const id = rawId(bytes);
    const files = this.#files(key, ns);
    const documentDigest = digest(bytes);
    if (id) {
      const idDigest = digest(id);
      if (files.kept.get(idDigest) === documentDigest) return files.idle();
      files.kept.set(idDigest, documentDigest);
    } else {
      files.withoutId += 1;
    }
    await files.add({
      document: bytes,
      entry: {
        ns: key,
        id: readableId(bytes),
        idHex: id?.toString('hex') ?? '',
        code: why.code,
        ...(why.codeName === undefined ? {} : { codeName: why.codeName }),
        message: redact(why.message, this.#secrets).slice(0, LONGEST_MESSAGE),
        bytes: bytes.length,
        digest: documentDigest,
        attempts: why.attempts,
        at: new Date(this.#clock.now()).toISOString(),
      },
    });
  }

  async flush(): Promise<void> {
    for (const files of this.#namespaces.values()) await files.idle();
  }

  count(ns?: Namespace): number {
    const counted = ns ? [this.#namespaces.get(formatNamespace(ns))] : [...this.#namespaces.values()];
    return counted.reduce((sum, files) => sum + (files ? files.kept.size + files.withoutId : 0), 0);
  }

  async remove(ns: string, ids: ReadonlySet<string>): Promise<void> {
    const files = this.#namespaces.get(ns);
    if (!files) return;
    await files.idle();
    const { entries } = await readDeadLetterIndex(`${files.path}${INDEX_ENDING}`);
    const left = entries.filter((entry) => entry.idHex === '' || !ids.has(entry.idHex));
    // One rename decides: the bytes of the others stay at their places.
    await writeFileAtomic(
      `${files.path}${INDEX_ENDING}`,
      left.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
      PRIVATE_FILE,
    );
    for (const id of ids) files.kept.delete(digest(Buffer.from(id, 'hex')));
    if (left.length > 0) return;
    await cutTo(`${files.path}${DOCUMENTS_ENDING}`, 0, false);
    files.offset = 0;
  }

  async close(): Promise<void> {
    await this.flush();
  }

  #files(key: string, ns: Namespace): NamespaceFiles {
    let files = this.#namespaces.get(key);
    if (!files) {
      files = new NamespaceFiles(join(this.#folder, namespaceFileName(ns)));
      this.#namespaces.set(key, files);
    }
    return files;
  }
}

/** Cuts what a crash left beyond `length`. @throws MigrationError `file-failed` where less is there than the index promises. */
async function cutTo(path: string, length: number, mustExist: boolean): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => (mustExist ? -1 : length),
  );
  if (size < length) throw new MigrationError('file-failed', { path, action: 'read', code: 'cut-short' });
  if (size === length) return;
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(length);
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
