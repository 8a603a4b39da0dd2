import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournalFile } from '../../src/adapters/files/journal-file.js';
import type { RunIdentity } from '../../src/engine/journal/identity.js';
import { enterState, type Journal } from '../../src/engine/journal/port.js';
import type { CopyCounters, JournalRecord } from '../../src/engine/journal/record.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import type { VerificationResult } from '../../src/engine/verify/result.js';
import { memoryJournal } from './memory-journal.js';

const identity: RunIdentity = { runId: 'run-1', planId: 'plan-1', planHash: 'a'.repeat(64) };
const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
const counters = (acknowledged: number): CopyCounters => ({
  acknowledged,
  alreadyThere: 1,
  conflicts: 0,
  deadLettered: 0,
  throttled: 2,
  bytes: acknowledged * 100,
  ru: acknowledged * 5.5,
});

let temp: TempFolder;
beforeAll(async () => {
  temp = await makeTempFolder('journal');
});
afterAll(() => temp.remove());

/** What every journal does. `open` gives the same journal again, as a later process would find it. */
function journalContract(name: string, fresh: () => Promise<{ open: () => Promise<Journal> }>): void {
  describe(`a journal (${name})`, () => {
    it('starts planned and belongs to its run', async () => {
      const { open } = await fresh();
      const journal = await open();
      expect(journal.status()).toMatchObject({ ...identity, state: 'planned', attempts: 0, collections: {} });
      await journal.close();
    });

    it('says after it is opened again what it said before', async () => {
      const { open } = await fresh();
      const first = await open();
      await first.append({ type: 'process', pid: 7, startTime: 'x' });
      await enterState(first, 'preparing');
      await first.append({ type: 'collection-created', ns: 'shop.orders', phase: 'intent' });
      await first.append({ type: 'collection-created', ns: 'shop.orders', phase: 'done' });
      await first.append({
        type: 'index-fate',
        ns: 'shop.orders',
        index: 'a_1',
        outcome: { kind: 'skipped', why: 'sparse' },
      });
      await first.append({ type: 'copy-progress', ns: 'shop.orders', counters: counters(3) });
      await first.append({ type: 'copy-progress', ns: 'shop.orders', counters: counters(5) });
      await first.append({ type: 'tool-exited', tool: 'mongodump', exitCode: 0, signal: null });
      await first.append({ type: 'secret-file', path: '/tmp/secret.yml', present: true });
      await first.append({
        type: 'verdict',
        verdict: { state: 'completed', reasons: [{ id: 'x', params: { n: 1 } }] },
      });
      const before = first.status();
      await first.close();
      const second = await open();
      expect(second.status()).toEqual(before);
      expect(second.status()).toMatchObject({
        state: 'preparing',
        secretFiles: ['/tmp/secret.yml'],
        collections: {
          'shop.orders': { created: 'created', copy: counters(5), indexes: { a_1: { kind: 'skipped' } } },
        },
      });
      await second.close();
    });

    it('adds up what each process copied, and drops the verdict of an earlier one', async () => {
      const { open } = await fresh();
      const first = await open();
      await first.append({ type: 'process', pid: 1, startTime: 'a' });
      await first.append({ type: 'copy-progress', ns: 'a.b', counters: counters(10) });
      await first.append({ type: 'verdict', verdict: { state: 'failed-resumable', reasons: [] } });
      await first.close();
      const second = await open();
      await second.append({ type: 'process', pid: 2, startTime: 'b' });
      await second.append({ type: 'copy-progress', ns: 'a.b', counters: counters(4) });
      await second.flush();
      expect(second.status().collections['a.b']?.copy.acknowledged).toBe(14);
      expect(second.status().collections['a.b']?.copyByThisProcess.acknowledged).toBe(4);
      expect(second.status().attempts).toBe(2);
      expect(second.status().verdict).toBeUndefined();
      await second.close();
    });

    it('forgets what was proven of a collection that is copied anew', async () => {
      const { open } = await fresh();
      const first = await open();
      const planned = { type: 'ranges-planned', order: 'by-id', ranges: [{ range: 0, bytes: 9 }] } as const;
      for (const ns of ['a.b', 'a.c']) {
        await first.append({ ...planned, ns });
        const result = { ns } as unknown as VerificationResult;
        await first.append({ type: 'verification', ns, result });
      }
      await first.append({ ...planned, ns: 'a.b' });
      await first.close();
      const second = await open();
      expect(second.status().collections['a.b']?.verification).toBeUndefined();
      expect(second.status().collections['a.c']?.verification).toBeDefined();
      await second.close();
    });

    it('takes an interrupted run over failed-resumable when it is prepared again', async () => {
      const { open } = await fresh();
      const first = await open();
      for (const state of ['preparing', 'copying'] as const) await enterState(first, state);
      await first.close();
      const second = await open();
      await enterState(second, 'preparing');
      expect(second.status().history.map((step) => step.state)).toEqual([
        'planned',
        'preparing',
        'copying',
        'failed-resumable',
        'preparing',
      ]);
      await second.close();
    });

    it('refuses a step that the state machine does not have, and stays usable', async () => {
      const { open } = await fresh();
      const journal = await open();
      await expect(journal.append({ type: 'state', state: 'completed' })).rejects.toMatchObject({ code: 'internal' });
      await enterState(journal, 'preparing');
      expect(journal.status().state).toBe('preparing');
      await journal.close();
      await expect(journal.append({ type: 'state', state: 'copying' })).rejects.toMatchObject({ code: 'internal' });
    });

    it('keeps the order of entries that are appended at the same time', async () => {
      const { open } = await fresh();
      const first = await open();
      const names = Array.from({ length: 50 }, (_, i) => `tool-${i}`);
      await Promise.all(names.map((tool) => first.append({ type: 'tool-exited', tool, exitCode: 0, signal: null })));
      await first.close();
      const second = await open();
      expect(second.status().tools.map(({ tool }) => tool)).toEqual(names);
      await second.close();
    });
  });
}

journalContract('in memory', () => {
  const records: JournalRecord[] = [];
  return Promise.resolve({ open: () => Promise.resolve(memoryJournal(identity, records)) });
});

let made = 0;
journalContract('in a file', () => {
  const path = join(temp.path, `journal-${made++}.ndjson`);
  return Promise.resolve({ open: () => openJournalFile(path, identity, { clock }) });
});

journalContract('in a file that is compacted whenever that pays', () => {
  const path = join(temp.path, `journal-${made++}.ndjson`);
  return Promise.resolve({ open: () => openJournalFile(path, identity, { clock, compactFromBytes: 1 }) });
});

describe('a journal file', () => {
  it('has an entry on disk when append resolves, and progress after a flush', async () => {
    const path = join(temp.path, 'durable.ndjson');
    const journal = await openJournalFile(path, identity, { clock });
    await journal.append({ type: 'secret-file', path: '/x', present: true });
    expect(await readFile(path, 'utf8')).toContain('"secret-file"');
    await journal.append({ type: 'copy-progress', ns: 'a.b', counters: counters(1) });
    await journal.append({ type: 'copy-progress', ns: 'a.b', counters: counters(2) });
    await journal.flush();
    const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.includes('copy-progress'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"acknowledged":2');
    await journal.close();
  });

  it('writes progress by itself within a second or so', async () => {
    const path = join(temp.path, 'timer.ndjson');
    const journal = await openJournalFile(path, identity, { clock });
    await journal.append({ type: 'copy-progress', ns: 'a.b', counters: counters(9) });
    await expect.poll(() => readFile(path, 'utf8'), { timeout: 3_000 }).toContain('"acknowledged":9');
    await journal.close();
  });

  it('is refused for another run or another plan', async () => {
    const path = join(temp.path, 'foreign.ndjson');
    await (await openJournalFile(path, identity, { clock })).close();
    for (const other of [{ runId: 'run-2' }, { planHash: 'b'.repeat(64) }, { planId: 'plan-2' }]) {
      const opening = openJournalFile(path, { ...identity, ...other }, { clock });
      await expect(opening).rejects.toMatchObject({
        code: 'journal-foreign',
        facts: { reason: Object.keys(other)[0] },
      });
    }
  });

  it('says so when its folder is gone', async () => {
    const path = join(temp.path, 'no-such-folder', 'journal.ndjson');
    await expect(openJournalFile(path, identity, { clock })).rejects.toMatchObject({
      code: 'file-failed',
      facts: { code: 'ENOENT' },
    });
    await rm(path, { force: true });
  });
});
