import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, l10n, Uri, window } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import { formatBytes, formatCountOf } from '../../words/sizes.js';
import { COMMANDS } from '../ids.js';
import { possibleActions } from '../runs/run-actions.js';
import type { HostServices } from '../services.js';
import { sentenceOf } from '../strings.js';
import { unlinked } from '../unlinked.js';

/** Opens what tells of a run's dead letters: one line of JSON for each, in a file for each collection. */
export class DeadLetterViewer {
  readonly #services: Pick<HostServices, 'runs' | 'adapters' | 'log'>;

  constructor(services: Pick<HostServices, 'runs' | 'adapters' | 'log'>) {
    this.#services = services;
  }

  async open(runId: string): Promise<void> {
    const { runs } = this.#services;
    if (runs.get(runId) === undefined) await runs.refresh();
    const run = runs.get(runId);
    if (run === undefined) throw new MigrationError('run-not-found', { run: runId });
    const adapters = await this.#services.adapters();
    const folder = join(run.path, 'dead-letters');
    const found = await adapters.listDeadLetters(folder);
    if (found.length === 0) {
      void window.showInformationMessage(
        unlinked(l10n.t('{0} has no dead letters: the target refused no document for good.', run.planName)),
      );
      return;
    }
    const choices = found.map((one) => ({
      label: one.ns,
      description: `${formatCountOf(one.documents, 'document')}, ${formatBytes(one.bytes)}`,
      path: one.indexPath,
    }));
    const [only] = choices;
    const chosen =
      choices.length === 1
        ? only
        : await window.showQuickPick(choices, {
            title: l10n.t('Dead letters of {0}', run.planName),
            matchOnDescription: true,
          });
    if (chosen === undefined) return;
    await commands.executeCommand('vscode.open', Uri.file(chosen.path));
    // Not awaited: the letters are open, whether or not somebody answers.
    this.#explain(runId, chosen.label, folder, possibleActions(run).includes('retry-dead-letters')).catch(
      (error: unknown) => this.#services.log.error(sentenceOf(error)),
    );
  }

  async #explain(runId: string, ns: string, folder: string, canRetry: boolean): Promise<void> {
    const retry = l10n.t('Retry Dead Letters');
    const reveal = l10n.t('Show in Folder');
    const text = l10n.t(
      'Each line is a document that the target refused for good in {0}: its _id and why. The documents themselves lie beside it, whole, as .bson.',
      ns,
    );
    const answer = await window.showInformationMessage(unlinked(text), ...(canRetry ? [retry] : []), reveal);
    if (answer === retry) await commands.executeCommand(COMMANDS.retryDeadLetters, { kind: 'run', runId });
    else if (answer === reveal) {
      const [first] = await readdir(folder);
      await commands.executeCommand('revealFileInOS', Uri.file(first === undefined ? folder : join(folder, first)));
    }
  }
}
