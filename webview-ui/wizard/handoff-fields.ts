/** Where another system carries the migration out: its settings, each with what it may be. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { HandoffFieldView, WizardView } from '../../src/protocol/wizard.js';
import { icon } from '../shared/icons.js';
import { l10n } from '../shared/l10n.js';
import { afterPause, withoutPause } from '../shared/typing.js';
import type { WizardContext } from './context.js';

export function handoffFields(
  handoff: WizardView['tuning']['handoff'],
  { send }: WizardContext,
): TemplateResult | typeof nothing {
  if (handoff === undefined) {
    return nothing;
  }
  return html`<fieldset class="handoff" data-handoff>
    <legend>${handoff.title}</legend>
    ${handoff.notes.map((note) => html`<p class="detail">${note}</p>`)}
    ${repeat(
      handoff.fields,
      ({ id }) => id,
      (field) => fieldOf(field, send),
    )}
  </fieldset>`;
}

function fieldOf(field: HandoffFieldView, send: WizardContext['send']): TemplateResult {
  const { id, label, origin, explanation, problem } = field;
  return html`<div class="number-field ${problem === undefined ? '' : 'wrong'}">
    <label for="handoff-${id}">${label}</label>
    <div class="number-line">
      ${field.choices === undefined ? textInput(field, send) : choice(field, field.choices, send)}
      <span class="tag origin-${origin}">${origin === 'user' ? l10n.t('set by you') : l10n.t('computed')}</span>
      ${
        origin === 'user'
          ? html`<button
              type="button"
              class="link"
              data-reset-handoff=${id}
              aria-label=${l10n.t('Reset {0}', label)}
              @click=${() => send({ type: 'reset-handoff', field: id })}
            >
              ${icon('reset')} ${l10n.t('Reset')}
            </button>`
          : nothing
      }
    </div>
    <p class="detail" id="handoff-${id}-why">${explanation}</p>
    <p class="problem" id="handoff-${id}-problem" aria-live="polite">
      ${problem === undefined ? nothing : html`${icon('error')} ${problem}`}
    </p>
  </div>`;
}

function textInput({ id, value, problem }: HandoffFieldView, send: WizardContext['send']): TemplateResult {
  const key = `handoff ${id}`;
  return html`<input
    id="handoff-${id}"
    class="field text"
    type="text"
    spellcheck="false"
    autocomplete="off"
    data-held=${value}
    aria-describedby="handoff-${id}-why handoff-${id}-problem"
    aria-invalid=${problem === undefined ? nothing : 'true'}
    @input=${(event: Event) => {
      const typed = (event.currentTarget as HTMLInputElement).value;
      afterPause(key, () => send({ type: 'set-handoff', field: id, value: typed }));
    }}
    @change=${() => withoutPause(key)}
    @keydown=${(event: KeyboardEvent) => event.key === 'Enter' && withoutPause(key)}
  />`;
}

function choice(
  { id, value }: HandoffFieldView,
  choices: NonNullable<HandoffFieldView['choices']>,
  send: WizardContext['send'],
): TemplateResult {
  return html`<select
    id="handoff-${id}"
    class="field"
    aria-describedby="handoff-${id}-why handoff-${id}-problem"
    @change=${(event: Event) => {
      const chosen = choices[(event.currentTarget as HTMLSelectElement).selectedIndex];
      if (chosen) {
        send({ type: 'set-handoff', field: id, value: chosen.value });
      }
    }}
  >
    ${choices.map(
      (one) => html`<option value=${one.value} .selected=${live(one.value === value)}>${one.label}</option>`,
    )}
  </select>`;
}
