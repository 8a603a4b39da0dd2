import type { RunSnapshot } from '../../core/model/run-snapshot.js';
import type { RunInfo } from '../services.js';
import { isRunning, type RunState } from '../../core/model/run.js';

/** Nothing more will happen with it. */
export function isOver(state: RunState): boolean {
  return state === 'completed' || state === 'completed-with-findings' || state === 'cancelled';
}

/** Whoever closed the terminal or pressed Ctrl-C knows: no error has happened. */
export function wasStopped({ state, why }: Pick<RunSnapshot, 'state' | 'why'>): boolean {
  return state === 'failed-resumable' && why?.id === 'stopped-by-user';
}

/** 0 to 1 of the present step. A plan's numbers are estimates, so it is never full before the step is over. */
export function shareDone(snapshot: RunSnapshot): number {
  if (snapshot.state === 'completed' || snapshot.state === 'completed-with-findings') return 1;
  if (snapshot.planned <= 0) return 0;
  const share = Math.max(0, snapshot.done / snapshot.planned);
  return Math.min(isRunning(snapshot.state) ? 0.999 : 1, share);
}

/** `64 %`: rounded down, so that 100 % is said only of what is done. */
export function percentText(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

/** Made on first use: a first one costs more than all else that is done at activation. */
let compact: Intl.NumberFormat | undefined;

/** `12k/s`. */
export function rateText(perSecond: number): string {
  return `${(compact ??= new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })).format(Math.round(perSecond)).toLowerCase()}/s`;
}

/** What a run moves, for places where its clusters' names have no room. */
export function shortName({ subject, planName }: Pick<RunInfo, 'subject' | 'planName'>): string {
  return subject === undefined || subject === '' ? planName : subject;
}

/** The end of a run's id, by which people tell runs apart. */
export function shortRunId(runId: string): string {
  return runId.slice(runId.lastIndexOf('-') + 1);
}
