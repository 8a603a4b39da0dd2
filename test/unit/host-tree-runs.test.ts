import { expect, it } from 'vitest';
import type { RunSnapshot } from '../../src/core/model/run-snapshot.js';
import type { RunState } from '../../src/core/model/run.js';
import type { RunInfo } from '../../src/host/services.js';
import { describeRun, runningCount, runTooltip, unreadableMessage } from '../../src/host/tree/run-rows.js';
import { expectGolden } from '../golden/expect-golden.js';
import { english } from '../support/tree-state.js';

const words = { t: english, time: (ms: number) => new Date(ms).toISOString() };
const START = Date.UTC(2026, 8, 1, 10);

function aRun(state: RunState, snapshot: Partial<RunSnapshot> = {}, info: Partial<RunInfo> = {}): RunInfo {
  return {
    runId: `run-${state}`,
    path: '/runs/x',
    planName: 'shop: prod → cosmos',
    alive: false,
    ...info,
    snapshot: {
      runId: `run-${state}`,
      at: START + 60_000,
      state,
      startedAt: START,
      done: 0,
      planned: 120_000,
      bytes: 0,
      documentsPerSecond: 0,
      ruPerSecond: 0,
      provisioned: 0,
      requestUnits: 0,
      throttled: 0,
      deadLetters: 0,
      conflicts: 0,
      collections: [],
      rates: [],
      commandLines: [],
      ...snapshot,
    },
  };
}

const remainingMs = { low: 150_000, expected: 185_000, high: 240_000 };
const ended = { done: 120_000, endedAt: START + 185_000, bytes: 250_000_000 };
const RUNS: readonly RunInfo[] = [
  aRun('planned'),
  aRun('preparing', {}, { alive: true }),
  aRun(
    'copying',
    {
      done: 50_399,
      bytes: 105_000_000,
      documentsPerSecond: 5213.4,
      remainingMs,
      ruPerSecond: 3900,
      provisioned: 4000,
      requestUnits: 251_000,
      throttled: 12,
    },
    { alive: true },
  ),
  aRun('copying', { done: 119_999, documentsPerSecond: 5213.4 }, { alive: true }),
  aRun('indexing', { done: 120_000 }, { alive: true }),
  aRun('verifying', { done: 60_000, documentsPerSecond: 20_000, remainingMs }, { alive: true }),
  aRun('paused', { done: 50_399 }, { alive: true }),
  aRun('failed-resumable', {
    done: 50_399,
    endedAt: START + 60_000,
    why: { id: 'error:unreachable-host', params: { reason: 'refused', host: 'cosmos:10255' } },
  }),
  aRun('completed', ended),
  aRun('completed-with-findings', {
    ...ended,
    deadLetters: 1,
    conflicts: 2,
    why: { id: 'dead-letters', params: { documents: 1 } },
  }),
  aRun('cancelled', { done: 600, endedAt: START + 60_000, deadLetters: 3 }),
  aRun('planned', {}, { problem: 'journal-damaged', planName: 'odd *name* [x](y)' }),
];

it('every state of a run has its row and tooltip', () => {
  expectGolden(
    'host-tree-runs',
    RUNS.map((info) => ({ ...describeRun(info, words), tooltip: runTooltip(info, words) })),
  );
});

it('says that what is there is checked, and keeps its share meanwhile', () => {
  const info = aRun('copying', { done: 50_399, rechecked: { done: 10, of: 50_399 } }, { alive: true });
  expect(describeRun(info, words).description).toContain('41 % · checking what is there');
  expect(runTooltip(info, words)).toContain('10 of 50,399 documents');
});

it('says why a process could not take a run over', () => {
  const startFailure = {
    at: START,
    id: 'error:authentication-failed',
    params: { side: 'target', message: 'Authentication failed.', serverCode: 18 },
  };
  const planned = aRun('planned', {}, { startFailure });
  expect(describeRun(planned, words)).toMatchObject({
    description: 'could not start · The target refused the login · planned',
    icon: { id: 'error' },
  });
  expect(runTooltip(planned, words)).toContain('Look at user, password and authSource');
  expect(describeRun(aRun('paused', { done: 60_000 }, { startFailure }), words).description).toBe(
    'could not go on · The target refused the login · paused · 50 %',
  );
});

it('never says 100 % while a document is left', () => {
  const almost = RUNS[3];
  expect(almost && describeRun(almost, words).description).toContain('99 %');
});

it('counts what is at work, and says which runs cannot be read', () => {
  expect(runningCount(RUNS)).toBe(5);
  expect(unreadableMessage(RUNS, english)).toBe('The folder of 1 migration cannot be read. Point at it to see why.');
  expect(unreadableMessage(RUNS.slice(0, 3), english)).toBeUndefined();
});
