import { serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { Namespace } from '../../src/core/model/namespace.js';
import type { Journal } from '../../src/engine/journal/port.js';
import { nativeRun } from '../../src/engine/native-run.js';
import type { NativeRunContext } from '../../src/engine/run-context.js';
import type { NativeCopyJob, ToolExit } from '../../src/engine/native-ports.js';
import { memoryJournal } from '../contract/memory-journal.js';
import { memoryCluster } from '../support/fake-cluster.js';
import { planOf, plannedCollection } from './engine-builders.js';

const NS = { db: 'shop', coll: 'orders' };
const COUNTS = {
  ns: NS,
  acknowledged: 1,
  alreadyThere: 0,
  conflicts: 0,
  deadLettered: 0,
  failed: 0,
  throttledOperations: 0,
  sentOperations: 1,
  bytes: 20,
  requestUnits: 0,
};
const WELL: readonly ToolExit[] = [
  { tool: 'mongodump', exitCode: 0, signal: null },
  { tool: 'mongorestore', exitCode: 0, signal: null },
];

/** Resolves when the job is called off. */
const calledOff = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

interface Parts {
  readonly tools: (
    job: NativeCopyJob,
    onConflict: (ns: Namespace, id: Uint8Array) => void,
  ) => Promise<readonly ToolExit[]>;
  readonly journal?: Journal;
  readonly signal?: AbortSignal;
}

function run({ tools, journal, signal }: Parts) {
  const document = Buffer.from(serialize({ _id: 1 }));
  const cluster = memoryCluster({ 'shop.orders': [document] });
  const source = {
    ...cluster,
    command: (db: string, command: Record<string, unknown>) =>
      command['nameOnly']
        ? Promise.resolve({ ok: 1, cursor: { firstBatch: [{ name: 'orders' }] } })
        : cluster.command(db, command),
  };
  const kept = journal ?? memoryJournal({ runId: 'r', planId: 'p', planHash: 'h' });
  let conflict: (ns: Namespace, id: Uint8Array) => void = () => undefined;
  const closed: string[] = [];
  const context: NativeRunContext = {
    plan: planOf([plannedCollection(NS, NS)]),
    source,
    target: cluster,
    ru: undefined,
    relay: {
      start: ({ onConflict }) => {
        conflict = onConflict;
        return Promise.resolve({
          port: 1,
          counters: () => [COUNTS],
          close: () => Promise.resolve(void closed.push('relay')),
        });
      },
    },
    tools: { dumpAndRestore: (job) => tools(job, conflict) },
    journal: kept,
    deadLetters: { add: () => Promise.resolve(), flush: () => Promise.resolve(), count: () => 0 },
    deadLetterIds: () => Promise.resolve(new Set()),
    clock: systemClock,
    signal: signal ?? new AbortController().signal,
    onEvent: () => undefined,
  };
  return { verdict: nativeRun(context), journal: kept, closed };
}

describe('a native run', () => {
  it('completes where all is there', async () => {
    const { verdict } = run({ tools: () => Promise.resolve(WELL) });
    expect(await verdict).toEqual({ state: 'completed', reasons: [] });
  });

  it('names the conflict that stopped it between two pairs of tools, too', async () => {
    const { verdict, closed } = run({
      tools: async (job, onConflict) => {
        onConflict(NS, Buffer.from([0x10, 7, 0, 0, 0]));
        await calledOff(job.signal);
        job.signal.throwIfAborted();
        return WELL;
      },
    });
    expect(await verdict).toEqual({
      state: 'failed-resumable',
      reasons: [{ id: 'conflict', params: { ns: 'shop.orders', id: '7' } }],
    });
    expect(closed).toEqual(['relay']);
  });

  it('stops for a conflict though both tools say that all went well', async () => {
    const { verdict } = run({
      tools: (_job, onConflict) => {
        onConflict(NS, Buffer.from([0x10, 7, 0, 0, 0]));
        return Promise.resolve(WELL);
      },
    });
    expect((await verdict).state).toBe('failed-resumable');
  });

  it('calls the tools off and closes the relay when its journal cannot be written', async () => {
    const whole = memoryJournal({ runId: 'r', planId: 'p', planHash: 'h' });
    const full = new MigrationError('file-failed', { path: 'journal', reason: 'ENOSPC' });
    const journal: Journal = {
      tornBytes: 0,
      status: () => whole.status(),
      flush: () => whole.flush(),
      close: () => whole.close(),
      append: (entry) => (entry.type === 'copy-progress' ? Promise.reject(full) : whole.append(entry)),
    };
    let ended = false;
    const { verdict, closed } = run({
      journal,
      tools: async (job) => {
        await calledOff(job.signal);
        ended = true;
        return WELL;
      },
    });
    await expect(verdict).rejects.toBe(full);
    expect(ended).toBe(true);
    expect(closed).toEqual(['relay']);
  });

  it('stays planned when it is stopped before its first step', async () => {
    const { verdict, journal } = run({ tools: () => Promise.resolve(WELL), signal: AbortSignal.abort() });
    expect((await verdict).state).toBe('failed-resumable');
    expect(journal.status().state).toBe('planned');
  });
});
