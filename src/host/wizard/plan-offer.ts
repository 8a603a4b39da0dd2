import { commands, l10n, window, type Disposable, type ExtensionContext, type TextEditor } from 'vscode';
import { COMMANDS } from '../ids.js';
import { unlinked } from '../unlinked.js';

const ENDING = '.migration.json';
/** Whether the offer was ever made: the button in the editor's title stays, so once is enough. */
const OFFERED = 'planOffered';

/** Offers the wizard for the first plan file that comes to the front of an editor. */
export function offerPlans(context: Pick<ExtensionContext, 'globalState'>): Disposable {
  const look = (editor: TextEditor | undefined): void => {
    const uri = editor?.document.uri;
    if (uri?.scheme !== 'file' || !uri.path.endsWith(ENDING) || context.globalState.get(OFFERED) === true) return;
    void context.globalState.update(OFFERED, true);
    const open = l10n.t('Open in Wizard');
    void window
      .showInformationMessage(
        unlinked(l10n.t('This is a migration plan. It can be looked at and started in the wizard.')),
        open,
      )
      .then((clicked) => clicked === open && commands.executeCommand(COMMANDS.openPlanInWizard, uri));
  };
  look(window.activeTextEditor);
  return window.onDidChangeActiveTextEditor(look);
}
