import { constants } from 'node:fs';
import { readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import { compactRecords } from '../../engine/journal/compact.js';
import { decodeJournal, encodeRecord, type DecodedJournal } from '../../engine/journal/encoding.js';
import type { RunIdentity } from '../../engine/journal/identity.js';
import { checkEntry, type Journal } from '../../engine/journal/port.js';
import { progressKey, type JournalEntry, type RunStarted } from '../../engine/journal/record.js';
import { JournalReducer, NO_COPY, sameCounters, type RunStatus } from '../../engine/journal/reduce.js';
import type { Clock } from '../../engine/ports.js';
import { fileFailed, PRIVATE_FILE } from './durable.js';
import { nextJournalPath, replaceJournal, systemDisk, type JournalDisk } from './journal-disk.js';

/**
 * How long a progress entry may wait for others to be flushed with: half of the second of work that a kill may cost, since the disk needs its time as well, and a busy
 * machine is late.
 */
const FLUSH_AFTER_MS = 500;
/**
 * A journal is compacted when it is larger than this and `COMPACT_RATIO` times what it would be then: eight readers of a direct copy write about 6 KB a
 * second (two records of some 350 bytes each), which makes it every six minutes.
 */
const COMPACT_FROM_BYTES = 2 ** 21;
const COMPACT_RATIO = 4;

export interface JournalFileOptions {
  readonly clock: Clock;
  readonly compactFromBytes?: number;
  readonly disk?: JournalDisk;
}

/**
 * Reads a journal without touching it, for following a run from outside.
 * @throws MigrationError `file-failed`, `journal-damaged`, `journal-foreign`.
 */
export async function readJournalFile(path: string): Promise<DecodedJournal> {
  try {
    return decodeJournal(await readFile(path));
  } catch (error) {
    throw fileFailed(error, path, 'read');
  }
}

function checkIdentity(decoded: DecodedJournal, identity: RunIdentity): void {
  const first = decoded.records[0];
  if (first?.type !== 'run-started') return;
  for (const key of ['runId', 'planId', 'planHash'] as const) {
    if (first[key] !== identity[key]) {
      throw new MigrationError('journal-foreign', { reason: key, expected: identity[key], found: first[key] });
    }
  }
}

/**
 * Opens the journal of a run for appending, and starts it where there is none. A half-written last record is cut off, and a
 * large journal is compacted. The caller holds the run's lock.
 * @throws MigrationError `journal-foreign` where it is of another run or plan, `journal-damaged`, `file-failed`.
 */
export async function openJournalFile(
  path: string,
  identity: RunIdentity,
  options: JournalFileOptions,
): Promise<Journal> {
  const { disk = systemDisk } = options;
  let handle: FileHandle | undefined;
  let journal: FileJournal | undefined;
  try {
    handle = await disk.open(path, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE);
    const decoded = decodeJournal(await handle.readFile());
    checkIdentity(decoded, identity);
    if (decoded.tornBytes > 0) {
      await handle.truncate(decoded.wholeBytes);
      await handle.datasync();
    }
    const reducer = new JournalReducer();
    for (const record of decoded.records) reducer.apply(record);
    // Left by a process that was killed while it compacted.
    await disk.remove(nextJournalPath(path));
    journal = new FileJournal(path, handle, reducer, decoded, options);
    if (decoded.records.length === 0) {
      await journal.start({ type: 'run-started', ...identity });
      await disk.syncFolder(dirname(path));
    }
    await journal.flush();
    return journal;
  } catch (error) {
    await (journal ?? handle)?.close().catch(() => undefined);
    throw fileFailed(error, path, 'open');
  }
}

class FileJournal implements Journal {
  readonly tornBytes: number;
  readonly #path: string;
  #handle: FileHandle;
  readonly #reducer: JournalReducer;
  readonly #clock: Clock;
  readonly #disk: JournalDisk;
  readonly #compactFrom: number;
  #position: number;
  /** Records on disk. */
  #seq: number;
  /** The size at which it is worth looking what compacting would bring. */
  #compactAt: number;
  /** Not yet written: what a record's number is shows when it is. */
  #queue: { readonly entry: JournalEntry | RunStarted; readonly at: string }[] = [];
  /** The latest progress entry of each namespace and range: older ones say nothing that it does not. */
  readonly #waiting = new Map<string, { entry: JournalEntry; at: string }>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #failure: Error | undefined;
  #closed = false;

  constructor(
    path: string,
    handle: FileHandle,
    reducer: JournalReducer,
    decoded: DecodedJournal,
    { clock, compactFromBytes = COMPACT_FROM_BYTES, disk = systemDisk }: JournalFileOptions,
  ) {
    this.#path = path;
    this.#handle = handle;
    this.#reducer = reducer;
    this.#clock = clock;
    this.#disk = disk;
    this.#compactFrom = compactFromBytes;
    this.#compactAt = compactFromBytes;
    this.#position = decoded.wholeBytes;
    this.#seq = decoded.records.length;
    this.tornBytes = decoded.tornBytes;
  }

  status(): RunStatus {
    return this.#reducer.status();
  }

  async start(entry: RunStarted): Promise<void> {
    const at = this.#now();
    this.#reducer.apply({ ...entry, seq: 1, at });
    this.#write(entry, at);
    await this.#commit();
  }

  async append(entry: JournalEntry): Promise<void> {
    this.#refuseWhenUnusable();
    checkEntry(this.#reducer.state, entry);
    if (
      entry.type === 'copy-progress' &&
      sameCounters(this.#reducer.copyByThisProcess(entry.ns) ?? NO_COPY, entry.counters)
    )
      return;
    const progress = progressKey(entry);
    const at = this.#now();
    this.#reducer.apply({ ...entry, seq: this.#seq + 1, at });
    if (progress !== undefined) {
      this.#waiting.set(progress, { entry, at });
      this.#timer ??= setTimeout(() => void this.#commit().catch(() => undefined), FLUSH_AFTER_MS).unref();
      return;
    }
    this.#writeWaiting();
    this.#write(entry, at);
    await this.#commit();
  }

  async flush(): Promise<void> {
    this.#refuseWhenUnusable();
    await this.#commit();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#failure === undefined) await this.#commit();
    } finally {
      clearTimeout(this.#timer);
      await this.#handle.close();
    }
  }

  #now(): string {
    return new Date(this.#clock.now()).toISOString();
  }

  #refuseWhenUnusable(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closed) throw new MigrationError('internal', { reason: 'journal-closed' });
  }

  #write(entry: JournalEntry | RunStarted, at: string): void {
    this.#queue.push({ entry, at });
  }

  #writeWaiting(): void {
    for (const { entry, at } of this.#waiting.values()) this.#write(entry, at);
    this.#waiting.clear();
  }

  /** One write and one sync for everything that came up while the last one ran. */
  #commit(): Promise<void> {
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#writeOut();
      });
    this.#running = this.#next;
    return this.#next;
  }

  async #writeOut(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writeWaiting();
    try {
      await this.#writeQueue();
      if (this.#position > this.#compactAt) await this.#compact();
    } catch (error) {
      // What reached the disk is unknown now: nothing may be promised on top of it.
      this.#failure = fileFailed(error, this.#path, 'append') as Error;
      throw this.#failure;
    }
  }

  async #writeQueue(): Promise<void> {
    if (this.#queue.length === 0) return;
    const lines = this.#queue.map(({ entry, at }, i) => encodeRecord({ ...entry, seq: this.#seq + 1 + i, at }));
    this.#queue = [];
    const bytes = Buffer.from(lines.join(''), 'utf8');
    let written = 0;
    while (written < bytes.length) {
      const at = this.#position + written;
      written += (await this.#handle.write(bytes, written, bytes.length - written, at)).bytesWritten;
    }
    await this.#handle.datasync();
    this.#position += bytes.length;
    this.#seq += lines.length;
  }

  /** Nobody else writes meanwhile: it is a part of writing out. Without room for a second file the journal goes on as it is. */
  async #compact(): Promise<void> {
    const present = await this.#disk.read(this.#path).catch(() => undefined);
    if (!present) {
      this.#compactLater();
      return;
    }
    const { records } = decodeJournal(present);
    // Going on with what nobody could read later would be worse than to stop now.
    if (records.length !== this.#seq) throw new MigrationError('journal-damaged', { line: records.length + 1 });
    const kept = compactRecords(records);
    const bytes = Buffer.from(kept.map(encodeRecord).join(''), 'utf8');
    this.#compactAt = Math.max(this.#compactFrom, COMPACT_RATIO * bytes.length);
    if (this.#position <= this.#compactAt) return;
    const next = await replaceJournal(this.#disk, this.#path, this.#handle, bytes);
    if (!next) {
      this.#compactLater();
      return;
    }
    const before = this.#handle;
    this.#handle = next;
    this.#position = bytes.length;
    this.#seq = kept.length;
    await before.close().catch(() => undefined);
  }

  #compactLater(): void {
    this.#compactAt = 2 * this.#position;
  }
}
