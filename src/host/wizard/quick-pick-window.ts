import { l10n, ThemeIcon, window } from 'vscode';
import type { WindowField } from '../../protocol/wishes.js';
import type { Action } from './quick-pick-rows.js';
import type { WizardSession } from './wizard-session.js';

/** How long the source may be without writes, typed. */
export function windowAction(session: WizardSession, { label, explanation, hours, min, max }: WindowField): Action {
  const bounds = l10n.t('A whole number from {0} to {1}; empty: not said', min, max);
  const isHours = (text: string): boolean => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max;
  return {
    label: `${label}: ${hours === undefined ? l10n.t('Not said') : String(hours)}`,
    detail: explanation,
    iconPath: new ThemeIcon('edit'),
    run: async () => {
      const typed = await window.showInputBox({
        title: label,
        prompt: bounds,
        value: hours === undefined ? '' : String(hours),
        validateInput: (text) => (text === '' || isHours(text) ? undefined : bounds),
      });
      if (typed !== undefined) await session.dispatch({ type: 'set-window', hours: Number(typed) });
      return 'again';
    },
  };
}
