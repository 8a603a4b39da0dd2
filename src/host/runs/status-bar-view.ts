import { isRunning } from '../../core/model/run.js';
import { runStateSentence } from '../../words/runs.js';
import { formatDuration } from '../../words/sizes.js';
import type { RunInfo } from '../services.js';
import { isOver, percentText, rateText, shareDone } from './run-figures.js';
import type { Translate } from '../translate.js';

/** A process that was just started has not said anything yet. */
const STARTING_MS = 60_000;
/** A run that waits for its owner is shown for a day, and for as long as its process lives: one of last year is no news. */
const WAITING_SHOWN_MS = 24 * 60 * 60 * 1000;

export interface StatusBarView {
  readonly text: string;
  readonly tone: 'plain' | 'warning';
  /** For screen readers: without icons. */
  readonly label: string;
  /** The only run that is meant; undefined for several. */
  readonly runId?: string;
  /** The runs that the tooltip tells of. */
  readonly runs: readonly RunInfo[];
}

/** What the status bar says, or undefined while there is nothing to say. */
export function statusBarView(all: readonly RunInfo[], now: number, t: Translate): StatusBarView | undefined {
  const open = all.filter((run) => isOpen(run, now));
  const running = open.filter(works);
  const [first] = running.length > 0 ? running : open;
  if (first === undefined) return undefined;
  if (running.length > 1) {
    const text = t('{0} migrations', running.length);
    return {
      text: `$(sync~spin) ${text}`,
      tone: 'plain',
      label: t('{0} migrations are running', running.length),
      runs: open,
    };
  }
  if (running.length === 1) {
    const text = progressText(first);
    return {
      text: `$(sync~spin) ${text}`,
      tone: 'plain',
      label: labelOf(first, text, t),
      runId: first.runId,
      runs: open,
    };
  }
  if (open.length > 1) {
    const text = t('{0} migrations wait', open.length);
    const failed = open.some(hasFailed);
    return {
      text: `${failed ? '$(warning)' : '$(debug-pause)'} ${text}`,
      tone: failed ? 'warning' : 'plain',
      label: text,
      runs: open,
    };
  }
  if (isStarting(first, now)) {
    const text = t('Migration is starting');
    return {
      text: `$(sync~spin) ${text}`,
      tone: 'plain',
      label: labelOf(first, text, t),
      runId: first.runId,
      runs: open,
    };
  }
  const failed = hasFailed(first);
  const text = restingText(first, t);
  return {
    text: `${failed ? '$(warning)' : '$(debug-pause)'} ${text}`,
    tone: failed ? 'warning' : 'plain',
    label: labelOf(first, text, t),
    runId: first.runId,
    runs: open,
  };
}

/** A row of the tooltip: name, state, how far. */
export function tooltipText(run: RunInfo): string {
  const state = runStateSentence(run.snapshot.state);
  return works(run) ? `${state} ${progressText(run)}` : state;
}

function works({ alive, snapshot }: RunInfo): boolean {
  return alive && isRunning(snapshot.state);
}

function hasFailed({ snapshot }: RunInfo): boolean {
  return snapshot.state === 'failed-resumable';
}

function isStarting({ snapshot, alive }: RunInfo, now: number): boolean {
  return snapshot.state === 'planned' && (alive || now - snapshot.startedAt < STARTING_MS);
}

function restingText(run: RunInfo, t: Translate): string {
  if (hasFailed(run)) return t('Migration stopped');
  return run.snapshot.state === 'planned' ? t('Migration not started') : t('Migration paused');
}

function isOpen(run: RunInfo, now: number): boolean {
  if (run.problem !== undefined || isOver(run.snapshot.state)) return false;
  return run.alive || now - (run.snapshot.endedAt ?? run.snapshot.startedAt) < WAITING_SHOWN_MS;
}

/** `64 % · 12k/s · 3 min`: what is not known is left out. */
export function progressText({ snapshot }: RunInfo): string {
  const parts = [percentText(shareDone(snapshot))];
  if (snapshot.documentsPerSecond >= 1) parts.push(rateText(snapshot.documentsPerSecond));
  if (snapshot.remainingMs !== undefined) parts.push(formatDuration(snapshot.remainingMs.expected));
  return parts.join(' · ');
}

function labelOf(run: RunInfo, text: string, t: Translate): string {
  return t('Migration {0}: {1}', run.planName, text);
}
