import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { WizardView } from '../../src/protocol/wizard.js';
import { icon } from '../shared/icons.js';
import { countText, l10n } from '../shared/l10n.js';
import type { Looks, WizardContext } from './context.js';
import { shownTarget } from './shown-findings.js';

interface Choice {
  readonly value: string;
  readonly label: string;
}

/** What the findings are filtered and grouped by. */
export function findingTools(
  { rows, targets }: WizardView['findings'],
  shown: number,
  { looks, redraw }: WizardContext,
): TemplateResult {
  const select = (
    id: string,
    label: string,
    value: string,
    choices: readonly Choice[],
    choose: (value: string) => void,
  ) =>
    html`<select
      class="field"
      data-filter=${id}
      aria-label=${label}
      .value=${live(value)}
      @change=${(event: Event) => {
        choose((event.currentTarget as HTMLSelectElement).value);
        redraw();
      }}
    >
      ${choices.map((choice) => html`<option value=${choice.value} ?selected=${choice.value === value}>${choice.label}</option>`)}
    </select>`;
  return html`<div class="tools">
    <div class="tool-row">
      <vscode-textfield
        class="search"
        type="search"
        data-finding-search
        .label=${l10n.t('Search findings')}
        placeholder=${l10n.t('Search findings')}
        .value=${looks.findingText}
        @input=${(event: Event) => {
          looks.findingText = (event.currentTarget as HTMLInputElement).value;
          redraw();
        }}
        ><span slot="content-before" class="in-field">${icon('search')}</span></vscode-textfield
      >
      ${select(
        'severity',
        l10n.t('Severity'),
        looks.findingSeverity,
        [
          { value: 'all', label: l10n.t('All severities') },
          { value: 'blocker', label: l10n.t('Blockers') },
          { value: 'warning', label: l10n.t('Warnings') },
          { value: 'info', label: l10n.t('Good to know') },
        ],
        (value) => (looks.findingSeverity = value as Looks['findingSeverity']),
      )}
      ${
        targets.length < 2
          ? nothing
          : select(
              'target',
              l10n.t('Target'),
              shownTarget(targets, looks),
              [...targets, { value: 'all', label: l10n.t('All targets') }],
              (value) => (looks.findingTarget = value),
            )
      }
      ${select(
        'group',
        l10n.t('Grouped'),
        looks.findingsBy,
        [
          { value: 'rule', label: l10n.t('By finding') },
          { value: 'collection', label: l10n.t('By collection') },
        ],
        (value) => (looks.findingsBy = value as Looks['findingsBy']),
      )}
      ${
        shown === rows.length
          ? nothing
          : html`<span class="detail push"
              >${l10n.t('{0} of {1} shown', countText(shown), countText(rows.length))}</span
            >`
      }
    </div>
  </div>`;
}
