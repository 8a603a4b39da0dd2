/** Where the chosen method is carried out elsewhere: its settings, and the hand-off once nothing is missing. */
import type { MigrationError } from '../../../core/model/error.js';
import type { Handoff } from '../../../core/model/handoff.js';
import { handoffFacts, type HandoffFactsInput } from '../../../core/plan/handoff-facts.js';
import { handoffFields, incompleteHandoff, makeHandoff, type HandoffField } from '../../../core/plan/handoff-fields.js';
import type { Choices } from './wizard-state.js';

export interface HandoffState {
  readonly kind: Handoff['kind'];
  readonly fields: readonly HandoffField[];
}

export interface HandoffInput extends HandoffFactsInput {
  readonly kind: Handoff['kind'];
  readonly said: Choices['handoff'];
}

export interface DerivedHandoff {
  readonly state: HandoffState;
  readonly made?: Handoff;
  readonly failure?: MigrationError;
}

export function handoffOf(input: HandoffInput): DerivedHandoff {
  const { kind, said = {} } = input;
  const facts = handoffFacts(input);
  const made = makeHandoff(kind, said, facts);
  const state = { kind, fields: handoffFields(kind, said, facts) };
  return made.kind === 'made'
    ? { state, made: made.handoff }
    : { state, failure: incompleteHandoff(kind, made.fields) };
}
