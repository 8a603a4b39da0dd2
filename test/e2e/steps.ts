/** What a person does again and again, step by step as they would. */
import { onTestFailed } from 'vitest';
import type { FrameLocator } from 'playwright-core';
import type { Session } from '../support/vscode/session.js';
import type { Workbench } from '../support/vscode/workbench.js';

export const SOURCE_NAME = 'shop on premises';
export const TARGET_NAME = 'shop in cosmos';

let broken: string | undefined;

/** Before each step of a way: saves what is on the screen when it fails; where one has failed, those after it fail at once. */
export function keepFailure(session: () => Session | undefined): void {
  if (broken !== undefined) throw new Error(`not tried: "${broken}" failed before`);
  onTestFailed(async ({ task }) => {
    broken = task.name;
    const folder = await session()?.saveFailure();
    if (folder !== undefined) process.stdout.write(`what was on the screen: ${folder}\n`);
  });
}

/** Answers the questions after *Add Source* or *Add Target*, once the first of them is open. */
export async function answerConnection(workbench: Workbench, uri: string, name: string): Promise<void> {
  await workbench.pick('How do you want to say where it is?', 'Type or paste a connection string');
  await workbench.answer('Connection string.', uri);
  await workbench.answer('Its name in the tree', name);
}

export async function addCluster(
  workbench: Workbench,
  role: 'Source' | 'Target',
  uri: string,
  name: string,
): Promise<void> {
  await workbench.command(`Cosmos Migration: Add ${role}…`);
  await answerConnection(workbench, uri, name);
  // Not its notification: VS Code shows no more than three of those at a time to somebody as quick as this.
  await workbench.treeRow(name).waitFor();
}

/** The wizard's *Next* button. */
export async function next(wizard: FrameLocator, heading: string): Promise<void> {
  await wizard.locator('[data-move="next"]:not([aria-disabled])').click();
  await wizard.getByRole('heading', { level: 1, name: heading }).waitFor();
}
