import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { WizardView } from '../../../src/protocol/wizard.js';
import { icon } from '../../shared/icons.js';
import { l10n } from '../../shared/l10n.js';
import type { WizardContext } from '../context.js';
import { places } from '../places.js';

export function reviewStep({ review }: WizardView, { send }: WizardContext): TemplateResult {
  return html`
    <dl class="lines">
      ${review.lines.map(
        ({ label, value }) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <div class="review-columns">
      <section aria-labelledby="review-actions">
        <h2 id="review-actions">${l10n.t('What it does to the target')}</h2>
        <ol class="actions">
          ${review.actions.map((action) => html`<li>${action}</li>`)}
        </ol>
      </section>
      <section aria-labelledby="review-behind">
        <h2 id="review-behind">${l10n.t('What stays behind')}</h2>
        ${
          review.notMigrated.length === 0
            ? nothingBehind(review.consentText === undefined)
            : html`<ul class="behind">
                ${review.notMigrated.map((left) => html`<li>${left.text} ${places(left.places, left.more)}</li>`)}
              </ul>`
        }
      </section>
    </div>
    ${review.consentText === undefined ? nothing : consent(review.consentText, !review.needsConsent, send)}
    <div class="keep">
      <vscode-button secondary data-save @click=${() => send({ type: 'save-plan' })}
        >${icon('save', 'content-before')}${l10n.t('Save plan…')}</vscode-button
      >
      <vscode-button secondary data-copy @click=${() => send({ type: 'copy-command-lines' })}
        >${icon('copy', 'content-before')}${l10n.t('Copy command lines')}</vscode-button
      >
      ${review.savedAs ? html`<span class="detail">${l10n.t('Saved as {0}', review.savedAs)}</span>` : nothing}
    </div>
  `;
}

/** `sure`: no blocker says otherwise. */
function nothingBehind(sure: boolean): TemplateResult {
  return sure
    ? html`<p class="note note-good">
        ${icon('check')}<span>${l10n.t('Nothing: all that was chosen is migrated.')}</span>
      </p>`
    : html`<p>${l10n.t('Nothing that the plan leaves out; see what the blockers of the findings name.')}</p>`;
}

function consent(text: string, given: boolean, send: WizardContext['send']): TemplateResult {
  return html`<label class="note note-warning consent">
    <input
      type="checkbox"
      data-consent
      .checked=${live(given)}
      @change=${(event: Event) => send({ type: 'consent', given: (event.currentTarget as HTMLInputElement).checked })}
    />
    <span>${text}</span>
  </label>`;
}
