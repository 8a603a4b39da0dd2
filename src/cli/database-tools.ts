/** Finds (and where it must, installs) the tools that a run needs. */
import { MigrationError } from '../core/model/error.js';
import type { Plan } from '../core/model/plan.js';
import { neededTools } from '../core/plan/needed-tools.js';
import { missingLines } from '../words/tools.js';
import type { ToolPaths } from '../assembly/compose-run.js';
import type { CommandContext } from './context.js';

/** Paths of what the plan needs; empty where no tool takes part. @throws MigrationError `tool-missing`; what was tried has been told by then. */
export async function provenTools(plan: Pick<Plan, 'method' | 'text'>, context: CommandContext): Promise<ToolPaths> {
  const names = neededTools(plan);
  if (names.length === 0) return {};
  const found = await context.adapters.locateTools(names, {
    env: { ...context.env },
    onInstall: (step, name) => context.output.note(installNote(step, name)),
  });
  return Object.fromEntries(
    names.map((name) => {
      const location = found.get(name);
      if (location?.kind === 'found') return [name, location.path] as const;
      if (location) context.output.note(...missingLines(location));
      throw new MigrationError('tool-missing', { tool: name });
    }),
  );
}

export function installNote(step: 'registry' | 'vendor', name: string): string {
  return step === 'registry'
    ? `${name} is not on this machine: building the database tools from the pinned Go module, which takes a minute or two ...`
    : `${name} is not on this machine: downloading the vendor's database tools ...`;
}
