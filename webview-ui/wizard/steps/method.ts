import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { MethodCard, WizardView } from '../../../src/protocol/wizard.js';
import { icon, type IconName } from '../../shared/icons.js';
import { l10n } from '../../shared/l10n.js';
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
  return html`
    <fieldset class="methods">
      <legend class="visually-hidden">${l10n.t('Method')}</legend>
      ${cards.filter((card) => card.recommended).map((card) => methodCard(card, context))}
      <div class="other-methods">
        ${repeat(
          cards.filter((card) => !card.recommended),
          (card) => card.id,
          (card) => methodCard(card, context),
        )}
      </div>
    </fieldset>
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

function methodCard(card: MethodCard, { send }: WizardContext): TemplateResult {
  const open = card.possible && card.available;
  const look = [card.recommended ? 'recommended' : '', card.chosen ? 'chosen' : '', open ? '' : 'shut'].join(' ');
  return html`<div class="method ${look}" data-method=${card.id}>
    <label class="method-head">
      <input
        type="radio"
        name="method"
        value=${card.id}
        ?disabled=${!open}
        aria-describedby="method-${card.id}"
        .checked=${live(card.chosen)}
        @change=${() => send({ type: 'choose-method', id: card.id })}
      />
      <span class="method-title">
        <span class="method-name">${card.name}</span>
        ${card.recommended ? html`<span class="tag tag-strong">${icon('star')} ${l10n.t('Recommended')}</span>` : nothing}
        ${card.possible ? nothing : html`<span class="tag tag-out">${icon('cross')} ${l10n.t('Not possible')}</span>`}
        ${card.possible && !card.available ? html`<span class="tag">${l10n.t('For comparison only')}</span>` : nothing}
      </span>
    </label>
    <div id="method-${card.id}" class="method-body">
      ${card.durationText ? html`<p class="method-time">${icon('clock')} ${card.durationText}</p>` : nothing}
      <ul class="reasons">
        ${card.reasons.map(({ weight, text }) => {
          const { mark, name, look } = WEIGHTS[weight];
          return html`<li class="reason reason-${look}">
            ${icon(mark)}<span><span class="visually-hidden">${name} </span>${text}</span>
          </li>`;
        })}
      </ul>
      ${
        card.needs.length > 0
          ? html`<div class="needs">
              <p class="needs-title">${l10n.t('Needs')}</p>
              <ul>
                ${card.needs.map((need) => html`<li>${need}</li>`)}
              </ul>
            </div>`
          : nothing
      }
    </div>
  </div>`;
}
