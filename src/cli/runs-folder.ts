import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from './context.js';

export function addRunsFolderOption(command: Command): Command {
  return command.option('--runs-folder <folder>', 'where runs are kept (or set MCM_RUNS)');
}

export function runsRoot(options: { readonly runsFolder?: string }, context: CommandContext): string {
  return options.runsFolder === undefined
    ? context.adapters.defaultRunsRoot(context.env)
    : resolve(context.cwd, options.runsFolder);
}
