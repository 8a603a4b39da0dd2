import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { live } from 'lit/directives/live.js';
import type { ClusterChoice, WizardView } from '../../../src/protocol/wizard.js';
import { icon } from '../../shared/icons.js';
import { l10n } from '../../shared/l10n.js';
import type { WizardContext } from '../context.js';

export function endpointsStep({ endpoints }: WizardView, context: WizardContext): TemplateResult {
  return html`
    <div class="pair">
      ${side(context, 'source', endpoints.sources, endpoints.sourceId)}
      <span class="pair-arrow">${icon('arrow')}</span>
      ${side(context, 'target', endpoints.targets, endpoints.targetId)}
    </div>
    ${
      endpoints.notes.length > 0
        ? html`<div class="note">
            ${icon('info')}
            <ul>
              ${endpoints.notes.map((note) => html`<li>${note}</li>`)}
            </ul>
          </div>`
        : nothing
    }
  `;
}

function side(
  { send }: WizardContext,
  role: 'source' | 'target',
  choices: readonly ClusterChoice[],
  chosen: string | undefined,
): TemplateResult {
  const isSource = role === 'source';
  return html`<fieldset class="side" data-role=${role}>
    <legend>${isSource ? l10n.t('Source') : l10n.t('Target')}</legend>
    ${
      choices.length === 0
        ? html`<p class="empty">
            ${
              isSource
                ? l10n.t('No source yet. Add the MongoDB that the data comes from.')
                : l10n.t('No target yet. Add the Azure Cosmos DB for MongoDB account that the data goes to.')
            }
          </p>`
        : html`<div class="choices">
            ${repeat(
              choices,
              (choice) => choice.id,
              (choice) =>
                html`<label class="choice ${choice.id === chosen ? 'chosen' : ''}">
                  <input
                    type="radio"
                    name=${role}
                    value=${choice.id}
                    .checked=${live(choice.id === chosen)}
                    @change=${() => send({ type: 'choose-cluster', role, id: choice.id })}
                  />
                  <span class="choice-text">
                    <span class="choice-name">${choice.name}</span>
                    <span class="detail">${choice.detail || l10n.t('not connected yet')}</span>
                  </span>
                </label>`,
            )}
          </div>`
    }
    <vscode-button secondary data-add=${role} @click=${() => send({ type: 'add-cluster', role })}
      >${icon('plus', 'content-before')}${isSource ? l10n.t('Add source…') : l10n.t('Add target…')}</vscode-button
    >
  </fieldset>`;
}
