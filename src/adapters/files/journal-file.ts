import { constants } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import { decodeJournal, encodeRecord, type DecodedJournal } from '../../engine/journal/encoding.js';
import type { RunIdentity } from '../../engine/journal/identity.js';
import { checkEntry, type Journal } from '../../engine/journal/port.js';
import { progressKey, type JournalEntry, type RunStarted } from '../../engine/journal/record.js';
import { JournalReducer, NO_COPY, sameCounters, type RunStatus } from '../../engine/journal/reduce.js';
import type { Clock } from '../../engine/ports.js';
import { fileFailed, PRIVATE_FILE, syncFolder } from './durable.js';

/** How long a progress entry may wait for others to be flushed with. */
const FLUSH_AFTER_MS = 1_000;

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
 * Opens the journal of a run for appending, and starts it where there is none. A half-written last record is cut off.
 * The caller holds the run's lock.
 * @throws MigrationError `journal-foreign` where it is of another run or plan, `journal-damaged`, `file-failed`.
 */
export async function openJournalFile(
  path: string,
  identity: RunIdentity,
  options: { clock: Clock },
): Promise<Journal> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE);
    const decoded = decodeJournal(await handle.readFile());
    checkIdentity(decoded, identity);
    if (decoded.tornBytes > 0) {
      await handle.truncate(decoded.wholeBytes);
      await handle.datasync();
    }
    const reducer = new JournalReducer();
    for (const record of decoded.records) reducer.apply(record);
    const journal = new FileJournal(path, handle, reducer, decoded, options.clock);
    if (decoded.records.length === 0) {
      await journal.start({ type: 'run-started', ...identity });
      await syncFolder(dirname(path));
    }
    return journal;
  } catch (error) {
    await handle?.close();
    throw fileFailed(error, path, 'open');
  }
}

class FileJournal implements Journal {
  readonly tornBytes: number;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #reducer: JournalReducer;
  readonly #clock: Clock;
  #position: number;
  #seq: number;
  /** Lines that are encoded but not yet written. */
  #lines: string[] = [];
  /** The latest progress entry of each namespace and range: older ones say nothing that it does not. */
  readonly #waiting = new Map<string, { entry: JournalEntry; at: string }>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #failure: Error | undefined;
  #closed = false;

  constructor(path: string, handle: FileHandle, reducer: JournalReducer, decoded: DecodedJournal, clock: Clock) {
    this.#path = path;
    this.#handle = handle;
    this.#reducer = reducer;
    this.#clock = clock;
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
    this.#seq += 1;
    this.#lines.push(encodeRecord({ ...entry, seq: this.#seq, at }));
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
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(this.#lines.join(''), 'utf8');
    this.#lines = [];
    try {
      let written = 0;
      while (written < bytes.length) {
        const { bytesWritten } = await this.#handle.write(
          bytes,
          written,
          bytes.length - written,
          this.#position + written,
        );
        written += bytesWritten;
      }
      this.#position += bytes.length;
      await this.#handle.datasync();
    } catch (error) {
      // What reached the disk is unknown now: nothing may be promised on top of it.
      this.#failure = fileFailed(error, this.#path, 'append') as Error;
      throw this.#failure;
    }
  }
}
