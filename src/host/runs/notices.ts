import type { RunState } from '../../core/model/run.js';
import type { RunInfo } from '../services.js';

/** A change of a run that its owner is told of. */
export interface Notice {
  readonly kind: 'completed' | 'findings' | 'failed' | 'stopped' | 'paused';
  readonly run: RunInfo;
}

const KINDS: Readonly<Partial<Record<RunState, Notice['kind']>>> = {
  completed: 'completed',
  'completed-with-findings': 'findings',
  'failed-resumable': 'failed',
  paused: 'paused',
};

/** Whoever closed the terminal or pressed Ctrl-C knows; no error has happened. */
function kindOf({ snapshot: { state, why } }: RunInfo): Notice['kind'] | undefined {
  return state === 'failed-resumable' && why?.id === 'stopped-by-user' ? 'stopped' : KINDS[state];
}

interface Seen {
  readonly state: RunState;
  readonly endedAt: number | undefined;
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
      runs.map(({ runId, snapshot }) => [runId, { state: snapshot.state, endedAt: snapshot.endedAt }]),
    );
    if (before === undefined) return [];
    return runs.flatMap((run) => {
      const kind = run.problem === undefined ? kindOf(run) : undefined;
      return kind !== undefined && this.#isNew(run, before.get(run.runId)) ? [{ kind, run }] : [];
    });
  }

  #isNew({ snapshot }: RunInfo, seen: Seen | undefined): boolean {
    // A run that came and ended between two looks.
    if (seen === undefined) return snapshot.startedAt >= this.#windowStart;
    if (seen.state !== snapshot.state) return true;
    return snapshot.endedAt !== undefined && seen.endedAt !== undefined && snapshot.endedAt > seen.endedAt;
  }
}
