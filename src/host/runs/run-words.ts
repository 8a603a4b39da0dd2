import { isRunning } from '../../core/model/run.js';
import type { RunSnapshot } from '../../core/model/run-snapshot.js';
import { awaitedWords } from '../../words/awaits.js';
import { goingOnSentence, runStateSentence, verdictReasonSentence } from '../../words/runs.js';
import { nextSteps } from '../../words/verdicts.js';
import type { RunInfo } from '../services.js';
import type { Translate } from '../translate.js';

/** As the command line says it, but for what is said beside a Resume button. */
export function stateSentence(run: Pick<RunSnapshot, 'state' | 'resumesBy'>, t: Translate): string {
  const { state, resumesBy } = run;
  if (resumesBy === 'beginning-again') return runStateSentence(run);
  if (state === 'paused') return t('Paused: it goes on where it was when you resume.');
  if (state === 'failed-resumable')
    return t('Stopped before it was complete: resume to go on, nothing is copied twice.');
  return runStateSentence(run);
}

/** The same of a whole snapshot: whom it waits for, and why it stands still while it checks, too. */
export function snapshotSentence(snapshot: RunSnapshot, t: Translate): string {
  if (snapshot.awaits !== undefined && isRunning(snapshot.state)) {
    const { short } = awaitedWords(snapshot.awaits);
    return `${short.charAt(0).toUpperCase()}${short.slice(1)}.`;
  }
  return goingOnSentence(snapshot) ?? stateSentence(snapshot, t);
}

/** What to do about the end of a run. Errors say it themselves, and beside a button nobody has to be told to resume. */
export function remedySteps({ state, why, resumesBy }: RunSnapshot): readonly string[] {
  if (state !== 'failed-resumable' || why === undefined || SELF_EVIDENT.test(why.id)) return [];
  return nextSteps({ state, reasons: [why], ...(resumesBy ? { resumesBy } : {}) });
}

const SELF_EVIDENT = /^(error:.*|interrupted|stopped-by-user)$/;

/** A process was to work on it and could not: which way, in a few words. */
export function startFailureName({ snapshot }: Pick<RunInfo, 'snapshot'>, t: Translate): string {
  return snapshot.state === 'planned' ? t('could not start') : t('could not go on');
}

/** The same as a sentence, with the reason and the remedy; undefined where there was none. */
export function startFailureSentence({ snapshot, startFailure }: RunInfo, t: Translate): string | undefined {
  if (startFailure === undefined) return undefined;
  const what = snapshot.state === 'planned' ? t('It could not be started.') : t('It could not go on.');
  return `${what} ${verdictReasonSentence(startFailure)}`;
}

/** What a run that works is at, in a word or two. */
export function stepName(
  { state, rechecked, resumesBy }: Pick<RunSnapshot, 'state' | 'rechecked' | 'resumesBy'>,
  t: Translate,
): string {
  switch (state) {
    case 'preparing':
      return t('preparing');
    case 'copying':
      return rechecked && resumesBy !== 'beginning-again' ? t('checking what is there') : t('copying');
    case 'indexing':
      return t('building indexes');
    case 'verifying':
      return t('verifying');
    case 'planned':
    case 'completed':
    case 'completed-with-findings':
    case 'paused':
    case 'failed-resumable':
    case 'cancelled':
      return '';
  }
}
