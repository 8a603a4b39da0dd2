import { commands, Disposable } from 'vscode';
import { COMMANDS, type CommandId } from '../ids.js';
import type { HostServices } from '../services.js';
import { runCommand } from './run-command.js';

export type CommandHandler = (...args: readonly unknown[]) => unknown;
export type CommandTable = Readonly<Record<CommandId, CommandHandler>>;

/** Registers all commands; each runs through {@link runCommand}. What they do is read when the first one is used. */
export function registerCommands(
  { log, clusters }: Pick<HostServices, 'log' | 'clusters'>,
  table: () => Promise<CommandTable>,
): Disposable {
  const surroundings = {
    log,
    clusterNamed: (name: string) => clusters.list().find((profile) => profile.name === name)?.id,
  };
  const registered = Object.values(COMMANDS).map((id) =>
    commands.registerCommand(id, (...args: unknown[]) =>
      runCommand(id, async () => (await table())[id](...args), surroundings),
    ),
  );
  return Disposable.from(...registered);
}
