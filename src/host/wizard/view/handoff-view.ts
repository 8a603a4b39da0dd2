/** What the step Tuning shows of a method that is carried out elsewhere. */
import type { WizardView } from '../../../protocol/wizard.js';
import {
  handoffChoiceLabel,
  handoffFieldExplanation,
  handoffFieldLabel,
  handoffNotes,
  handoffProblemSentence,
} from '../../../words/handoffs.js';
import { methodName } from '../../../words/methods.js';
import type { StepInput } from './wizard-model.js';

export function handoffView({ derived, t }: StepInput): Pick<WizardView['tuning'], 'handoff'> {
  const { handoff, target } = derived;
  if (!handoff || !target) return {};
  const isTransform = handoff.fields.some(({ id, value }) => id === 'mode' && value === 'transform');
  return {
    handoff: {
      title: t('How {0} carries it out', methodName(handoff.kind)),
      notes: handoffNotes(handoff.kind, target.kind, isTransform),
      fields: handoff.fields.map((field) => {
        const { id, value, origin, choices, problem } = field;
        return {
          id,
          label: handoffFieldLabel(id),
          value,
          origin,
          explanation: handoffFieldExplanation(id),
          ...(choices
            ? { choices: choices.map((choice) => ({ value: choice, label: handoffChoiceLabel(choice) })) }
            : {}),
          ...(problem === undefined ? {} : { problem: handoffProblemSentence(field) }),
        };
      }),
    },
  };
}
