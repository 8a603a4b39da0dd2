/** Finds (and where it must, installs) the tools that a run needs. */
import { MigrationError } from '../core/model/error.js';
import { missingLines } from '../words/tools.js';
import type { CommandContext } from './context.js';

/** @throws MigrationError `tool-missing`; what was tried has been told by then. */
export async function provenTools(context: CommandContext): Promise<{ mongodump: string; mongorestore: string }> {
  const found = await context.adapters.locateTools(['mongodump', 'mongorestore'], {
    env: { ...context.env },
    onInstall: (step, name) => context.output.note(installNote(step, name)),
  });
  const path = (name: 'mongodump' | 'mongorestore'): string => {
    const location = found.get(name);
    if (location?.kind === 'found') return location.path;
    if (location) context.output.note(...missingLines(location));
    throw new MigrationError('tool-missing', { tool: name });
  };
  return { mongodump: path('mongodump'), mongorestore: path('mongorestore') };
}

export function installNote(step: 'registry' | 'vendor', name: string): string {
  return step === 'registry'
    ? `${name} is not on this machine: building the database tools from the pinned Go module, which takes a minute or two ...`
    : `${name} is not on this machine: downloading the vendor's database tools ...`;
}
