/** The states of a run (DESIGN section 3). */
export type RunState =
  | 'planned'
  | 'preparing'
  | 'copying'
  | 'indexing'
  | 'verifying'
  | 'completed'
  | 'completed-with-findings'
  | 'paused'
  | 'failed-resumable'
  | 'cancelled';

/**
 * `beginning-again`: whenever it is resumed, every collection is read and written again. `another-job`: it goes on while its job has not come to an end; once that has, and not all is
 * proven, another job reads every collection and leaves as it is what is there with equal content.
 */
export const RESUMES_BY = ['beginning-again', 'another-job'] as const;
export type ResumesBy = (typeof RESUMES_BY)[number];

const NEXT: Readonly<Record<RunState, readonly RunState[]>> = {
  planned: ['preparing', 'cancelled'],
  preparing: ['copying', 'paused', 'failed-resumable', 'cancelled'],
  copying: ['indexing', 'paused', 'failed-resumable', 'cancelled'],
  indexing: ['verifying', 'paused', 'failed-resumable', 'cancelled'],
  verifying: ['completed', 'completed-with-findings', 'paused', 'failed-resumable', 'cancelled'],
  completed: [],
  'completed-with-findings': ['preparing'],
  paused: ['preparing', 'cancelled'],
  'failed-resumable': ['preparing', 'cancelled'],
  cancelled: [],
};

/** Whether the state machine allows the step; a state does not become itself. */
export function canBecome(from: RunState, to: RunState): boolean {
  return NEXT[from].includes(to);
}

/** True while a live process must stand behind the state. */
export function isRunning(state: RunState): boolean {
  return state === 'preparing' || state === 'copying' || state === 'indexing' || state === 'verifying';
}

/** What is true of a run whose journal ends in `last` when no live process holds it: a running state without a process is an interrupted run. */
export function stateWithoutProcess(last: RunState): RunState {
  return isRunning(last) ? 'failed-resumable' : last;
}
