/** A run by Spark that is paused or cancelled: what becomes of its job in the workspace, and what is told where it cannot be reached. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restRun } from '../../src/engine/journal/rest.js';
import { memoryJournal } from '../contract/memory-journal.js';
import type { SparkRan, SparkRun } from '../support/databricks/spark-run.js';
import { DOCUMENTS, NOTHING_LEFT, SparkWorld, WELL, type SparkCase } from '../support/databricks/spark-world.js';

const MINUTES = 60_000;
const GET_RUN = 'GET /api/2.2/jobs/runs/get';
const NEVER = new Promise<void>(() => undefined);

let world: SparkWorld;
beforeAll(async () => {
  world = await SparkWorld.start('spark-steered');
}, 15 * MINUTES);
afterAll(() => world[Symbol.asyncDispose]());

type Wish = 'paused' | 'cancelled';

/** Told to stop when the job's run is looked at for the first time, which waits for its cluster. */
async function stoppedWhileRunning(one: SparkCase, wish: Wish, more: Partial<SparkRun> = {}): Promise<SparkRan> {
  const stop = new AbortController();
  one.workspace.hooks = {
    onCluster: () => NEVER,
    onCall: ({ name }, when) => {
      if (name === GET_RUN && when === 'done') stop.abort(wish);
      return undefined;
    },
  };
  const ran = await one.run({ signal: stop.signal, ...more });
  one.workspace.hooks = {};
  return ran;
}

const paused = { state: 'paused', reasons: [{ id: 'paused-by-user', params: {} }] };
const cancelled = {
  state: 'cancelled',
  reasons: [{ id: 'cancelled-by-user', params: { documents: 0, collections: 1 } }],
};

describe('a run by Spark that is paused', { timeout: 5 * MINUTES }, () => {
  it('has its job run cancelled, keeps what it goes on with, and goes on with that', async () => {
    await using one = await world.begin();
    const first = await stoppedWhileRunning(one, 'paused');
    expect(first.verdict).toEqual(paused);
    expect(one.workspace.runs()).toMatchObject([{ lifeCycle: 'TERMINATED', result: 'CANCELED' }]);
    expect(one.workspace.jobs()).toHaveLength(1);
    expect(await one.outcome(await one.run())).toEqual({ ...WELL, runs: ['CANCELED', 'SUCCESS'] });
  });

  it('says that the job goes on where the workspace cannot be reached, and takes it up again', async () => {
    await using one = await world.begin();
    let comesUp = (): void => undefined;
    const up = new Promise<void>((resolve) => (comesUp = resolve));
    const stop = new AbortController();
    one.workspace.hooks = {
      onCluster: () => up,
      onCall: ({ name }) => {
        if (name !== GET_RUN) return undefined;
        stop.abort('paused');
        return one.cutOff();
      },
    };
    const first = await one.run({ signal: stop.signal });
    const [run] = one.workspace.runs();
    const goesOn = { id: 'spark-run-goes-on', params: { run: String(run?.id), message: 'unreachable' } };
    expect(first.verdict).toEqual({ ...paused, reasons: [...paused.reasons, goesOn] });
    one.workspace.hooks = {};
    comesUp();
    expect(await one.outcome(await one.run())).toEqual(WELL);
  });
});

describe('a run by Spark that is cancelled', { timeout: 5 * MINUTES }, () => {
  it('while its job goes on, has that cancelled and leaves the secrets alone', async () => {
    await using one = await world.begin();
    const ran = await stoppedWhileRunning(one, 'cancelled');
    expect(ran.verdict).toEqual(cancelled);
    expect(one.workspace.runs()).toMatchObject([{ lifeCycle: 'TERMINATED', result: 'CANCELED' }]);
    expect(await one.left()).toEqual(NOTHING_LEFT);
  });

  it('after a pause, in the same process, leaves the secrets alone', async () => {
    await using one = await world.begin();
    const ran = await stoppedWhileRunning(one, 'paused', {
      after: (again) => again(AbortSignal.abort('cancelled')),
    });
    expect(ran.verdict).toEqual(cancelled);
    expect(await one.left()).toEqual(NOTHING_LEFT);
  });

  it('at each call of its deployment that changes something, leaves no job, no file, and no run that goes on', async () => {
    await using whole = await world.begin();
    await whole.run();
    const names = whole.workspace.calls.filter(({ changes }) => changes).map(({ name }) => name);
    const deploying = new Set(names.slice(0, names.indexOf('POST /api/2.2/jobs/run-now') + 1));
    expect(deploying.size).toBeGreaterThan(4);
    for (const name of deploying) {
      await using one = await world.begin();
      const stop = new AbortController();
      one.workspace.hooks = {
        onCluster: () => NEVER,
        onCall: (call, when) => {
          if (call.name === name && when === 'asked') stop.abort('cancelled');
          return undefined;
        },
      };
      const ran = await one.run({ signal: stop.signal });
      expect([name, ran.verdict]).toEqual([name, cancelled]);
      const left = (await one.left()) as typeof NOTHING_LEFT;
      expect([name, { ...left, scopes: [] }]).toEqual([name, { ...NOTHING_LEFT, scopes: [] }]);
      expect([name, one.workspace.runs().map(({ result }) => result)]).toEqual([
        name,
        name.endsWith('/run-now') ? ['CANCELED'] : [],
      ]);
    }
  });

  it('where it was never told that the job runs, finds it and cancels it', async () => {
    await using one = await world.begin();
    const stop = new AbortController();
    one.workspace.hooks = {
      onCluster: () => NEVER,
      onCall: ({ name }, when) => {
        if (!name.endsWith('/run-now') || when !== 'done') return undefined;
        stop.abort('cancelled');
        return 'hang-up';
      },
    };
    const ran = await one.run({ signal: stop.signal });
    expect(ran.verdict).toEqual(cancelled);
    expect(one.workspace.runs()).toMatchObject([{ lifeCycle: 'TERMINATED', result: 'CANCELED' }]);
    expect(await one.left()).toEqual(NOTHING_LEFT);
  });

  it('says what is left and goes on where the workspace cannot be reached', async () => {
    await using one = await world.begin();
    const stop = new AbortController();
    one.workspace.hooks = {
      onCluster: () => NEVER,
      onCall: ({ name }) => {
        if (name !== GET_RUN) return undefined;
        stop.abort('cancelled');
        return one.cutOff();
      },
    };
    const { verdict } = await one.run({ signal: stop.signal });
    expect(verdict.state).toBe('cancelled');
    expect(verdict.reasons).toMatchObject([
      { id: 'cancelled-by-user' },
      // Job, files, run, and the job's memory.
      { id: 'left-elsewhere', params: { things: 4 } },
      { id: 'spark-run-goes-on', params: { message: 'unreachable' } },
    ]);
  });

  it('where a call that takes something away is refused, says what is left', async () => {
    await using one = await world.begin();
    const stop = new AbortController();
    one.workspace.hooks = {
      onCluster: () => NEVER,
      onCall: ({ name }, when) => {
        if (name === GET_RUN && when === 'done') stop.abort('cancelled');
        if (name !== 'POST /api/2.0/workspace/delete') return undefined;
        return { status: 403, code: 'PERMISSION_DENIED', message: 'You may not delete this.' };
      },
    };
    const { verdict } = await one.run({ signal: stop.signal });
    expect(verdict).toEqual({
      state: 'cancelled',
      reasons: [
        ...cancelled.reasons,
        // Files, and the job's memory.
        { id: 'left-elsewhere', params: { things: 2 } },
        { id: 'spark-not-taken-away', params: { message: 'You may not delete this.' } },
      ],
    });
    expect(one.workspace.runs()).toMatchObject([{ result: 'CANCELED' }]);
    expect(one.workspace.jobs()).toEqual([]);
  });

  it('while no process works on it, says that something is left elsewhere', async () => {
    await using one = await world.begin();
    await stoppedWhileRunning(one, 'paused');
    const journal = memoryJournal({ runId: 'run', planId: one.plan.id, planHash: 'hash' }, one.records);
    expect(await restRun(journal, 'cancelled')).toBe(true);
    expect(journal.status().verdict?.reasons).toEqual([
      ...cancelled.reasons,
      // Job, files, and the job's memory; its run has ended.
      { id: 'left-elsewhere', params: { things: 3 } },
    ]);
  });
});

describe('a run by Spark that is over', { timeout: 5 * MINUTES }, () => {
  it('and was completed leaves nothing to tell of', async () => {
    await using one = await world.begin();
    const { status, verdict } = await one.run();
    expect(verdict.reasons).toEqual([]);
    expect(Object.values(status.remote).every(({ phase }) => phase === 'ended' || phase === 'removed')).toBe(true);
    expect(status.collections[`${one.db}.orders`]?.copy.acknowledged).toBe(DOCUMENTS);
  });
});
