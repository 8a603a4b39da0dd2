import type { RunState } from '../../core/model/run.js';
import { runStateSentence } from '../../words/runs.js';
import type { Translate } from '../translate.js';

/** As the command line says it, but for what is said beside a Resume button. */
export function stateSentence(state: RunState, t: Translate): string {
  if (state === 'paused') return t('Paused: it goes on where it was when you resume.');
  if (state === 'failed-resumable')
    return t('Stopped before it was complete: resume to go on, nothing is copied twice.');
  return runStateSentence(state);
}
