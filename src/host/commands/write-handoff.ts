import { join } from 'node:path';
import { commands, l10n, Uri, window } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import { handoffNoteSentence } from '../../words/handoff-notes.js';
import { methodName } from '../../words/methods.js';
import { unlinked } from '../unlinked.js';
import type { CommandParts } from './parts.js';
import { choosePlan } from './plan-files.js';
import { withProgress } from './progress.js';

/** Writes what a plan becomes for the system or the person that carries it out into a folder that is asked for. */
export async function writeHandoff(args: readonly unknown[], { services }: CommandParts): Promise<void> {
  const title = l10n.t('Write Hand-off Files');
  const path = await choosePlan(args, title);
  if (path === undefined) return;
  const { readPlanFile, handoffFiles, writeArtefacts } = await services.adapters();
  const plan = await readPlanFile(path);
  if (!plan.handoff) throw new MigrationError('bad-plan', { reason: 'no-handoff', method: plan.method });
  const chosen = await window.showOpenDialog({
    title,
    openLabel: l10n.t('Write Here'),
    canSelectFiles: false,
    canSelectFolders: true,
    canSelectMany: false,
  });
  const folder = chosen?.[0]?.fsPath;
  if (folder === undefined) return;
  const written = await withProgress(title, async (_, signal) => {
    const artefacts = await handoffFiles(
      plan,
      (read) => {
        const source = services.clusters.findReference('source', plan.source);
        if (source) return services.connections.with(source.id, signal, read);
        const reason = l10n.t('{0} is not among the connections', plan.source.name);
        throw new MigrationError('secret-unavailable', { side: 'source', reason });
      },
      signal,
    );
    const { files } = await writeArtefacts(folder, artefacts);
    return { files, notes: artefacts.notes };
  });
  if (!written) return;
  const told = [
    l10n.t('{0}: {1} files were written. No file holds a secret.', methodName(plan.method), written.files.length),
    ...written.notes.map(handoffNoteSentence),
  ];
  const open = l10n.t('Open README');
  const pressed = await window.showInformationMessage(unlinked(told.join(' ')), open);
  if (pressed === open) await commands.executeCommand('markdown.showPreview', Uri.file(join(folder, 'README.md')));
}
