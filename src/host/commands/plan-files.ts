import { basename } from 'node:path';
import { l10n, ThemeIcon, Uri, window, workspace } from 'vscode';
import { PLAN_ENDING, planPath } from './arguments.js';

/** Plans of the workspace that a picker lists. */
const MOST_PLANS = 100;

/** From the command's argument, the editor in front, else by a picker of the workspace's plans. */
export async function choosePlan(args: readonly unknown[], title: string): Promise<string | undefined> {
  const given = planPath(args[0]) ?? planPath(window.activeTextEditor?.document.uri);
  if (given !== undefined) return given;
  const found = await workspace.findFiles(`**/*${PLAN_ENDING}`, '**/node_modules/**', MOST_PLANS);
  const items = found
    .filter((uri) => uri.scheme === 'file')
    .map((uri) => ({
      label: basename(uri.fsPath),
      description: workspace.asRelativePath(uri),
      iconPath: new ThemeIcon('file'),
      path: uri.fsPath,
    }));
  if (items.length === 0) return openPlan(title);
  const other = { label: l10n.t('Another file…'), iconPath: new ThemeIcon('folder-opened'), path: undefined };
  const chosen = await window.showQuickPick([...items, other], { title, placeHolder: l10n.t('Which plan?') });
  return chosen && (chosen.path ?? openPlan(title));
}

async function openPlan(title: string): Promise<string | undefined> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const chosen = await window.showOpenDialog({
    title,
    canSelectMany: false,
    filters: { [l10n.t('Migration plans')]: ['json'] },
    ...(folder?.scheme === 'file' ? { defaultUri: Uri.joinPath(folder) } : {}),
  });
  // Chosen by a person: whether it is a plan is told by whoever reads it.
  return chosen?.[0]?.fsPath;
}
