import { l10n } from 'vscode';
import { MigrationError } from '../core/model/error.js';
import { errorWords } from '../words/errors.js';

/** What happened, why and what to do, of anything that was thrown; nothing of a foreign error's text, which may hold a secret. */
export function wordsOf(error: unknown): { readonly happened: string; readonly why: string; readonly todo: string } {
  if (MigrationError.is(error)) return errorWords(error);
  const name = error instanceof Error ? error.name : typeof error;
  return errorWords({ code: 'internal', facts: { reason: name } });
}

/** The same in one line. */
export function sentenceOf(error: unknown): string {
  const { happened, why, todo } = wordsOf(error);
  return [happened, why, todo].filter((text) => text !== '').join(' ');
}

/** Labels that several parts of the shell show alike. */
export const labels = {
  showLog: (): string => l10n.t('Show Log'),
  setUpTools: (): string => l10n.t('Set Up Database Tools'),
  editConnection: (): string => l10n.t('Edit Connection'),
  cancelled: (): string => l10n.t('Cancelled'),
} as const;
