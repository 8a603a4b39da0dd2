import { basename } from 'node:path';
import { l10n, ThemeIcon, window } from 'vscode';
import type { Plan } from '../../core/model/plan.js';
import { formatBytes, formatCountOf } from '../../words/sizes.js';
import type { CommandParts } from './parts.js';
import { choosePlan } from './plan-files.js';

/** Starts a saved plan. It writes to a target, so it is shown what and asked for first. */
export async function runPlan(args: readonly unknown[], parts: CommandParts): Promise<string | undefined> {
  const { services, wizard } = parts;
  const title = l10n.t('Run Plan');
  const path = await choosePlan(args, title);
  if (path === undefined) return undefined;
  const plan = await (await services.adapters()).readPlanFile(path);
  const start = {
    label: l10n.t('Start the migration'),
    detail: whatItDoes(plan),
    iconPath: new ThemeIcon('play'),
    start: true,
  };
  const look = { label: l10n.t('Look at it in the wizard first'), iconPath: new ThemeIcon('wand'), start: false };
  const chosen = await window.showQuickPick([start, look], { title, placeHolder: basename(path) });
  if (!chosen) return undefined;
  if (!chosen.start) {
    await wizard.openPlan(path);
    return undefined;
  }
  const runId = await services.control.start(path);
  await parts.pages.open(runId);
  return runId;
}

function whatItDoes({ source, target, collections }: Plan): string {
  const documents = collections.reduce((sum, collection) => sum + collection.documents, 0);
  const size = collections.reduce((sum, collection) => sum + collection.logicalBytes, 0);
  return l10n.t(
    '{0}, {1}, {2}: from {3} to {4}. Nothing that is on the target is deleted.',
    formatCountOf(collections.length, 'collection'),
    formatCountOf(documents, 'document'),
    formatBytes(size),
    source.name,
    target.name,
  );
}
