import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { MethodCard, WizardView } from '../../../src/protocol/wizard.js';
import type { WindowField, WishField, WishValue } from '../../../src/protocol/wishes.js';
import { icon, type IconName } from '../../shared/icons.js';
import { countText, l10n } from '../../shared/l10n.js';
import type { WizardContext } from '../context.js';

const WEIGHTS: Readonly<
  Record<'+' | '-' | '!', { readonly mark: IconName; readonly name: string; readonly look: string }>
> = {
  '+': { mark: 'plus', name: l10n.t('For:'), look: 'for' },
  '-': { mark: 'minus', name: l10n.t('Against:'), look: 'against' },
  '!': { mark: 'cross', name: l10n.t('Rules it out:'), look: 'out' },
};

export function methodStep({ methods, busy }: WizardView, context: WizardContext): TemplateResult {
  if (methods.cards.length === 0) {
    return html`<p class="empty">
      ${busy ? l10n.t('Weighing the methods…') : l10n.t('No method has been weighed yet.')}
    </p>`;
  }
  const cards = [...methods.cards].sort((a, b) => a.rank - b.rank);
  const open = cards.filter(({ possible }) => possible).sort((a, b) => Number(b.recommended) - Number(a.recommended));
  const others = cards.filter(({ possible }) => !possible);
  return html`
    ${wishes(methods, context)}
    <div class="advice">
      <p class="advice-summary" aria-live="polite">${methods.summary}</p>
      ${methods.assessed === undefined ? nothing : html`<p class="detail">${methods.assessed}</p>`}
      ${methods.durationNote === undefined ? nothing : html`<p class="detail">${icon('clock')} ${methods.durationNote}</p>`}
    </div>
    ${
      open.length === 0
        ? nothing
        : html`<fieldset class="methods">
            <legend class="visually-hidden">${l10n.t('Method')}</legend>
            ${repeat(
              open,
              (card) => card.id,
              (card) => openCard(card, context),
            )}
          </fieldset>`
    }
    ${
      others.length === 0
        ? nothing
        : html`<section aria-labelledby="other-methods">
            <h2 id="other-methods">${l10n.t('For comparison')}</h2>
            <p class="detail">${l10n.t('These cannot be chosen here: each says what rules it out.')}</p>
            <div class="other-methods">
              ${repeat(
                others,
                (card) => card.id,
                (card) => otherCard(card),
              )}
            </div>
          </section>`
    }
    ${
      methods.assumptions.length > 0
        ? html`<details class="assumptions">
            <summary>${l10n.t('What these figures assume')}</summary>
            <ul>
              ${methods.assumptions.map((assumption) => html`<li>${assumption}</li>`)}
            </ul>
          </details>`
        : nothing
    }
  `;
}

function wishes(
  { wishes: fields, window }: WizardView['methods'],
  { send }: WizardContext,
): TemplateResult | typeof nothing {
  if (fields.length === 0) {
    return nothing;
  }
  return html`<fieldset class="wishes">
    <legend>${l10n.t('What matters to you')}</legend>
    ${fields.map((field) => {
      const set = (value: WishValue): void => send({ type: 'set-wish', id: field.id, value });
      const isSwitch = field.choices.every(({ value }) => value === 'yes' || value === 'no');
      return html`<div class="wish">
        ${isSwitch ? wishSwitch(field, set) : wishSelect(field, set)}
        <p class="detail" id="wish-${field.id}-why">${field.explanation}</p>
      </div>`;
    })}
    <div class="wish">
      ${windowInput(window, (hours) => send({ type: 'set-window', hours }))}
      <p class="detail" id="wish-window-why">${window.explanation}</p>
    </div>
  </fieldset>`;
}

/** Said where it is wrong, and not sent. */
function windowInput({ label, hours, min, max }: WindowField, set: (hours: number) => void): TemplateResult {
  const held = hours === undefined ? '' : String(hours);
  return html`<label class="plain-choice wish-select">
    <span>${label}</span>
    <input
      class="field number"
      type="number"
      inputmode="numeric"
      min=${min}
      max=${max}
      step="1"
      data-window
      aria-describedby="wish-window-why"
      .value=${live(held)}
      @change=${(event: Event) => {
        const input = event.currentTarget as HTMLInputElement;
        if (!input.reportValidity()) {
          return;
        }
        set(input.value === '' ? 0 : input.valueAsNumber);
      }}
    />
  </label>`;
}

function wishSwitch({ id, label, value }: WishField, set: (value: WishValue) => void): TemplateResult {
  return html`<label class="plain-choice">
    <input
      type="checkbox"
      data-wish=${id}
      aria-describedby="wish-${id}-why"
      .checked=${live(value === 'yes')}
      @change=${(event: Event) => set((event.currentTarget as HTMLInputElement).checked ? 'yes' : 'no')}
    />
    <span>${label}</span>
  </label>`;
}

function wishSelect({ id, label, value, choices }: WishField, set: (value: WishValue) => void): TemplateResult {
  return html`<label class="plain-choice wish-select">
    <span>${label}</span>
    <select
      class="field"
      data-wish=${id}
      aria-describedby="wish-${id}-why"
      @change=${(event: Event) => {
        const chosen = choices[(event.currentTarget as HTMLSelectElement).selectedIndex];
        if (chosen) {
          set(chosen.value);
        }
      }}
    >
      ${choices.map(
        (choice) =>
          html`<option value=${choice.value} .selected=${live(choice.value === value)}>${choice.label}</option>`,
      )}
    </select>
  </label>`;
}

/** One that can be chosen. */
function openCard(card: MethodCard, { send }: WizardContext): TemplateResult {
  const look = [card.recommended ? 'recommended' : '', card.chosen ? 'chosen' : ''].join(' ');
  return html`<div class="method open ${look}" data-method=${card.id}>
    <label class="method-head">
      <input
        type="radio"
        name="method"
        value=${card.id}
        aria-describedby="method-${card.id}"
        .checked=${live(card.chosen)}
        @change=${() => send({ type: 'choose-method', id: card.id })}
      />
      ${title(card)}
    </label>
    <div id="method-${card.id}" class="method-body">
      ${duration(card)} ${cost(card)} ${reasons(card)}
      ${
        card.needs.length > 0
          ? html`<div class="needs">
              <p class="needs-title">${l10n.t('Needs')}</p>
              ${needs(card)}
            </div>`
          : nothing
      }
    </div>
  </div>`;
}

/** One that is only compared with: nothing in it can be clicked but what it needs. */
function otherCard(card: MethodCard): TemplateResult {
  return html`<article class="method shut" data-method=${card.id} aria-labelledby="method-${card.id}-name">
    <h3 class="method-head" id="method-${card.id}-name">${title(card)}</h3>
    <div class="method-body">
      ${duration(card)} ${cost(card)} ${reasons(card)}
      ${
        card.needs.length > 0
          ? html`<details class="needs">
              <summary>${l10n.t('Needs ({0})', countText(card.needs.length))}</summary>
              ${needs(card)}
            </details>`
          : nothing
      }
    </div>
  </article>`;
}

function title(card: MethodCard): TemplateResult {
  return html`<span class="method-title">
    <span class="method-name">${card.name}</span>
    ${card.recommended ? html`<span class="tag tag-strong">${icon('star')} ${l10n.t('Recommended')}</span>` : nothing}
    ${card.possible ? nothing : html`<span class="tag tag-out">${icon('cross')} ${l10n.t('Not possible')}</span>`}
  </span>`;
}

function duration({ durationText }: MethodCard): TemplateResult | typeof nothing {
  return durationText === '' ? nothing : html`<p class="method-time">${icon('clock')} ${durationText}</p>`;
}

function cost({ costText = '' }: MethodCard): TemplateResult | typeof nothing {
  return costText === '' ? nothing : html`<p class="method-time">${costText}</p>`;
}

function reasons(card: MethodCard): TemplateResult {
  return html`<ul class="reasons">
    ${card.reasons.map(({ weight, text }) => {
      const { mark, name, look } = WEIGHTS[weight];
      return html`<li class="reason reason-${look}">
        ${icon(mark)}<span><span class="visually-hidden">${name} </span>${text}</span>
      </li>`;
    })}
  </ul>`;
}

function needs(card: MethodCard): TemplateResult {
  return html`<ul>
    ${card.needs.map((need) => html`<li>${need}</li>`)}
  </ul>`;
}
