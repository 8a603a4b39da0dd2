import { l10n, ThemeIcon, window } from 'vscode';
import type { TuningField, WizardView } from '../../protocol/wizard.js';
import { choiceAction } from './quick-pick-choice.js';
import { handoffActions } from './quick-pick-handoff.js';
import type { Action, Outcome } from './quick-pick-rows.js';
import type { WizardSession } from './wizard-session.js';

/** The numbers, what can be measured, and what there is to choose. `whileTold`: what takes long is told of, and can be cancelled. */
export function tuningItems(session: WizardSession, whileTold: (work: () => Promise<void>) => Promise<void>): Action[] {
  const { tuning } = session.view();
  const { fields, canMeasure, canTry, conflicts, verification, readPreference, throughput, capabilities } = tuning;
  const numbers = fields.map((field): Action => ({
    label: `${field.label}: ${field.value} ${field.unit}`.trim(),
    description: field.origin,
    detail: field.problem ?? field.explanation,
    iconPath: new ThemeIcon('edit'),
    run: () => askNumber(session, field),
  }));
  const measure: Action = {
    label: l10n.t('Measure what an insert costs'),
    iconPath: new ThemeIcon('beaker'),
    run: async () => {
      await whileTold(() => session.dispatch({ type: 'measure-charge' }));
      return 'again';
    },
  };
  const tryOut: Action = {
    label: l10n.t('Measure 5 Seconds of Direct Copy'),
    detail: tuning.trial.join(' '),
    iconPath: new ThemeIcon('watch'),
    run: async () => {
      await whileTold(() => session.dispatch({ type: 'try-copy' }));
      return 'again';
    },
  };
  const told = [...tuning.raiseEffects, ...tuning.notes].map((label): Action => ({
    label,
    iconPath: new ThemeIcon('info'),
  }));
  const choices = [
    choiceAction(session, l10n.t('Conflicts'), conflicts, (value) => ({ type: 'set-conflicts', value })),
    choiceAction(session, l10n.t('Verification'), verification, (value) => ({ type: 'set-verification', value })),
    choiceAction(session, l10n.t('Read the source from'), readPreference, (value) => ({
      type: 'set-read-preference',
      value,
    })),
    ...(throughput
      ? [
          choiceAction(session, l10n.t('Throughput of new collections'), throughput, (value) => ({
            type: 'set-throughput',
            value,
          })),
        ]
      : []),
  ];
  const switches: Action = {
    label: l10n.t('Switched on in the target account'),
    detail: capabilities?.flatMap(({ label, on }) => (on ? [label] : [])).join(', ') || l10n.t('Nothing'),
    iconPath: new ThemeIcon('list-selection'),
    run: () => askCapabilities(session, capabilities ?? []),
  };
  return [
    ...handoffActions(session, tuning.handoff),
    ...numbers,
    ...told,
    ...(canTry ? [tryOut] : []),
    ...(canMeasure ? [measure] : []),
    ...choices,
    ...(capabilities ? [switches] : []),
  ];
}

async function askCapabilities(
  session: WizardSession,
  offer: NonNullable<WizardView['tuning']['capabilities']>,
): Promise<Outcome> {
  const items = offer.map(({ id, label, on }) => ({ label, id, picked: on }));
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Switched on in the target account'),
    canPickMany: true,
  });
  const on = new Set(chosen?.map(({ id }) => id));
  for (const { id, on: before } of chosen ? offer : []) {
    if (on.has(id) !== before) await session.dispatch({ type: 'set-capability', id, on: !before });
  }
  return 'again';
}

async function askNumber(session: WizardSession, field: TuningField): Promise<Outcome> {
  const typed = await window.showInputBox({
    title: field.label,
    value: String(field.value),
    prompt: l10n.t('From {0} to {1}; empty: computed', field.min, field.max),
    validateInput: (text) => (Number.isFinite(Number(text)) ? undefined : l10n.t('That is not a number.')),
  });
  if (typed === undefined) return 'again';
  await session.dispatch(
    typed.trim() === ''
      ? { type: 'reset-tuning', field: field.id }
      : { type: 'set-tuning', field: field.id, value: Number(typed) },
  );
  return 'again';
}
