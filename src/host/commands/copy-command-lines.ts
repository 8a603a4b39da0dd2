import { join } from 'node:path';
import { env, l10n, window } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import type { Plan } from '../../core/model/plan.js';
import { neededTools } from '../../core/plan/needed-tools.js';
import type { ClusterRole } from '../clusters/cluster-profile.js';
import type { HostServices } from '../services.js';
import { runIds } from './arguments.js';
import type { CommandParts } from './parts.js';
import { choosePlan } from './plan-files.js';
import { withProgress } from './progress.js';
import { runCommandLine } from '../own-command-line.js';
import { unlinked } from '../unlinked.js';

/** Copies the tools' command lines of a run or a plan, as they are run, with no secret in them. */
export async function copyCommandLines(args: readonly unknown[], { services }: CommandParts): Promise<void> {
  const [runId] = runIds(args);
  const run = runId === undefined ? undefined : services.runs.get(runId);
  const lines =
    run && run.snapshot.commandLines.length > 0
      ? run.snapshot.commandLines
      : await linesOfPlan(run ? join(run.path, 'plan.json') : await choosePlan(args, title()), services);
  if (lines === undefined) return;
  await env.clipboard.writeText(`${lines.join('\n')}\n`);
  void window.showInformationMessage(
    unlinked(
      l10n.t(
        '{0} command lines were copied. They hold no password: the tools get it from a private file.',
        lines.length,
      ),
    ),
  );
}

const title = (): string => l10n.t('Copy Command Lines');

async function linesOfPlan(path: string | undefined, services: HostServices): Promise<readonly string[] | undefined> {
  if (path === undefined) return undefined;
  const { readPlanFile, describeCopy } = await services.adapters();
  const plan = await readPlanFile(path);
  // It runs no tool: the same in a terminal is one command.
  if (neededTools(plan).length === 0) return [runCommandLine(path)];
  const source = clusterOf('source', plan, services);
  const target = clusterOf('target', plan, services);
  return withProgress(title(), (_, signal) =>
    services.connections.with(source, signal, (from) =>
      services.connections.with(target, signal, (to) => describeCopy(plan, from, to)),
    ),
  );
}

/** @throws MigrationError `secret-unavailable` for a cluster that is not among the connections. */
function clusterOf(side: ClusterRole, plan: Plan, services: HostServices): string {
  const found = services.clusters.findReference(side, plan[side]);
  if (found) return found.id;
  throw new MigrationError('secret-unavailable', {
    side,
    reason: l10n.t('{0} is not among the connections', plan[side].name),
  });
}
