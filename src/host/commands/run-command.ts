import { commands, window, type LogOutputChannel } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import { CONNECTION_CODES } from '../connection-codes.js';
import { COMMANDS } from '../ids.js';
import { labels, wordsOf } from '../strings.js';
import { unlinked } from '../unlinked.js';

export interface CommandSurroundings {
  readonly log: LogOutputChannel;
  /** The cluster's id for a name that an error carries; for the button that leads to its connection. */
  readonly clusterNamed: (name: string) => string | undefined;
}

/**
 * Runs what a command does. The only place that catches: the log gets everything, the user what happened, why and what to do, with the log and the one
 * remedy a click away. Who has cancelled is told nothing.
 */
export async function runCommand(id: string, run: () => unknown, surroundings: CommandSurroundings): Promise<unknown> {
  const { log } = surroundings;
  log.debug(`${id} starts`);
  try {
    const result = await run();
    log.debug(`${id} ends`);
    return result;
  } catch (error) {
    if (MigrationError.is(error, 'cancelled')) {
      log.debug(`${id} was cancelled`);
      return undefined;
    }
    log.error(error instanceof Error ? error : String(error));
    // Not awaited: a command has ended when its work has, not when somebody closes a message.
    void tellFailure(error, surroundings);
    return undefined;
  }
}

/** Shows an error with its buttons and does what is clicked. */
export async function tellFailure(error: unknown, surroundings: CommandSurroundings): Promise<void> {
  const { happened, why, todo } = wordsOf(error);
  const remedy = remedyFor(error, surroundings);
  const buttons = [...(remedy ? [remedy.label] : []), labels.showLog()];
  const text = [happened, why, todo].filter((part) => part !== '').join(' ');
  const clicked = await window.showErrorMessage(unlinked(text), ...buttons);
  if (clicked === undefined) return;
  if (clicked === remedy?.label) await commands.executeCommand(remedy.command, ...remedy.args);
  else surroundings.log.show();
}

interface Remedy {
  readonly label: string;
  readonly command: string;
  readonly args: readonly unknown[];
}

function remedyFor(error: unknown, { clusterNamed }: CommandSurroundings): Remedy | undefined {
  if (!MigrationError.is(error)) return undefined;
  if (error.code === 'tool-missing') return { label: labels.setUpTools(), command: COMMANDS.setUpTools, args: [] };
  const { cluster } = error.facts;
  if (typeof cluster !== 'string' || !CONNECTION_CODES.has(error.code)) return undefined;
  const clusterId = clusterNamed(cluster);
  if (clusterId === undefined) return undefined;
  return { label: labels.editConnection(), command: COMMANDS.editCluster, args: [{ kind: 'cluster', clusterId }] };
}
