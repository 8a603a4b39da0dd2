/** What the window says and offers of a run that waits for a person. */
import { join } from 'node:path';
import type { Awaited } from '../../core/model/handoff.js';
import { RUNBOOK_FILE, STUDIO_3T_FOLDER } from '../../handoff/studio-3t/folder.js';
import type { RunInfo } from '../services.js';
import type { Translate } from '../translate.js';

/** The button that says that it is done. */
export function proceedLabel(awaits: Awaited | undefined, t: Translate): string {
  switch (awaits) {
    case 'studio-3t-done':
      return t('Studio 3T Is Done…');
    case 'cut-over':
      return t('Cut Over…');
    case 'deployment':
      return t('Deploy…');
    case 'registration':
      return t('Register…');
    case undefined:
      return t('Proceed…');
  }
}

/** Where the steps are written down that the person has to take; undefined where there are none. */
export function stepsFile({ snapshot, path }: Pick<RunInfo, 'snapshot' | 'path'>): string | undefined {
  return snapshot.awaits === 'studio-3t-done' ? join(path, STUDIO_3T_FOLDER, RUNBOOK_FILE) : undefined;
}
