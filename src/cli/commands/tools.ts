import { locationLines } from '../../words/tools.js';
import type { CommandContext } from '../context.js';
import { installNote } from '../database-tools.js';
import { EXIT, type ExitCode } from '../exit-codes.js';

export interface ToolsOptions {
  /** `--no-install`. */
  readonly install: boolean;
}

/** Says where the database tools are, and installs them where they are not. */
export async function tools(options: ToolsOptions, context: CommandContext): Promise<ExitCode> {
  const { output, adapters, env } = context;
  const found = await adapters.locateTools(undefined, {
    env: { ...env },
    mayInstall: options.install,
    onInstall: (step, name) => output.note(installNote(step, name)),
  });
  const locations = [...found.values()];
  for (const location of locations) output.say(...locationLines(location));
  output.data({ tools: locations });
  return locations.every((location) => location.kind === 'found') ? EXIT.success : EXIT.failed;
}
