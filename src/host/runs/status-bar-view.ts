import { isRunning } from '../../core/model/run.js';
import { awaitedWords } from '../../words/awaits.js';
import { formatDuration } from '../../words/sizes.js';
import type { RunInfo } from '../services.js';
import { startFailureName, stepName } from './run-words.js';
import { isOver, percentText, rateText, shareDone, shortName, wasStopped } from './run-figures.js';
import type { Translate } from '../translate.js';

/** A process that was just started has not said anything yet. */
const STARTING_MS = 60_000;
/** A run that waits for its owner is shown for a day, and for as long as its process lives: one of last year is no news. */
const WAITING_SHOWN_MS = 24 * 60 * 60 * 1000;

const LONGEST_NAME = 30;

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
    const label = t('{0} migrations are running', running.length);
    return { text: `${WORKING} ${t('{0} migrations', running.length)}`, tone: 'plain', label, runs: open };
  }
  if (running.length === 0 && open.length > 1) {
    const label = t('{0} migrations wait', open.length);
    return { ...resting(open.some(hasFailed), label), label, runs: open };
  }
  const name = nameOf(first);
  const said = works(first) ? progressText(first, t) : restingText(first, now, t);
  const text = `${name} ${said}`;
  const common = { label: t('Migration {0}: {1}', first.planName, said), runId: first.runId, runs: open };
  if (works(first) || isStarting(first, now)) return { text: `${WORKING} ${text}`, tone: 'plain', ...common };
  return { ...resting(hasFailed(first), text), ...common };
}

const WORKING = '$(sync~spin)';

function resting(failed: boolean, text: string): Pick<StatusBarView, 'text' | 'tone'> {
  return failed ? { text: `$(warning) ${text}`, tone: 'warning' } : { text: `$(debug-pause) ${text}`, tone: 'plain' };
}

/** A name as long as a status bar has room for; what looks like an icon in it is none. */
function nameOf(run: RunInfo): string {
  const name = shortName(run).replaceAll('$(', '$ (');
  return name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`;
}

function works({ alive, snapshot }: RunInfo): boolean {
  return alive && isRunning(snapshot.state);
}

function hasFailed({ snapshot, startFailure }: RunInfo): boolean {
  return (snapshot.state === 'failed-resumable' && !wasStopped(snapshot)) || startFailure !== undefined;
}

function isStarting({ snapshot, alive, startFailure }: RunInfo, now: number): boolean {
  return (
    startFailure === undefined && snapshot.state === 'planned' && (alive || now - snapshot.startedAt < STARTING_MS)
  );
}

function restingText(run: RunInfo, now: number, t: Translate): string {
  if (isStarting(run, now)) return t('is starting');
  if (run.startFailure) return startFailureName(run, t);
  if (run.snapshot.state === 'failed-resumable') return t('stopped');
  return run.snapshot.state === 'planned' ? t('not started') : t('paused');
}

function isOpen(run: RunInfo, now: number): boolean {
  if (run.problem !== undefined || isOver(run.snapshot.state)) return false;
  return run.alive || now - (run.snapshot.endedAt ?? run.snapshot.startedAt) < WAITING_SHOWN_MS;
}

/** `64 % · 12k/s · 3 min`: what is not known is left out. Any other step than copying begins again at nothing, so it is named. */
function progressText({ snapshot }: RunInfo, t: Translate): string {
  const { state, rechecked } = snapshot;
  const step = stepName(snapshot, t);
  if (state === 'preparing' || state === 'indexing') return step;
  const share = percentText(shareDone(snapshot));
  const parts = rechecked ? [share, step] : state === 'verifying' ? [step, share] : [share];
  if (snapshot.awaits !== undefined) parts.push(awaitedWords(snapshot.awaits).short);
  if (snapshot.documentsPerSecond >= 1) parts.push(rateText(snapshot.documentsPerSecond));
  if (snapshot.remainingMs !== undefined) parts.push(formatDuration(snapshot.remainingMs.expected));
  return parts.join(' · ');
}
