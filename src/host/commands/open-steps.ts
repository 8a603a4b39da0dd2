import { commands, Uri } from 'vscode';
import { stepsFile } from '../runs/awaited-run.js';
import type { RunInfo } from '../services.js';

/** What the person has to do whom the run waits for, as it is written down in the run's folder. */
export async function openSteps(run: RunInfo | undefined): Promise<void> {
  const steps = run && stepsFile(run);
  if (steps !== undefined) await commands.executeCommand('markdown.showPreview', Uri.file(steps));
}
