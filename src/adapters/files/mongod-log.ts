/** Log files of a mongod or mongos that the user names, read line by line in memory that does not grow with them. */
import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { MigrationError } from '../../core/model/error.js';
import type { ReadingGap } from '../../core/model/reading.js';
import { LogTally } from '../../core/usage/log-lines.js';
import type { LogReading } from '../../core/usage/merge-usage.js';
import { fileFailed, systemCode } from './durable.js';

export interface LogOptions {
  readonly signal?: AbortSignal;
}

/** Large enough that the disk, not the calls, sets the pace. */
const PIECE_BYTES = 1 << 20;
/** Servers cut attributes at 10 KB (`maxLogSizeKB`); a line that is this long is none of theirs. */
const LONGEST_LINE = 4 << 20;
const NEWLINE = 0x0a;
const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Reads log files, compressed by gzip or not: structured ones of 4.4 and newer, and the plain ones before. What cannot be read of a file, because it was cut
 * off, is a gap; lines of no known form are counted.
 * @throws MigrationError `file-failed` for a file that cannot be opened, `cancelled`.
 */
export async function readMongodLogs(paths: readonly string[], options: LogOptions = {}): Promise<LogReading> {
  const log = new LogTally();
  const gaps: ReadingGap[] = [];
  for (const path of paths) {
    const isCompressed = (await beginning(path)).equals(GZIP);
    try {
      await readLines(createReadStream(path, { highWaterMark: PIECE_BYTES }), isCompressed, log, options.signal);
    } catch (error) {
      if (options.signal?.aborted) throw new MigrationError('cancelled', {}, { cause: error });
      const code = systemCode(error);
      if (code === undefined) throw error;
      gaps.push({ purpose: 'log-files', reason: 'failed', message: `${path}: ${code}` });
    }
  }
  if (log.operations === 0) gaps.push({ purpose: 'log-files', reason: 'not-enabled' });
  return {
    lines: log.lines,
    operations: log.operations,
    unreadable: log.unreadable,
    leftOut: log.tally.leftOut,
    features: log.tally.features,
    fields: log.tally.fields,
    sorts: log.tally.sorts,
    clients: log.clients.uses,
    gaps,
  };
}

async function beginning(path: string): Promise<Buffer> {
  try {
    await using file = await open(path, 'r');
    const { bytesRead, buffer } = await file.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw fileFailed(error, path, 'read');
  }
}

async function readLines(
  file: ReadStream,
  isCompressed: boolean,
  log: LogTally,
  signal: AbortSignal | undefined,
): Promise<void> {
  let bytes: Readable = file;
  if (isCompressed) {
    const unpacked = createGunzip();
    file.once('error', (error) => unpacked.destroy(error));
    bytes = file.pipe(unpacked);
  }
  const lines = new Lines(log);
  try {
    for await (const piece of bytes) {
      signal?.throwIfAborted();
      lines.push(piece as Buffer);
    }
  } finally {
    lines.end();
    file.destroy();
  }
}

/** Puts pieces together to lines; what is too long to be one is counted and thrown away while it comes. */
class Lines {
  readonly #log: LogTally;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(log: LogTally) {
    this.#log = log;
  }

  push(piece: Buffer): void {
    let start = 0;
    for (;;) {
      const end = piece.indexOf(NEWLINE, start);
      if (end === -1) break;
      this.#add(piece.subarray(start, end));
      this.end();
      start = end + 1;
    }
    this.#add(piece.subarray(start));
  }

  #add(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > LONGEST_LINE) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  end(): void {
    if (this.#length > LONGEST_LINE) this.#log.addUnreadable();
    else if (this.#parts.length > 0) this.#log.add(Buffer.concat(this.#parts).toString('utf8'));
    this.#parts = [];
    this.#length = 0;
  }
}
