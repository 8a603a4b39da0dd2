import { serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/system-clock.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { Journal } from '../../src/engine/journal/port.js';
import { nativeRun } from '../../src/engine/native-run.js';
import type { Clock } from '../../src/engine/ports.js';
import type { NativeRunContext } from '../../src/engine/run-context.js';
import type { NativeCopyJob, RelayEvents, ToolExit } from '../../src/engine/native-ports.js';
import { onSide } from '../../src/engine/sided-session.js';
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
const DUMP: ToolExit = { tool: 'mongodump', exitCode: 0, signal: null };
const RESTORE: ToolExit = { tool: 'mongorestore', exitCode: 0, signal: null };
const WELL: readonly ToolExit[] = [DUMP, RESTORE];
/** What the tools say when the target's connections end (100.9.5). */
const EOF: readonly ToolExit[] = [
  { ...DUMP, exitCode: 1, failed: 'archive writer: error writing data: short write / write /dev/stdout: broken pipe' },
  { ...RESTORE, exitCode: 1, failed: 'shop.orders: connection(127.0.0.1:1[-3]) socket was unexpectedly closed: EOF' },
];

/** Resolves when the job is called off. */
const calledOff = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Fifty times as fast. */
const QUICK: Clock = { now: () => systemClock.now(), sleep: (ms, signal) => systemClock.sleep(ms / 50, signal) };

interface Parts {
  readonly tools: (job: NativeCopyJob, relay: RelayEvents) => Promise<readonly ToolExit[]>;
  /** What a ping of the target ends in once the tools are through. */
  readonly targetPing?: () => Promise<never>;
  readonly lostTargets?: number;
  readonly journal?: Journal;
  readonly signal?: AbortSignal;
}

function run({ tools, journal, signal, targetPing, lostTargets = 0 }: Parts) {
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
  let events: RelayEvents = { onConflict: () => undefined, onHopeless: () => undefined };
  const target = {
    ...cluster,
    command: (db: string, command: Record<string, unknown>) =>
      command['ping'] && targetPing ? targetPing() : cluster.command(db, command),
  };
  const closed: string[] = [];
  const context: NativeRunContext = {
    plan: planOf([plannedCollection(NS, NS)]),
    source: onSide(source, 'source'),
    target: onSide(target, 'target'),
    ru: undefined,
    relay: {
      start: (told) => {
        events = told;
        return Promise.resolve({
          port: 1,
          counters: () => [COUNTS],
          lostTargetConnections: () => lostTargets,
          close: () => Promise.resolve(void closed.push('relay')),
        });
      },
    },
    tools: { copy: (job) => tools(job, events) },
    journal: kept,
    deadLetters: { add: () => Promise.resolve(), flush: () => Promise.resolve(), count: () => 0 },
    deadLetterIds: () => Promise.resolve(new Set()),
    clock: QUICK,
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
      tools: async (job, relay) => {
        relay.onConflict(NS, Buffer.from([0x10, 7, 0, 0, 0]));
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
      tools: (_job, relay) => {
        relay.onConflict(NS, Buffer.from([0x10, 7, 0, 0, 0]));
        return Promise.resolve(WELL);
      },
    });
    expect((await verdict).state).toBe('failed-resumable');
  });

  it('stops where the target refuses all of a collection, and says by which code', async () => {
    const { verdict } = run({
      tools: async (job, relay) => {
        relay.onHopeless({ ns: NS, documents: 1_000, code: 4242, message: 'not at mongodb://u:secret@host/ today' });
        await calledOff(job.signal);
        return EOF;
      },
    });
    const params = { ns: 'shop.orders', documents: 1_000, code: 4242, message: 'not at mongodb://u:***@host/ today' };
    expect(await verdict).toEqual({ state: 'failed-resumable', reasons: [{ id: 'all-refused', params }] });
  });

  it('names the tool that failed of itself before the one that lost its pipe', async () => {
    const { verdict } = run({ tools: () => Promise.resolve(EOF) });
    expect((await verdict).reasons.map(({ id, params }) => [id, params['tool']])).toEqual([
      ['tool-failed', 'mongorestore'],
      ['tool-failed', 'mongodump'],
    ]);
  });

  it('names the side first that does not answer after the tools have failed', async () => {
    const gone = () => Promise.reject(new MigrationError('connection-lost'));
    const { verdict } = run({ tools: () => Promise.resolve(EOF), targetPing: gone });
    expect((await verdict).reasons[0]).toEqual({
      id: 'connection-lost',
      params: { side: 'target', answersAgain: false },
    });
  });

  it('names the target first where its connections broke off though it answers again', async () => {
    const { verdict } = run({ tools: () => Promise.resolve(EOF), lostTargets: 4 });
    expect((await verdict).reasons[0]).toEqual({
      id: 'connection-lost',
      params: { side: 'target', answersAgain: true },
    });
  });

  it('names the source first where mongodump says that it has lost it', async () => {
    const failed = 'error reading collection: connection(127.0.0.1:1[-5]) socket was unexpectedly closed: EOF';
    const { verdict } = run({ tools: () => Promise.resolve([{ ...DUMP, exitCode: 1, failed }]) });
    expect((await verdict).reasons.map(({ id, params }) => [id, params['side']])).toEqual([
      ['connection-lost', 'source'],
      ['tool-failed', undefined],
    ]);
  });

  it('tells a login that is refused meanwhile by its own name and side', async () => {
    const refused = () => Promise.reject(new MigrationError('authentication-failed', { reason: 'refused' }));
    const { verdict } = run({ tools: () => Promise.resolve(EOF), targetPing: refused });
    expect((await verdict).reasons[0]).toEqual({
      id: 'error:authentication-failed',
      params: { reason: 'refused', side: 'target' },
    });
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
