import type { Awaited } from '../../core/model/handoff.js';
import { isRunning, type RunState } from '../../core/model/run.js';
import { wasStopped } from './run-figures.js';
import type { RunInfo } from '../services.js';

/** A change of a run that its owner is told of. */
export interface Notice {
  readonly kind: 'completed' | 'findings' | 'failed' | 'stopped' | 'paused' | 'not-started' | 'awaits';
  readonly run: RunInfo;
}

const KINDS: Readonly<Partial<Record<RunState, Notice['kind']>>> = {
  completed: 'completed',
  'completed-with-findings': 'findings',
  'failed-resumable': 'failed',
  paused: 'paused',
};

function kindOf({ snapshot }: RunInfo): Notice['kind'] | undefined {
  return wasStopped(snapshot) ? 'stopped' : KINDS[snapshot.state];
}

interface Seen {
  readonly state: RunState;
  readonly endedAt: number | undefined;
  readonly failedToStartAt: number | undefined;
  readonly awaits: Awaited | undefined;
}

/** Decides what is told: each change once, and nothing that happened before this window looked. */
export class NoticeBoard {
  readonly #windowStart: number;
  #seen: Map<string, Seen> | undefined;

  /** `windowStart` in epoch milliseconds. */
  constructor(windowStart: number) {
    this.#windowStart = windowStart;
  }

  /** Another folder of runs: what is in it is old. */
  reset(): void {
    this.#seen = undefined;
  }

  next(runs: readonly RunInfo[]): readonly Notice[] {
    const before = this.#seen;
    this.#seen = new Map(
      runs.map(({ runId, snapshot: { state, endedAt, awaits }, startFailure }) => [
        runId,
        { state, endedAt, failedToStartAt: startFailure?.at, awaits },
      ]),
    );
    if (before === undefined) return [];
    return runs.flatMap((run): readonly Notice[] => {
      if (this.#hasFailedToStart(run, before.get(run.runId))) return [{ kind: 'not-started', run }];
      if (isNewlyAwaiting(run, before.get(run.runId))) return [{ kind: 'awaits', run }];
      const kind = run.problem === undefined ? kindOf(run) : undefined;
      return kind !== undefined && this.#isNew(run, before.get(run.runId)) ? [{ kind, run }] : [];
    });
  }

  #hasFailedToStart({ startFailure }: RunInfo, seen: Seen | undefined): boolean {
    if (startFailure === undefined) return false;
    return seen === undefined ? startFailure.at >= this.#windowStart : startFailure.at !== seen.failedToStartAt;
  }

  #isNew({ snapshot }: RunInfo, seen: Seen | undefined): boolean {
    // A run that came and ended between two looks.
    if (seen === undefined) return snapshot.startedAt >= this.#windowStart;
    if (seen.state !== snapshot.state) return true;
    return snapshot.endedAt !== undefined && seen.endedAt !== undefined && snapshot.endedAt > seen.endedAt;
  }
}

/** Told also of a run that waited already when this window came to know of it: nothing goes on until somebody does something. */
function isNewlyAwaiting({ alive, problem, snapshot: { awaits } }: RunInfo, seen: Seen | undefined): boolean {
  return alive && problem === undefined && awaits !== undefined && awaits !== seen?.awaits;
}

/** What an old message's Resume button finds: the run may have gone on, have ended or be gone since. */
export type Resumable = 'waits' | 'works' | 'over' | 'gone';

export function resumable(run: RunInfo | undefined): Resumable {
  if (run === undefined) return 'gone';
  const { state } = run.snapshot;
  if (state === 'planned' || state === 'paused' || state === 'failed-resumable') return 'waits';
  return isRunning(state) ? 'works' : 'over';
}
