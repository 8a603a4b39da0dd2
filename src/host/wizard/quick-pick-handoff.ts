import { l10n, ThemeIcon, window } from 'vscode';
import type { HandoffFieldView, WizardView } from '../../protocol/wizard.js';
import type { Action } from './quick-pick-rows.js';
import type { WizardSession } from './wizard-session.js';

/** The settings of a method that is carried out elsewhere, each a line to change it. */
export function handoffActions(session: WizardSession, handoff: WizardView['tuning']['handoff']): readonly Action[] {
  if (!handoff) return [];
  const told = handoff.notes.map((label): Action => ({ label, iconPath: new ThemeIcon('info') }));
  const fields = handoff.fields.map((field): Action => {
    const shown = field.choices?.find(({ value }) => value === field.value)?.label ?? field.value;
    return {
      label: `${field.label}: ${shown === '' ? l10n.t('Not said') : shown}`,
      description: field.origin,
      detail: field.problem ?? field.explanation,
      iconPath: new ThemeIcon(field.problem === undefined ? 'edit' : 'warning'),
      run: async () => {
        const value = await ask(field);
        if (value !== undefined) await session.dispatch({ type: 'set-handoff', field: field.id, value });
        return 'again';
      },
    };
  });
  return [...fields, ...told];
}

async function ask({ label, choices, value, explanation }: HandoffFieldView): Promise<string | undefined> {
  if (!choices) return window.showInputBox({ title: label, prompt: explanation, value });
  const picked = await window.showQuickPick(
    choices.map((choice) => ({ label: choice.label, value: choice.value })),
    { title: label },
  );
  return picked?.value;
}
