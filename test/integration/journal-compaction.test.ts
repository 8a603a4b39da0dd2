import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JournalDisk } from '../../src/adapters/files/journal-disk.js';
import { openJournalFile, readJournalFile } from '../../src/adapters/files/journal-file.js';
import { MigrationError } from '../../src/core/model/error.js';
import { compactRecords } from '../../src/engine/journal/compact.js';
import type { Journal } from '../../src/engine/journal/port.js';
import { NOTHING_COPIED } from '../../src/engine/journal/ranges.js';
import type { JournalEntry, JournalRecord } from '../../src/engine/journal/record.js';
import { reduceJournal, type RunStatus } from '../../src/engine/journal/reduce.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { diskFull, failingDisk, type DiskStep } from '../support/failing-disk.js';
import { journalEntries } from '../support/journal-entries.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const identity = { runId: 'run-1', planId: 'plan-1', planHash: 'c'.repeat(64) };
const clock = { now: () => 1_700_000_000_000, sleep: () => Promise.resolve() };
/** Small, so that a few records are a large journal. */
const compactFromBytes = 2_000;

let temp: TempFolder;
beforeAll(async () => {
  temp = await makeTempFolder('journal-compaction');
});
afterAll(() => temp.remove());
let files = 0;
const freshPath = (): string => join(temp.path, `${files++}.ndjson`);

const open = (path: string, disk?: JournalDisk): Promise<Journal> =>
  openJournalFile(path, identity, { clock, compactFromBytes, ...(disk ? { disk } : {}) });

const recordsOf = (entries: readonly JournalEntry[]): JournalRecord[] =>
  [{ type: 'run-started' as const, ...identity }, ...entries].map((entry, i) => ({
    ...entry,
    seq: i + 1,
    at: new Date(clock.now() + i).toISOString(),
  }));

/** Times are the clock's, and a progress that says nothing new is not written at all. */
function withoutTimes(status: RunStatus): unknown {
  const plain = {
    ...status,
    ranges: [...status.ranges].map(([ns, { order, ranges }]) => ({ ns, order, ranges: [...ranges.values()] })),
  };
  return JSON.parse(JSON.stringify(plain, (key, value: unknown) => (/^(at|\w+At)$/.test(key) ? undefined : value)));
}

const progress = (range: number, documents: number): JournalEntry => ({
  type: 'range-progress',
  ns: 'shop.orders',
  range,
  highWater: `10${documents.toString(16).padStart(8, '0')}`,
  sum: { ...NOTHING_COPIED, documents, bytes: documents * 100 },
});
const planned: JournalEntry = {
  type: 'ranges-planned',
  ns: 'shop.orders',
  order: 'by-id',
  ranges: [
    { range: 0, bytes: 1 },
    { range: 1, lower: '1000000000', bytes: 1 },
  ],
};

async function workFor(journal: Journal, rounds: number, from = 0): Promise<void> {
  for (let i = from; i < from + rounds; i += 1) {
    await journal.append(progress(i % 2, i));
    await journal.flush();
  }
}

describe('records that are compacted', () => {
  it('say the same, now and whatever comes after', () => {
    fc.assert(
      fc.property(journalEntries({ maxLength: 120 }), fc.nat(), (entries, where) => {
        const records = recordsOf(entries);
        const before = records.slice(0, 1 + (where % records.length));
        const compacted = compactRecords(before);
        expect(compacted.map(({ seq }) => seq)).toEqual(compacted.map((_record, i) => i + 1));
        expect(reduceJournal(compacted)).toEqual(reduceJournal(before));
        expect(reduceJournal([...compacted, ...records.slice(before.length)])).toEqual(reduceJournal(records));
        expect(compactRecords(compacted)).toEqual(compacted);
      }),
      { numRuns: 500 },
    );
  });

  it('grow with the ranges and not with the time', () => {
    const long = recordsOf([planned, ...Array.from({ length: 5_000 }, (_, i) => progress(i % 2, i))]);
    expect(compactRecords(long)).toHaveLength(4);
    const done = (range: number): JournalEntry => ({
      type: 'range-done',
      ns: 'shop.orders',
      range,
      sum: NOTHING_COPIED,
    });
    expect(compactRecords(recordsOf([planned, progress(0, 1), done(0), progress(1, 2), done(1)]))).toHaveLength(4);
  });
});

describe('a journal file that is compacted while it is written', () => {
  it('says what one in memory says, when it is opened again too', async () => {
    await fc.assert(
      fc.asyncProperty(
        journalEntries({ maxLength: 150 }),
        fc.array(fc.nat({ max: 150 }), { maxLength: 3 }),
        async (entries, reopenings) => {
          const path = freshPath();
          const memory = memoryJournal(identity);
          let file = await open(path);
          for (const [i, entry] of entries.entries()) {
            await memory.append(entry);
            await file.append(entry);
            if (i % 3 === 0) await file.flush();
            if (reopenings.includes(i)) {
              const before = file.status();
              await file.close();
              file = await open(path);
              expect(file.status()).toEqual(before);
            }
          }
          expect(withoutTimes(file.status())).toEqual(withoutTimes(memory.status()));
          await file.close();
          const again = await open(path);
          expect(again.status()).toEqual(file.status());
          await again.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('stays small, however long the run', async () => {
    const path = freshPath();
    const journal = await open(path);
    await journal.append(planned);
    let largest = 0;
    for (let i = 0; i < 300; i += 10) {
      await workFor(journal, 10, i);
      largest = Math.max(largest, (await stat(path)).size);
    }
    expect(largest).toBeLessThan(4 * compactFromBytes);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await journal.close();
    const again = await open(path);
    expect(again.status().ranges.get('shop.orders')?.ranges.get(1)?.sum.documents).toBe(299);
    await again.close();
  });

  it('is compacted when it is opened, if nobody could before', async () => {
    const path = freshPath();
    const large = await openJournalFile(path, identity, { clock });
    await large.append(planned);
    await workFor(large, 60);
    await large.close();
    const { size } = await stat(path);
    expect(size).toBeGreaterThan(4 * compactFromBytes);
    const journal = await open(path);
    expect((await stat(path)).size).toBeLessThan(size / 4);
    expect(journal.status()).toEqual(large.status());
    await journal.close();
  });

  it('shows a reader all of the old or all of the new file', async () => {
    const path = freshPath();
    const journal = await open(path);
    await journal.append(planned);
    let working = true;
    const work = workFor(journal, 400).finally(() => (working = false));
    let seen = 0;
    let reads = 0;
    let shrunk = 0;
    let lines = 0;
    while (working) {
      const { records } = await readJournalFile(path);
      if (records.length < lines) shrunk += 1;
      lines = records.length;
      const ranges = reduceJournal(records).ranges.get('shop.orders')?.ranges;
      const documents = Math.max(0, ...[...(ranges?.values() ?? [])].map(({ sum }) => sum.documents));
      expect(documents).toBeGreaterThanOrEqual(seen);
      seen = documents;
      reads += 1;
    }
    await work;
    expect(reads).toBeGreaterThan(20);
    expect(shrunk).toBeGreaterThan(0);
    await journal.close();
  });

  it('is refused when somebody else has written to it meanwhile', async () => {
    const path = freshPath();
    const journal = await open(path);
    await journal.append(planned);
    const bytes = await readFile(path);
    bytes[bytes.indexOf('by-id')] = 0x71;
    await writeFile(path, bytes);
    await expect(workFor(journal, 60)).rejects.toSatisfy((error) => MigrationError.is(error, 'journal-damaged'));
    await journal.close();
  });
});

/** Appends until the first compaction is through, or the disk has failed. Returns what was promised to be on disk. */
async function untilFailure(path: string, disk: JournalDisk): Promise<{ promised: number; failure: unknown }> {
  let promised = -1;
  let journal: Journal | undefined;
  try {
    journal = await open(path, disk);
    await journal.append(planned);
    for (let i = 0; i < 60; i += 1) {
      await workFor(journal, 1, i);
      promised = i;
    }
    return { promised, failure: undefined };
  } catch (failure) {
    return { promised, failure };
  } finally {
    await journal?.close().catch(() => undefined);
  }
}

async function expectKept(path: string, promised: number): Promise<void> {
  const journal = await open(path);
  const ranges = [...(journal.status().ranges.get('shop.orders')?.ranges.values() ?? [])];
  expect(
    Math.max(-1, ...ranges.map(({ highWater }) => Number.parseInt(highWater?.slice(2) ?? '-1', 16))),
  ).toBeGreaterThanOrEqual(promised);
  await workFor(journal, 3, 1_000);
  await journal.close();
  await (await open(path)).close();
  await expect(stat(`${path}.next`)).rejects.toMatchObject({ code: 'ENOENT' });
}

describe('a disk under a journal', () => {
  const steps: readonly DiskStep[] = ['open', 'write', 'half-write', 'sync', 'rename', 'renamed', 'sync-folder'];

  it.each(steps)('that is gone at the %s of a compaction leaves a journal that is read', async (step) => {
    const path = freshPath();
    let compacting = false;
    let gone = false;
    const { promised, failure } = await untilFailure(
      path,
      failingDisk((at, on) => {
        if (on === `${path}.next` && at === 'open') compacting = true;
        if (compacting && at === step) gone = true;
        // Whatever the process wanted to do after: it is dead.
        if (gone) throw Object.assign(new Error('EIO: gone'), { code: 'EIO' });
      }),
    );
    expect(gone).toBe(true);
    expect(MigrationError.is(failure, 'file-failed')).toBe(true);
    await expectKept(path, promised);
  });

  it.each(['open', 'write', 'half-write', 'sync', 'rename'] as const)(
    'that refuses the %s of a second file for lack of room lets the run go on with the first',
    async (step) => {
      const path = freshPath();
      let refused = 0;
      const { promised, failure } = await untilFailure(
        path,
        failingDisk((at, on) => {
          const second = at === 'rename' || on === `${path}.next`;
          if (second && at === step) {
            refused += 1;
            throw diskFull();
          }
        }),
      );
      expect(failure).toBeUndefined();
      expect(promised).toBe(59);
      expect(refused).toBeGreaterThan(0);
      // It is tried again, and not at every record.
      expect(refused).toBeLessThan(6);
      await expectKept(path, promised);
    },
  );

  it('that is full refuses everything from then on, and keeps what was promised', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 6, max: 60 }),
        fc.constantFrom('write', 'half-write', 'sync'),
        async (when, step) => {
          const path = freshPath();
          let asked = 0;
          const { promised, failure } = await untilFailure(
            path,
            failingDisk((at) => {
              if (at === step && (asked += 1) >= when) throw diskFull();
            }),
          );
          expect(failure).toMatchObject({ code: 'file-failed', facts: { code: 'ENOSPC', action: 'append' } });
          await expectKept(path, promised);
        },
      ),
      { numRuns: 25 },
    );
  });
});
