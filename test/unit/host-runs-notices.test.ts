import { describe, expect, it } from 'vitest';
import { NoticeBoard, resumable } from '../../src/host/runs/notices.js';
import type { RunState } from '../../src/core/model/run.js';
import type { RunInfo } from '../../src/host/services.js';
import { aRun, NOON } from './host-runs-builders.js';

const told = (board: NoticeBoard, ...runs: readonly RunInfo[]): string[] =>
  board.next(runs).map(({ kind, run }) => `${run.runId} ${kind}`);
const inState = (
  state: RunState,
  part: { runId?: string; endedAt?: number; problem?: string; startedAt?: number } = {},
): RunInfo => {
  const { runId = 'a', problem, ...snapshot } = part;
  return aRun(
    { runId, alive: state === 'copying', ...(problem === undefined ? {} : { problem }) },
    { state, ...snapshot },
  );
};

describe('notifications', () => {
  it('tell a change once', () => {
    const board = new NoticeBoard(NOON);
    expect(told(board, inState('copying'))).toEqual([]);
    expect(told(board, inState('completed'))).toEqual(['a completed']);
    expect(told(board, inState('completed'))).toEqual([]);
  });

  it.each([
    ['completed-with-findings', 'findings'],
    ['failed-resumable', 'failed'],
    ['paused', 'paused'],
  ] as const)('tell that a run became %s', (state, kind) => {
    const board = new NoticeBoard(NOON);
    told(board, inState('copying'));
    expect(told(board, inState(state))).toEqual([`a ${kind}`]);
  });

  it('call it stopped, not failed, when its owner has closed the terminal', () => {
    const board = new NoticeBoard(NOON);
    told(board, inState('copying'));
    const why = { id: 'stopped-by-user', params: {} };
    expect(told(board, aRun({ runId: 'a', alive: false }, { state: 'failed-resumable', why }))).toEqual(['a stopped']);
  });

  it('tell each time that a process could not take the run over, though its state is what it was', () => {
    const board = new NoticeBoard(NOON);
    const failed = (at: number): RunInfo =>
      aRun({ alive: false, startFailure: { at, id: 'error:tool-missing', params: {} } }, { state: 'paused' });
    told(board, aRun({ alive: false }, { state: 'paused' }));
    expect(told(board, failed(NOON + 1))).toEqual([`${aRun().runId} not-started`]);
    expect(told(board, failed(NOON + 1))).toEqual([]);
    expect(told(board, failed(NOON + 2))).toEqual([`${aRun().runId} not-started`]);
    const another = new NoticeBoard(NOON + 3);
    another.next([]);
    expect(told(another, failed(NOON + 2))).toEqual([]);
  });

  it('tell once that a run waits for a person, and again when it waits for something else', () => {
    const awaiting = (awaits?: 'studio-3t-done' | 'cut-over', alive = true): RunInfo =>
      aRun({ runId: 'a', alive }, { state: 'copying', ...(awaits ? { awaits } : {}) });
    const board = new NoticeBoard(NOON + 1_000_000);
    expect(told(board, awaiting('cut-over'))).toEqual([]);
    expect(told(board, awaiting())).toEqual([]);
    expect(told(board, awaiting('studio-3t-done'))).toEqual(['a awaits']);
    expect(told(board, awaiting('studio-3t-done'))).toEqual([]);
    expect(told(board, awaiting('cut-over'))).toEqual(['a awaits']);
    told(board, awaiting());
    expect(told(board, awaiting('cut-over', false))).toEqual([]);
  });

  it('know whether their Resume button still means what it says', () => {
    expect(resumable(undefined)).toBe('gone');
    for (const state of ['planned', 'paused', 'failed-resumable'] as const) {
      expect(resumable(inState(state))).toBe('waits');
    }
    for (const state of ['preparing', 'copying', 'indexing', 'verifying'] as const) {
      expect(resumable(inState(state))).toBe('works');
    }
    // Resuming would run it again, which is not what was asked hours ago.
    for (const state of ['completed', 'completed-with-findings', 'cancelled'] as const) {
      expect(resumable(inState(state))).toBe('over');
    }
  });

  it('do not tell of steps on the way, nor of what the user cancelled', () => {
    const board = new NoticeBoard(NOON);
    for (const state of ['planned', 'preparing', 'copying', 'indexing', 'verifying', 'cancelled'] as const) {
      expect(told(board, inState(state))).toEqual([]);
    }
  });

  it('do not tell what was so before this window looked', () => {
    const board = new NoticeBoard(NOON);
    expect(told(board, inState('failed-resumable'), inState('completed', { runId: 'b' }))).toEqual([]);
  });

  it('tell of a run that came and ended between two looks, but not of an old one that came into sight', () => {
    const board = new NoticeBoard(NOON);
    told(board);
    expect(
      told(
        board,
        inState('completed', { startedAt: NOON + 1 }),
        inState('completed', { runId: 'old', startedAt: NOON - 1 }),
      ),
    ).toEqual(['a completed']);
  });

  it('tell again of a run that failed again between two looks', () => {
    const board = new NoticeBoard(NOON);
    told(board, inState('failed-resumable', { endedAt: NOON }));
    expect(told(board, inState('failed-resumable', { endedAt: NOON }))).toEqual([]);
    expect(told(board, inState('failed-resumable', { endedAt: NOON + 1 }))).toEqual(['a failed']);
  });

  it('tell each of several', () => {
    const board = new NoticeBoard(NOON);
    told(board, inState('copying'), inState('copying', { runId: 'b' }));
    expect(told(board, inState('paused'), inState('completed', { runId: 'b' }))).toEqual(['a paused', 'b completed']);
  });

  it('say nothing of a run that cannot be read', () => {
    const board = new NoticeBoard(NOON);
    told(board, inState('copying'));
    expect(told(board, inState('failed-resumable', { problem: 'journal-damaged' }))).toEqual([]);
  });

  it('treat what lies in another folder as old', () => {
    const board = new NoticeBoard(NOON);
    told(board, inState('copying'));
    board.reset();
    expect(told(board, inState('completed'))).toEqual([]);
  });
});
