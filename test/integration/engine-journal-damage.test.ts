import { readFile, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournalFile } from '../../src/adapters/files/journal-file.js';
import { decodeJournal, encodeRecord } from '../../src/engine/journal/encoding.js';
import type { JournalEntry, JournalRecord } from '../../src/engine/journal/record.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const identity = { runId: 'run-1', planId: 'plan-1', planHash: 'c'.repeat(64) };
const clock = { now: () => 1_700_000_000_000, sleep: () => Promise.resolve() };
const at = new Date(clock.now()).toISOString();

const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
const entry: fc.Arbitrary<JournalEntry> = fc.oneof(
  fc.record({ type: fc.constant('secret-file' as const), path: name, present: fc.boolean() }),
  fc.record({ type: fc.constant('process' as const), pid: fc.nat(), startTime: name }),
  fc.record({
    type: fc.constant('tool-exited' as const),
    tool: name,
    exitCode: fc.option(fc.nat()),
    signal: fc.option(name),
  }),
  fc.record({
    type: fc.constant('index-fate' as const),
    ns: name,
    index: name,
    outcome: fc.record({ kind: fc.constant('failed' as const), code: fc.nat(), message: name }),
  }),
);

function recordsOf(entries: readonly JournalEntry[]): JournalRecord[] {
  return [{ type: 'run-started' as const, ...identity }, ...entries].map((one, i) => ({ ...one, seq: i + 1, at }));
}
function bytesOf(records: readonly JournalRecord[]): Buffer {
  return Buffer.from(records.map(encodeRecord).join(''), 'utf8');
}

let temp: TempFolder;
beforeAll(async () => {
  temp = await makeTempFolder('journal-damage');
});
afterAll(() => temp.remove());

describe('a damaged journal', () => {
  it('gives back what was encoded, whatever the text in it', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
        const records = recordsOf(entries);
        const bytes = bytesOf(records);
        expect(decodeJournal(bytes)).toEqual({ records, wholeBytes: bytes.length, tornBytes: 0 });
      }),
    );
  });

  it('cut at any byte is the records before the cut', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), fc.double({ min: 0, max: 1, noNaN: true }), (entries, where) => {
        const records = recordsOf(entries);
        const whole = bytesOf(records);
        const cut = whole.subarray(0, Math.floor(where * whole.length));
        const decoded = decodeJournal(cut);
        expect(decoded.records).toEqual(records.slice(0, decoded.records.length));
        expect(decoded.wholeBytes + decoded.tornBytes).toBe(cut.length);
        // Not one record less than was whole before the cut.
        const next = records[decoded.records.length];
        if (next) expect(Buffer.byteLength(encodeRecord(next))).toBeGreaterThan(decoded.tornBytes);
      }),
      { numRuns: 300 },
    );
  });

  it('with any byte changed before its last record is refused', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.integer({ min: 1, max: 255 }),
        (entries, where, flip) => {
          const records = recordsOf(entries);
          const bytes = bytesOf(records);
          const last = bytesOf(records.slice(-1)).length;
          const position = Math.floor(where * (bytes.length - last));
          bytes[position] = (bytes[position] ?? 0) ^ flip;
          expect(() => decodeJournal(bytes)).toThrowError(
            expect.objectContaining({ code: 'journal-damaged' }) as Error,
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  it('with a whole record taken out, doubled or out of order is refused', () => {
    const records = recordsOf([
      { type: 'process', pid: 1, startTime: 'a' },
      { type: 'secret-file', path: 'x', present: true },
      { type: 'secret-file', path: 'x', present: false },
    ]);
    const [a, b, c, d] = records.map((record) => Buffer.from(encodeRecord(record)));
    for (const parts of [
      [a, c, d],
      [a, b, b, c],
      [a, c, b, d],
      [b, c],
    ]) {
      const bytes = Buffer.concat(parts.filter((part) => part !== undefined));
      expect(() => decodeJournal(bytes)).toThrowError(expect.objectContaining({ code: 'journal-damaged' }) as Error);
    }
  });

  it('of a later format is refused as foreign', () => {
    const first = encodeRecord({ type: 'run-started', ...identity, seq: 1, at });
    expect(first).toContain('"v":1');
    expect(() => decodeJournal(reSummed(first.replace('"v":1', '"v":2')))).toThrowError(
      expect.objectContaining({ code: 'journal-foreign' }) as Error,
    );
  });

  it('with a torn tail is cut to its whole part, says how much was cut, and goes on from there', async () => {
    const path = join(temp.path, 'torn.ndjson');
    const journal = await openJournalFile(path, identity, { clock });
    await journal.append({ type: 'state', state: 'preparing' });
    await journal.append({ type: 'secret-file', path: '/tmp/s', present: true });
    await journal.close();
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, whole.length - 7));
    const again = await openJournalFile(path, identity, { clock });
    expect(again.tornBytes).toBeGreaterThan(0);
    expect(again.status().secretFiles).toEqual([]);
    expect(again.status().state).toBe('preparing');
    await again.append({ type: 'state', state: 'copying' });
    await again.close();
    const third = await openJournalFile(path, identity, { clock });
    expect(third.tornBytes).toBe(0);
    expect(third.status().state).toBe('copying');
    await third.close();
  });

  it('in its middle is refused on opening and left as it is', async () => {
    const path = join(temp.path, 'middle.ndjson');
    const journal = await openJournalFile(path, identity, { clock });
    await journal.append({ type: 'state', state: 'preparing' });
    await journal.append({ type: 'state', state: 'copying' });
    await journal.close();
    const bytes = await readFile(path);
    const middle = bytes.indexOf('preparing');
    bytes[middle] = 0x71;
    await writeFile(path, bytes);
    await expect(openJournalFile(path, identity, { clock })).rejects.toMatchObject({
      code: 'journal-damaged',
      facts: { line: 2 },
    });
    expect(await readFile(path)).toEqual(bytes);
  });
});

/** The line with its sum made right again. */
function reSummed(line: string): Buffer {
  const body = line.slice(0, line.lastIndexOf(',"sum"'));
  // A record whose sum is right is made by the encoder only; here the sum is taken from the module's own description in docs/resumability.md.
  const sum = createHash('sha256').update(body).digest('hex').slice(0, 16);
  return Buffer.from(`${body},"sum":"${sum}"}\n`);
}
