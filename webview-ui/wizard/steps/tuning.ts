import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { TuningField, TuningFieldId, WizardView } from '../../../src/protocol/wizard.js';
import { commandLines } from '../../shared/command-lines.js';
import { icon } from '../../shared/icons.js';
import { l10n } from '../../shared/l10n.js';
import { afterPause, withoutPause } from '../../shared/typing.js';
import type { WizardContext } from '../context.js';
import { handoffFields } from '../handoff-fields.js';
import { singleThroughput } from '../single-throughput.js';

const ORIGINS: Readonly<Record<TuningField['origin'], string>> = {
  computed: l10n.t('computed'),
  measured: l10n.t('measured'),
  user: l10n.t('set by you'),
};

export function tuningStep({ tuning, busy, namespaces }: WizardView, context: WizardContext): TemplateResult {
  const { send } = context;
  const fields = (ids: readonly TuningFieldId[]): TemplateResult =>
    html`${repeat(
      tuning.fields.filter(({ id }) => ids.includes(id)),
      (field) => field.id,
      (field) => numberField(field, context),
    )}`;
  return html`<div class="tuning">
    <div class="tuning-fields">
      ${handoffFields(tuning.handoff, context)}
      ${tuning.throughput === undefined ? nothing : throughputField(tuning.throughput, send)} ${fields(['ruPerSecond'])}
      ${tuning.throughput === undefined ? nothing : singleThroughput(tuning.throughput, namespaces.rows, context)}
      ${fields(['ruPerDocument'])}
      ${
        tuning.canMeasure
          ? html`<div class="measure">
              <vscode-button
                secondary
                data-measure
                ?disabled=${busy !== undefined}
                aria-disabled=${busy === undefined ? nothing : 'true'}
                @click=${() => send({ type: 'measure-charge' })}
                >${l10n.t('Measure the charge on the target')}</vscode-button
              >
              <p class="detail">
                ${l10n.t('Writes a few sample documents to a scratch collection on the target, reads what they cost, and drops it. You are asked first.')}
              </p>
            </div>`
          : nothing
      }
      ${trial(tuning, busy !== undefined, send)} ${fields(['raiseRuPerSecond'])}
      ${
        tuning.raiseEffects.length === 0
          ? nothing
          : html`<div class="note note-warning" data-raise>
              <ul>
                ${tuning.raiseEffects.map((effect) => html`<li>${effect}</li>`)}
              </ul>
            </div>`
      }
      ${fields(['sourceConnections', 'maxMbPerSecond', 'maxDocumentsPerSecond', 'maxRuPerSecond'])}
      ${fields(['latencyMs', 'batchSize', 'insertionWorkers', 'parallelCollections'])}
      ${tuning.notes.map((note) => html`<p class="detail">${note}</p>`)}
      ${capabilities(tuning.capabilities ?? [], send)}
      ${choices(
        'conflicts',
        l10n.t('If the target already has another document with the same _id'),
        tuning.conflicts,
        (value) => send({ type: 'set-conflicts', value }),
      )}
      ${choices('verification', l10n.t('Verification'), tuning.verification, (value) =>
        send({ type: 'set-verification', value }),
      )}
      ${select('read-preference', l10n.t('Read the source from'), tuning.readPreference, (value) =>
        send({ type: 'set-read-preference', value }),
      )}
    </div>
    ${preview(tuning, send)}
  </div>`;
}

function numberField(field: TuningField, { send }: WizardContext): TemplateResult {
  const key = `tuning ${field.id}`;
  const id = `field-${field.id}`;
  return html`<div class="number-field ${field.problem === undefined ? '' : 'wrong'}">
    <label for=${id}>${field.label}</label>
    <div class="number-line">
      <input
        id=${id}
        class="field number"
        type="number"
        inputmode="decimal"
        min=${field.min}
        max=${field.max}
        step=${field.step}
        data-held=${field.value}
        aria-describedby="${id}-why ${id}-problem"
        aria-invalid=${field.problem === undefined ? nothing : 'true'}
        @input=${(event: Event) => {
          const value = (event.currentTarget as HTMLInputElement).valueAsNumber;
          if (Number.isFinite(value)) {
            afterPause(key, () => send({ type: 'set-tuning', field: field.id, value }));
          }
        }}
        @change=${() => withoutPause(key)}
        @blur=${(event: Event) => {
          const input = event.currentTarget as HTMLInputElement;
          if (!Number.isFinite(input.valueAsNumber)) {
            input.value = String(field.value);
          }
        }}
        @keydown=${(event: KeyboardEvent) => event.key === 'Enter' && withoutPause(key)}
      />
      ${field.unit === '' ? nothing : html`<span class="unit">${field.unit}</span>`}
      <span class="tag origin-${field.origin}">${ORIGINS[field.origin]}</span>
      ${
        field.origin === 'user'
          ? html`<button
              type="button"
              class="link"
              data-reset=${field.id}
              aria-label=${l10n.t('Reset {0}', field.label)}
              @click=${() => send({ type: 'reset-tuning', field: field.id })}
            >
              ${icon('reset')} ${l10n.t('Reset')}
            </button>`
          : nothing
      }
    </div>
    <p class="detail" id="${id}-why">${field.explanation}</p>
    ${
      field.workings === undefined
        ? nothing
        : html`<details class="workings">
            <summary>${l10n.t('How it was reckoned')}</summary>
            <ol>
              ${field.workings.map((step) => html`<li>${step}</li>`)}
            </ol>
          </details>`
    }
    <p class="problem" id="${id}-problem" aria-live="polite">
      ${field.problem === undefined ? nothing : html`${icon('error')} ${field.problem}`}
    </p>
  </div>`;
}

function choices<Value extends string>(
  name: string,
  legend: string,
  offer: { readonly value: Value; readonly choices: readonly { readonly value: Value; readonly label: string }[] },
  choose: (value: Value) => void,
): TemplateResult {
  return html`<fieldset class="plain-choices">
    <legend>${legend}</legend>
    ${offer.choices.map(
      ({ value, label }) =>
        html`<label class="plain-choice">
          <input
            type="radio"
            name=${name}
            value=${value}
            .checked=${live(value === offer.value)}
            @change=${() => choose(value)}
          />
          <span>${label}</span>
        </label>`,
    )}
  </fieldset>`;
}

function throughputField(
  offer: NonNullable<WizardView['tuning']['throughput']>,
  send: WizardContext['send'],
): TemplateResult {
  return select('throughput', l10n.t('Throughput of the new collections'), offer, (value) =>
    send({ type: 'set-throughput', value }),
  );
}

function select<Value extends string>(
  id: string,
  label: string,
  offer: { readonly value: Value; readonly choices: readonly { readonly value: Value; readonly label: string }[] },
  choose: (value: Value) => void,
): TemplateResult {
  return html`<div class="number-field">
    <label for=${id}>${label}</label>
    <div class="number-line">
      <select
        id=${id}
        class="field"
        @change=${(event: Event) => {
          const chosen = offer.choices[(event.currentTarget as HTMLSelectElement).selectedIndex];
          if (chosen) {
            choose(chosen.value);
          }
        }}
      >
        ${offer.choices.map(
          (choice) =>
            html`<option value=${choice.value} .selected=${live(choice.value === offer.value)}>
              ${choice.label}
            </option>`,
        )}
      </select>
    </div>
  </div>`;
}

function capabilities(
  offer: NonNullable<WizardView['tuning']['capabilities']>,
  send: WizardContext['send'],
): TemplateResult | typeof nothing {
  if (offer.length === 0) {
    return nothing;
  }
  return html`<fieldset class="plain-choices">
    <legend>${l10n.t('Switched on in the target account')}</legend>
    ${offer.map(
      ({ id, label, on }) =>
        html`<label class="plain-choice">
          <input
            type="checkbox"
            data-capability=${id}
            .checked=${live(on)}
            @change=${(event: Event) =>
              send({ type: 'set-capability', id, on: (event.currentTarget as HTMLInputElement).checked })}
          />
          <span>${label}</span>
        </label>`,
    )}
  </fieldset>`;
}

function trial(
  { canTry, trial: told }: WizardView['tuning'],
  isBusy: boolean,
  send: WizardContext['send'],
): TemplateResult | typeof nothing {
  if (!canTry) {
    return nothing;
  }
  return html`<div class="measure">
    <vscode-button
      secondary
      data-try
      ?disabled=${isBusy}
      aria-disabled=${isBusy ? 'true' : nothing}
      @click=${() => send({ type: 'try-copy' })}
      >${l10n.t('Measure 5 seconds')}</vscode-button
    >
    <div aria-live="polite">
      ${
        told.length === 0
          ? html`<p class="detail">
              ${l10n.t('Copies for 5 seconds into a scratch collection on the target, which is dropped, or only reads: you are asked first. The expected time then rests on what was measured.')}
            </p>`
          : told.map((text) => html`<p class="detail" data-trial>${text}</p>`)
      }
    </div>
  </div>`;
}

function preview({ preview: lines, previewNote }: WizardView['tuning'], send: WizardContext['send']): TemplateResult {
  return html`<section class="preview" aria-labelledby="preview-title">
    <div class="preview-head">
      <h2 id="preview-title">${l10n.t('Command lines')}</h2>
      <button type="button" class="link" data-copy @click=${() => send({ type: 'copy-command-lines' })}>
        ${icon('copy')} ${l10n.t('Copy')}
      </button>
    </div>
    <p class="detail">${previewNote}</p>
    ${
      lines.length === 0
        ? html`<p class="empty">${l10n.t('There is no plan yet.')}</p>`
        : commandLines(lines, 'preview-title')
    }
  </section>`;
}
