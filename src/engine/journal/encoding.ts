/**
 * The journal's text form: one record per line, `{"v":1,"seq":7,"at":"...","type":"...",...,"sum":"<16 hex>"}`. `sum` is the start of the
 * SHA-256 of everything in the line before `,"sum"`. See docs/resumability.md.
 */
import { hash } from 'node:crypto';
import { MigrationError } from '../../core/model/error.js';
import { isRecordType, JOURNAL_VERSION, type JournalRecord } from './record.js';

/** 64 bits tell a torn or damaged line from a whole one; nobody is kept from writing another. */
const SUM_DIGITS = 16;
const SUM_START = ',"sum":"';
/** `,"sum":"` + digits + `"}`. */
const TRAILER_LENGTH = SUM_START.length + SUM_DIGITS + 2;
const NEWLINE = 0x0a;

function sumOf(text: string | Buffer): string {
  return hash('sha256', text, 'hex').slice(0, SUM_DIGITS);
}

/** One record as a line, newline included. */
export function encodeRecord(record: JournalRecord): string {
  const { seq, at, type, ...rest } = record;
  const body = JSON.stringify({ v: JOURNAL_VERSION, seq, at, type, ...rest }).slice(0, -1);
  return `${body}${SUM_START}${sumOf(body)}"}\n`;
}

/** The record of one line without its newline, or undefined where the line is not whole. */
function decodeLine(line: Buffer): (JournalRecord & { v: number }) | undefined {
  const bodyEnd = line.length - TRAILER_LENGTH;
  if (bodyEnd < 1) return undefined;
  const body = line.subarray(0, bodyEnd);
  if (line.toString('latin1', bodyEnd) !== `${SUM_START}${sumOf(body)}"}`) return undefined;
  try {
    return JSON.parse(`${body.toString('utf8')}}`) as JournalRecord & { v: number };
  } catch {
    return undefined;
  }
}

/** True when a whole record stands at the start of a line that is longer: two records with a damaged newline between them, no torn write. */
function startsWithWholeRecord(line: Buffer): boolean {
  for (let at = line.indexOf(SUM_START); at >= 0; at = line.indexOf(SUM_START, at + 1)) {
    const end = at + TRAILER_LENGTH;
    if (end < line.length && decodeLine(line.subarray(0, end))) return true;
  }
  return false;
}

export interface DecodedJournal {
  readonly records: readonly JournalRecord[];
  /** Length of the part that is whole. */
  readonly wholeBytes: number;
  /** Bytes of a last record that was not written to its end; to be cut off before the next append. */
  readonly tornBytes: number;
}

/**
 * Reads a journal's bytes. A last record that is not whole is left out and counted in `tornBytes`.
 * @throws MigrationError `journal-damaged` (`line`, `reason`) where anything before the last record is not as it was written;
 * `journal-foreign` (`version`) for a later format.
 */
export function decodeJournal(bytes: Buffer): DecodedJournal {
  const records: JournalRecord[] = [];
  let position = 0;
  while (position < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, position);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(position, end);
    const record = newline < 0 ? undefined : decodeLine(line);
    if (!record) {
      const last = newline < 0 || newline === bytes.length - 1;
      // A line without its newline is torn by definition; one with a newline must not hide a whole record.
      if (!last || startsWithWholeRecord(line)) throw damaged(records.length + 1, 'unreadable-line');
      break;
    }
    records.push(checked(record, records.length + 1));
    position = end + 1;
  }
  return { records, wholeBytes: position, tornBytes: bytes.length - position };
}

function checked(record: JournalRecord & { v: number }, line: number): JournalRecord {
  const { v, ...rest } = record;
  if (v !== JOURNAL_VERSION) throw new MigrationError('journal-foreign', { reason: 'version', version: v });
  if (rest.seq !== line) throw damaged(line, 'sequence-gap');
  if (!isRecordType(rest.type) || (line === 1) !== (rest.type === 'run-started'))
    throw damaged(line, 'unexpected-record');
  return rest;
}

function damaged(line: number, reason: string): MigrationError {
  return new MigrationError('journal-damaged', { line, reason });
}
