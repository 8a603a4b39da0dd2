import { ThemeIcon, window } from 'vscode';
import type { Action } from './quick-pick-rows.js';
import type { WizardSession } from './wizard-session.js';

/** A field that has one of a few values: what it has, and a list to choose another from. */
export function choiceAction<V extends string>(
  session: WizardSession,
  label: string,
  field: { readonly value: V; readonly choices: readonly { readonly value: V; readonly label: string }[] },
  intent: (value: V) => Parameters<WizardSession['dispatch']>[0],
): Action {
  return {
    label,
    detail: field.choices.find(({ value }) => value === field.value)?.label ?? '',
    iconPath: new ThemeIcon('list-selection'),
    run: async () => {
      const items = field.choices.map((choice) => ({ label: choice.label, value: choice.value }));
      const chosen = await window.showQuickPick(items, { title: label });
      if (chosen) await session.dispatch(intent(chosen.value));
      return 'again';
    },
  };
}
