import { commands, l10n, window, workspace, ProgressLocation } from 'vscode';

/** What steering a run asks of the person in front of it. A port: modal windows are refused while VS Code is tested. */
export interface Questions {
  /** True once `button` was pressed. */
  confirm(question: { readonly message: string; readonly detail: string; readonly button: string }): Promise<boolean>;
  /** Tells something and offers what can be done about it; the label that was chosen. */
  offer(tone: 'information' | 'warning', message: string, ...buttons: readonly string[]): Promise<string | undefined>;
  /** Runs a command of VS Code or of this extension. */
  run(command: string, ...args: readonly unknown[]): Promise<void>;
  /** Shows that something goes on. */
  during<T>(title: string, work: () => Promise<T>): Promise<T>;
  isTrusted(): boolean;
}

export function windowQuestions(): Questions {
  return {
    async confirm({ message, detail, button }) {
      return (await window.showWarningMessage(message, { modal: true, detail }, button)) === button;
    },
    async offer(tone, message, ...buttons) {
      return tone === 'warning'
        ? await window.showWarningMessage(message, ...buttons)
        : await window.showInformationMessage(message, ...buttons);
    },
    async run(command, ...args) {
      await commands.executeCommand(command, ...args);
    },
    async during(title, work) {
      return await window.withProgress({ location: ProgressLocation.Notification, title }, work);
    },
    isTrusted: () => workspace.isTrusted,
  };
}

/** Labels of buttons that are compared with the answer. */
export const buttons = {
  resume: (): string => l10n.t('Resume'),
  start: (): string => l10n.t('Start'),
  addSource: (): string => l10n.t('Add Source…'),
  addTarget: (): string => l10n.t('Add Target…'),
  manageTrust: (): string => l10n.t('Manage Workspace Trust'),
  showTerminal: (): string => l10n.t('Show Terminal'),
  openReport: (): string => l10n.t('Open Report'),
  cancelMigration: (): string => l10n.t('Cancel Migration'),
} as const;
