/** What somebody at a terminal is told when a run waits for a person. */
import { join } from 'node:path';
import type { Awaited } from '../core/model/handoff.js';
import { RUNBOOK_FILE, STUDIO_3T_FOLDER } from '../handoff/studio-3t/folder.js';
import { awaitedWords } from '../words/awaits.js';
import { PROGRAM, type RunFolder } from './context.js';

/** What to do, where it is written down, and how to say that it is done. */
export function awaitedLines(what: Awaited, folder: RunFolder): string[] {
  const steps = what === 'studio-3t-done' ? [`  The steps: ${join(folder.path, STUDIO_3T_FOLDER, RUNBOOK_FILE)}`] : [];
  return [awaitedWords(what).sentence, ...steps, `  Say it: ${PROGRAM} runs proceed ${folder.runId}`];
}
