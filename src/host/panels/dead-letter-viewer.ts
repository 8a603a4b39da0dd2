import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { commands, l10n, Uri, window } from 'vscode';
import { plainId } from '../../core/model/dead-letter.js';
import { MigrationError } from '../../core/model/error.js';
import { formatBytes, formatCountOf } from '../../words/sizes.js';
import { COMMANDS } from '../ids.js';
import { possibleActions } from '../runs/run-actions.js';
import type { HostServices } from '../services.js';
import { sentenceOf } from '../strings.js';
import { unlinked } from '../unlinked.js';

type ViewerServices = Pick<HostServices, 'runs' | 'adapters' | 'log' | 'control'>;

/** So many letters can be chosen one by one; more are sent again together. */
const MOST_CHOSEN = 1000;

/** Opens what tells of a run's dead letters: one line of JSON for each, in a file for each collection. */
export class DeadLetterViewer {
  readonly #services: ViewerServices;

  constructor(services: ViewerServices) {
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
    const some = l10n.t('Retry Some…');
    const answer = await window.showInformationMessage(unlinked(text), ...(canRetry ? [retry, some] : []), reveal);
    if (answer === some) await this.#retrySome(runId, ns, folder);
    else if (answer === retry) await commands.executeCommand(COMMANDS.retryDeadLetters, { kind: 'run', runId });
    else if (answer === reveal) {
      const [first] = await readdir(folder);
      await commands.executeCommand('revealFileInOS', Uri.file(first === undefined ? folder : join(folder, first)));
    }
  }
  /** Those of one collection, or single ones of it. */
  async #retrySome(runId: string, ns: string, folder: string): Promise<void> {
    const { readDeadLetterEntries } = await this.#services.adapters();
    const letters = (await readDeadLetterEntries(folder)).filter((entry) => entry.ns === ns && entry.idHex !== '');
    const items = letters.slice(0, MOST_CHOSEN).map(({ id, idHex, message }) => ({
      label: plainId(id) || JSON.stringify(id),
      description: message,
      picked: true,
      idHex,
    }));
    const chosen = await window.showQuickPick(items, {
      title: l10n.t('Retry Dead Letters of {0}', ns),
      placeHolder: l10n.t('Those that are ticked are sent again'),
      canPickMany: true,
      matchOnDescription: true,
    });
    if (chosen === undefined || chosen.length === 0) return;
    const isAll = chosen.length === items.length;
    const choice = isAll ? { ns } : { ns, ids: chosen.map(({ idHex }) => idHex) };
    await this.#services.control.retryDeadLetters(runId, choice);
  }
}
