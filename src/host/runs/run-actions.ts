import { isRunning } from '../../core/model/run.js';
import type { RunAction } from '../../protocol/run-page.js';
import { stepsFile } from './awaited-run.js';
import type { RunInfo } from '../services.js';

/** What can be done with a run as it is now, the most likely first: the tree, the run page and the commands offer exactly this. */
export function possibleActions(info: RunInfo): readonly RunAction[] {
  const { snapshot, alive, problem, leftInAzure } = info;
  if (problem !== undefined) return alive ? ['terminal'] : [];
  if (alive) {
    const limit: readonly RunAction[] = snapshot.ceilings === undefined ? [] : ['limit'];
    const proceed: readonly RunAction[] = snapshot.awaits === undefined ? [] : ['proceed'];
    const steps: readonly RunAction[] = stepsFile(info) === undefined ? [] : ['steps'];
    if (isRunning(snapshot.state)) return [...proceed, ...steps, 'pause', ...limit, 'cancel', 'terminal'];
    if (snapshot.state === 'paused') return ['resume', 'cancel', 'terminal'];
    return ['terminal'];
  }
  // Before the terminal, which is always last.
  const before = forState(snapshot);
  return [...before, ...(leftInAzure ? (['clean-up'] as const) : []), 'terminal'];
}

function forState(snapshot: RunInfo['snapshot']): readonly RunAction[] {
  const letters: readonly RunAction[] = snapshot.deadLetters > 0 ? ['dead-letters', 'retry-dead-letters'] : [];
  switch (snapshot.state) {
    case 'planned':
      return ['resume', 'cancel'];
    case 'completed':
      return ['report', 'verify'];
    case 'completed-with-findings':
      return ['report', ...letters, 'verify', 'resume'];
    case 'cancelled':
      return ['report', ...letters.slice(0, 1)];
    // A running state without a process is read as failed-resumable; said here too, as the reading may be a moment old.
    case 'preparing':
    case 'copying':
    case 'indexing':
    case 'verifying':
    case 'paused':
    case 'failed-resumable':
      return ['resume', 'report', ...letters, 'verify', 'cancel'];
  }
}
