/** Days on which a Databricks workspace refuses: tokens that are over, too many calls, servers that fail once. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkWorld, WELL } from '../support/databricks/spark-world.js';
import type { GivenAnswer, SeenCall } from '../support/databricks/workspace.js';

const MINUTES = 60_000;
const GET_RUN = 'GET /api/2.2/jobs/runs/get';

let world: SparkWorld;
beforeAll(async () => {
  world = await SparkWorld.start('spark-refused');
}, 15 * MINUTES);
afterAll(() => world[Symbol.asyncDispose]());

/** The first call of every name is answered so, `before` it takes effect or after; and the names. */
function once(answer: GivenAnswer | 'hang-up', moment: 'asked' | 'done') {
  const names = new Set<string>();
  const onCall = ({ name }: SeenCall, when: 'asked' | 'done'): GivenAnswer | 'hang-up' | undefined => {
    if (when !== moment || names.has(name)) return undefined;
    names.add(name);
    return answer;
  };
  return { names, onCall };
}

describe('a token that is over in the middle', { timeout: 5 * MINUTES }, () => {
  it.each([401, 403] as const)('and is refused by %i, is renewed, and nothing is lost', async (status) => {
    await using one = await world.begin();
    let isExpired = (): void => undefined;
    const expired = new Promise<void>((resolve) => (isExpired = resolve));
    one.workspace.hooks = {
      onCluster: () => expired,
      onCall: ({ name }, when) => {
        if (name !== GET_RUN || when !== 'done') return undefined;
        one.workspace.hooks = {};
        one.workspace.expireToken({ status });
        isExpired();
        return undefined;
      },
    };
    expect(await one.outcome(await one.run())).toEqual(WELL);
  });

  it('while nobody is signed in any more, stops the run but not the job, which is taken up by whoever is', async () => {
    await using one = await world.begin();
    one.workspace.hooks = {
      onCall: ({ name }, when) => {
        if (name === GET_RUN && when === 'done') one.workspace.expireToken({ isSignedOut: true });
        return undefined;
      },
    };
    const first = await one.run();
    expect(first.verdict).toMatchObject({
      state: 'failed-resumable',
      reasons: [{ id: 'error:azure-sign-in-needed', params: { reason: 'not-signed-in' } }],
    });
    one.workspace.hooks = {};
    one.workspace.expireToken();
    expect(await one.outcome(await one.run())).toEqual(WELL);
  });

  it('and is a personal one, which nothing renews: says so, and another one takes the job up', async () => {
    await using one = await world.begin();
    let isOver = false;
    const refused = { status: 403, code: '403', message: 'Invalid access token.' };
    one.workspace.hooks = {
      onCall: ({ name }) => {
        isOver ||= name === GET_RUN;
        return isOver ? refused : undefined;
      },
    };
    const first = await one.run();
    expect(first.verdict).toMatchObject({
      state: 'failed-resumable',
      reasons: [{ id: 'error:databricks-refused', params: { reason: 'not-allowed', message: refused.message } }],
    });
    one.workspace.hooks = {};
    expect(await one.outcome(await one.run())).toEqual(WELL);
  });
});

describe('a workspace that has no time', { timeout: 5 * MINUTES }, () => {
  it('says at each call how long to wait, and is asked again after that and not before', async () => {
    await using one = await world.begin();
    const { names, onCall } = once(
      { status: 429, code: 'REQUEST_LIMIT_EXCEEDED', headers: { 'retry-after': '17' } },
      'asked',
    );
    one.workspace.hooks = { onCall };
    const ran = await one.run();
    expect(await one.outcome(ran)).toEqual(WELL);
    expect(ran.waited).toEqual([...names].map(() => 17_000));
    expect(names.size).toBeGreaterThan(8);
  });

  it.each([
    ['fails with 503 before it does anything', { status: 503, code: 'TEMPORARILY_UNAVAILABLE' }, 'asked'],
    ['fails with 500 before it does anything', { status: 500, code: 'INTERNAL_ERROR' }, 'asked'],
    ['loses its answer, having done it', 'hang-up', 'done'],
  ] as const)(
    'and at each call once %s, is asked again, and nothing is there twice',
    async (_words, answer, moment) => {
      await using one = await world.begin();
      const { names, onCall } = once(answer, moment);
      one.workspace.hooks = { onCall };
      expect(await one.outcome(await one.run())).toEqual(WELL);
      expect(names).toContain('POST /api/2.2/jobs/create');
    },
  );

  it('and goes on to fail, ends the run as one that can be resumed', async () => {
    await using one = await world.begin();
    one.workspace.hooks = {
      onCall: ({ name }) => (name.endsWith('/run-now') ? { status: 500, code: 'INTERNAL_ERROR' } : undefined),
    };
    const first = await one.run();
    expect(first.verdict).toMatchObject({
      state: 'failed-resumable',
      reasons: [{ id: 'error:databricks-refused', params: { status: 500, errorCode: 'INTERNAL_ERROR' } }],
    });
    one.workspace.hooks = {};
    expect(await one.outcome(await one.run())).toEqual(WELL);
  });
});
