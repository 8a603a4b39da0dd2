/** What breaks off on the way to Databricks, and how a run goes on: nothing twice, nothing lost, nothing left behind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MigrationError } from '../../src/core/model/error.js';
import { DatabricksClient } from '../../src/adapters/databricks/databricks-client.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { DOCUMENTS, SparkWorld, WELL, type SparkCase } from '../support/databricks/spark-world.js';
import type { SeenCall } from '../support/databricks/workspace.js';

const MINUTES = 60_000;

let world: SparkWorld;
beforeAll(async () => {
  world = await SparkWorld.start('spark-resume');
}, 15 * MINUTES);
afterAll(() => world[Symbol.asyncDispose]());

/** Of each call that changes something the first and the last that a whole deployment makes. */
async function changingCalls(): Promise<readonly { readonly name: string; readonly nth: number }[]> {
  await using whole = await world.begin();
  expect(await whole.outcome(await whole.run())).toEqual(WELL);
  const counts = new Map<string, number>();
  for (const { name, changes } of whole.workspace.calls) if (changes) counts.set(name, (counts.get(name) ?? 0) + 1);
  expect([...counts.keys()]).toContain('POST /api/2.2/jobs/run-now');
  return [...counts].flatMap(([name, times]) => [...new Set([1, times])].map((nth) => ({ name, nth })));
}

describe('a run by Spark that is cut off', { timeout: 15 * MINUTES }, () => {
  it.each([
    ['before it takes effect', 'asked'],
    ['after it has, and before it is answered', 'done'],
  ] as const)(
    'at each call that changes something, %s: goes on, nothing twice, nothing left',
    async (_words, moment) => {
      for (const { name, nth } of await changingCalls()) {
        const where = `${name}, number ${nth}, ${moment}`;
        await using cut = await world.begin();
        let times = 0;
        let isCut = false;
        cut.workspace.hooks = {
          onCall: (call: SeenCall, when) => {
            if (call.name === name && when === 'asked') times += 1;
            if (call.name !== name || when !== moment || times !== nth) return undefined;
            isCut = true;
            return cut.cutOff();
          },
        };
        const first = await cut.run();
        expect([where, isCut, first.verdict.state]).toEqual([where, true, 'failed-resumable']);
        cut.workspace.hooks = {};
        expect([where, await cut.outcome(await cut.run())]).toEqual([where, WELL]);
      }
    },
  );

  it('before it could write down what it has made: goes on, nothing twice, nothing left', async () => {
    const notes: string[] = [];
    const nameOf = ({ what, phase }: { what: string; phase: string }): string => `${what} ${phase}`;
    await using whole = await world.begin();
    const done = await whole.run({ onNote: (entry) => void notes.push(nameOf(entry)) });
    expect(await whole.outcome(done)).toEqual(WELL);
    expect(notes).toContain('databricks-run started');
    for (const note of notes) {
      await using cut = await world.begin();
      const killed = new MigrationError('file-failed', { reason: 'killed' });
      const first = cut.run({
        onNote: (entry) => {
          if (nameOf(entry) !== note) return;
          cut.cutOff();
          throw killed;
        },
      });
      await expect(first, note).rejects.toBe(killed);
      cut.workspace.hooks = {};
      // The job's memory is gone then, and what it had found with it.
      const again = note === 'databricks-state removed';
      const expected = again
        ? { told: { acknowledged: DOCUMENTS, alreadyThere: 0 }, jobsMade: 2, runs: ['SUCCESS', 'SUCCESS'] }
        : {};
      expect([note, await cut.outcome(await cut.run())]).toEqual([note, { ...WELL, ...expected }]);
    }
  });
});

/** Cut off as soon as the job's run is followed, which waits for its cluster then. */
async function cutOffWhileRunning(): Promise<{ cut: SparkCase; comesUp: () => void }> {
  const cut = await world.begin();
  let comesUp = (): void => undefined;
  const up = new Promise<void>((resolve) => (comesUp = resolve));
  const onCluster = (): Promise<void> => up;
  cut.workspace.hooks = {
    onCluster,
    onCall: ({ name }) => (name === 'GET /api/2.2/jobs/runs/get' ? cut.cutOff() : undefined),
  };
  const first = await cut.run();
  expect(first.verdict.state).toBe('failed-resumable');
  expect(cut.workspace.runs().map(({ lifeCycle }) => lifeCycle)).toEqual(['PENDING']);
  cut.workspace.hooks = { onCluster };
  return { cut, comesUp };
}

const ENDED = 'spark-run-ended';

describe('a job that goes on in Databricks while nobody looks', { timeout: 5 * MINUTES }, () => {
  it('is followed, and not started a second time', async () => {
    const { cut: begun, comesUp } = await cutOffWhileRunning();
    await using cut = begun;
    let looks = 0;
    cut.workspace.hooks = {
      onCall: ({ name }) => {
        if (name === 'GET /api/2.2/jobs/runs/get') looks += 1;
        if (looks === 2) comesUp();
        return undefined;
      },
    };
    const second = await cut.run();
    expect(await cut.outcome(second)).toEqual(WELL);
    expect(cut.workspace.calls.filter(({ name }) => name.endsWith('/run-now'))).toHaveLength(1);
  });

  it('and ends well, is taken for what it is', async () => {
    const { cut: begun, comesUp } = await cutOffWhileRunning();
    await using cut = begun;
    comesUp();
    await cut.workspace.allRunsOver();
    expect(await cut.outcome(await cut.run())).toEqual(WELL);
  });

  it.each([
    ['fails', 'FAILED', (cut: SparkCase) => cut.workspace.crash()],
    ['is cancelled by somebody in the workspace', 'CANCELED', (cut: SparkCase) => cut.workspace.cancelRuns()],
  ])('and %s, is told so; resumed once more it is started again', async (_words, outcome, end) => {
    const { cut: begun, comesUp } = await cutOffWhileRunning();
    await using cut = begun;
    end(cut);
    comesUp();
    await cut.workspace.allRunsOver();
    const second = await cut.run();
    expect(second.verdict).toMatchObject({ state: 'failed-resumable', reasons: [{ id: ENDED, params: { outcome } }] });
    expect(await cut.outcome(await cut.run())).toEqual({ ...WELL, runs: [outcome, 'SUCCESS'] });
  });

  it('and is forgotten there, is started again, and that is told', async () => {
    const { cut: begun, comesUp } = await cutOffWhileRunning();
    await using cut = begun;
    cut.workspace.crash();
    comesUp();
    await cut.workspace.allRunsOver();
    cut.workspace.forgetRuns();
    const second = await cut.run();
    const lines = second.events.flatMap((event) => (event.kind === 'tool-line' ? [event.line.text] : []));
    expect(lines).toContainEqual(expect.stringMatching(/^run \d+ is not known in the workspace any more/));
    expect(await cut.outcome(second)).toEqual(WELL);
  });

  it('and was started once more by hand, is not started beside that', async () => {
    const { cut: begun, comesUp } = await cutOffWhileRunning();
    await using cut = begun;
    cut.workspace.crash();
    await cut.workspace.allRunsOver();
    expect((await cut.run()).verdict.reasons).toMatchObject([{ id: ENDED, params: { outcome: 'FAILED' } }]);
    const { url, tokens } = cut.workspace;
    const client = new DatabricksClient({ workspaceUrl: url, tokens, clock: systemClock });
    const [job = ''] = await client.findJobs(cut.workspace.jobs()[0] ?? '');
    await client.runJob(job, { run: cut.jobsMemory() }, 'by-hand');
    const third = await cut.run();
    expect(third.verdict.reasons).toMatchObject([{ id: ENDED, params: { outcome: 'SKIPPED' } }]);
    comesUp();
    await cut.workspace.allRunsOver();
    const fourth = await cut.run();
    expect(await cut.outcome(fourth)).toEqual({ ...WELL, runs: ['FAILED', 'SUCCESS', 'SKIPPED', 'SUCCESS'] });
  });
});
