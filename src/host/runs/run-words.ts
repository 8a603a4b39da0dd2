import type { RunState } from '../../core/model/run.js';
import type { RunSnapshot } from '../../core/model/run-snapshot.js';
import { goingOnSentence, runStateSentence } from '../../words/runs.js';
import type { Translate } from '../translate.js';

/** As the command line says it, but for what is said beside a Resume button. */
export function stateSentence(state: RunState, t: Translate): string {
  if (state === 'paused') return t('Paused: it goes on where it was when you resume.');
  if (state === 'failed-resumable')
    return t('Stopped before it was complete: resume to go on, nothing is copied twice.');
  return runStateSentence(state);
}

/** The same of a whole snapshot: why it stands still while it checks, too. */
export function snapshotSentence(snapshot: RunSnapshot, t: Translate): string {
  return goingOnSentence(snapshot) ?? stateSentence(snapshot.state, t);
}

/** What a run that works is at, in a word or two. */
export function stepName({ state, rechecked }: Pick<RunSnapshot, 'state' | 'rechecked'>, t: Translate): string {
  switch (state) {
    case 'preparing':
      return t('preparing');
    case 'copying':
      return rechecked ? t('checking what is there') : t('copying');
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
