import { commands, l10n, window, workspace, ProgressLocation } from 'vscode';
import { unlinked } from '../unlinked.js';

/** A button of a message and what it does. */
export interface Choice {
  readonly label: string;
  readonly run: () => unknown;
}

/** What steering a run asks of the person in front of it. A port: modal windows are refused while VS Code is tested. */
export interface Questions {
  /** True once `button` was pressed. */
  confirm(question: { readonly message: string; readonly detail: string; readonly button: string }): Promise<boolean>;
  /** Tells something and offers what can be done about it. Nothing waits for the answer: a message may be left alone for hours. */
  tell(tone: 'information' | 'warning' | 'error', message: string, ...choices: readonly Choice[]): void;
  /** Runs a command of VS Code or of this extension. */
  run(command: string, ...args: readonly unknown[]): Promise<unknown>;
  /** Shows that something goes on. */
  during<T>(title: string, work: () => Promise<T>): Promise<T>;
  isTrusted(): boolean;
}

const SHOW = {
  information: (text: string, labels: readonly string[]) => window.showInformationMessage(unlinked(text), ...labels),
  warning: (text: string, labels: readonly string[]) => window.showWarningMessage(unlinked(text), ...labels),
  error: (text: string, labels: readonly string[]) => window.showErrorMessage(unlinked(text), ...labels),
};

export function windowQuestions(onFailure: (error: unknown) => void): Questions {
  return {
    async confirm({ message, detail, button }) {
      // VS Code's own second button says Cancel, which in this question could mean either.
      const agree = { title: button };
      const keep = { title: buttons.keep(), isCloseAffordance: true };
      return (await window.showWarningMessage(unlinked(message), { modal: true, detail }, agree, keep)) === agree;
    },
    tell(tone, message, ...choices) {
      const labels = choices.map((choice) => choice.label);
      void Promise.resolve(SHOW[tone](message, labels))
        .then((chosen) => choices.find((choice) => choice.label === chosen)?.run())
        .catch(onFailure);
    },
    async run(command, ...args) {
      return await commands.executeCommand(command, ...args);
    },
    async during(title, work) {
      return await window.withProgress({ location: ProgressLocation.Notification, title: unlinked(title) }, work);
    },
    isTrusted: () => workspace.isTrusted,
  };
}

/** Labels of buttons. */
export const buttons = {
  resume: (): string => l10n.t('Resume'),
  start: (): string => l10n.t('Start'),
  addSource: (): string => l10n.t('Add Source…'),
  addTarget: (): string => l10n.t('Add Target…'),
  manageTrust: (): string => l10n.t('Manage Workspace Trust'),
  showTerminal: (): string => l10n.t('Show Terminal'),
  openReport: (): string => l10n.t('Open Report'),
  openRunPage: (): string => l10n.t('Open Run Page'),
  proceed: (): string => l10n.t('Yes, Go On'),
  openSteps: (): string => l10n.t('Open the Steps'),
  keep: (): string => l10n.t('Keep It'),
  takeAway: (): string => l10n.t('Take It Away'),
  cancelMigration: (): string => l10n.t('Cancel Migration'),
} as const;
