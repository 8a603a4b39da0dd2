import { html, nothing, type TemplateResult } from 'lit';
import type { FindingRow, WizardView } from '../../../src/protocol/wizard.js';
import { icon, type IconName } from '../../shared/icons.js';
import { countText, l10n } from '../../shared/l10n.js';
import { PAGE_OF_FINDINGS, type WizardContext } from '../context.js';
import { places } from '../places.js';

const GROUPS: readonly {
  readonly severity: FindingRow['severity'];
  readonly title: string;
  readonly mark: IconName;
}[] = [
  { severity: 'blocker', title: l10n.t('Blockers'), mark: 'error' },
  { severity: 'warning', title: l10n.t('Warnings'), mark: 'warning' },
  { severity: 'info', title: l10n.t('Good to know'), mark: 'info' },
];
export function findingsStep({ findings, busy }: WizardView, context: WizardContext): TemplateResult {
  if (findings.rows.length === 0) {
    return html`<p class="note ${busy ? '' : 'note-good'}">
      ${icon(busy ? 'clock' : 'check')}<span>${findings.summary}</span>
    </p>`;
  }
  return html`
    <p class="summary">${findings.summary}</p>
    ${GROUPS.map((group) => {
      const rows = findings.rows.filter((row) => row.severity === group.severity);
      return rows.length === 0 ? nothing : section(group, rows, context);
    })}
  `;
}

function section(
  { severity, title, mark }: (typeof GROUPS)[number],
  rows: readonly FindingRow[],
  { looks, redraw, send }: WizardContext,
): TemplateResult {
  const shown = rows.slice(0, looks.findingsShown);
  // As the summary counts them: one for each namespace.
  const count = rows.reduce((sum, row) => sum + Math.max(1, row.places.length + row.more), 0);
  return html`<section class="findings findings-${severity}" aria-labelledby="findings-${severity}">
    <h2 id="findings-${severity}">${icon(mark)} ${title} <vscode-badge>${countText(count)}</vscode-badge></h2>
    <ul>
      ${shown.map(
        (row) =>
          html`<li class="finding">
            <p class="finding-text">${row.text}</p>
            ${
              row.places.length === 0
                ? html`<p class="detail">${l10n.t('The whole cluster')}</p>`
                : places(row.places, row.more)
            }
            ${row.remedy ? html`<p class="finding-remedy">${icon('arrow')}<span>${row.remedy}</span></p>` : nothing}
            ${row.sourceUrl ? source(row.sourceUrl, send) : nothing}
          </li>`,
      )}
    </ul>
    ${
      shown.length < rows.length
        ? html`<button
            type="button"
            class="link"
            @click=${() => {
              looks.findingsShown += PAGE_OF_FINDINGS;
              redraw();
            }}
          >
            ${l10n.t('Show more ({0} left)', countText(rows.length - shown.length))}
          </button>`
        : nothing
    }
  </section>`;
}

function source(url: string, send: WizardContext['send']): TemplateResult {
  return html`<a
    class="finding-source"
    href=${url}
    @click=${(event: Event) => {
      event.preventDefault();
      send({ type: 'open-link', url });
    }}
    >${l10n.t('Source: {0}', shortAddress(url))}</a
  >`;
}

function shortAddress(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
