import { html, nothing, type TemplateResult } from 'lit';
import type { FindingRow, WizardView } from '../../../src/protocol/wizard.js';
import { icon, type IconName } from '../../shared/icons.js';
import { countText, l10n } from '../../shared/l10n.js';
import { PAGE_OF_FINDINGS, type WizardContext } from '../context.js';

const GROUPS: readonly {
  readonly severity: FindingRow['severity'];
  readonly title: string;
  readonly mark: IconName;
}[] = [
  { severity: 'blocker', title: l10n.t('Blockers'), mark: 'error' },
  { severity: 'warning', title: l10n.t('Warnings'), mark: 'warning' },
  { severity: 'info', title: l10n.t('Good to know'), mark: 'info' },
];
const FIRST_PLACES = 4;

/** One rule often finds the same in many collections: it is said once, with all its places. */
interface Finding {
  readonly row: FindingRow;
  readonly places: string[];
}

function gathered(rows: readonly FindingRow[]): readonly Finding[] {
  const found = new Map<string, Finding>();
  for (const row of rows) {
    const key = JSON.stringify([row.severity, row.text, row.remedy, row.sourceUrl]);
    const same = found.get(key);
    if (same) {
      same.places.push(row.where);
    } else {
      found.set(key, { row, places: [row.where] });
    }
  }
  return [...found.values()];
}

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
  const all = gathered(rows);
  const shown = all.slice(0, looks.findingsShown);
  return html`<section class="findings findings-${severity}" aria-labelledby="findings-${severity}">
    <h2 id="findings-${severity}">${icon(mark)} ${title} <vscode-badge>${countText(rows.length)}</vscode-badge></h2>
    <ul>
      ${shown.map(
        ({ row, places }) =>
          html`<li class="finding">
            <p class="finding-text">${row.text}</p>
            <p class="finding-where">${where(places)}</p>
            ${row.remedy ? html`<p class="finding-remedy">${icon('arrow')}<span>${row.remedy}</span></p>` : nothing}
            ${row.sourceUrl ? source(row.sourceUrl, send) : nothing}
          </li>`,
      )}
    </ul>
    ${
      shown.length < all.length
        ? html`<button
            type="button"
            class="link"
            @click=${() => {
              looks.findingsShown += PAGE_OF_FINDINGS;
              redraw();
            }}
          >
            ${l10n.t('Show more ({0} left)', countText(all.length - shown.length))}
          </button>`
        : nothing
    }
  </section>`;
}

function where(places: readonly string[]): TemplateResult {
  const first = places.slice(0, FIRST_PLACES);
  const rest = places.slice(FIRST_PLACES);
  return html`${first.map((place) => html`<code>${place}</code> `)}${
    rest.length > 0
      ? html`<details class="more-places">
          <summary>${l10n.t('and {0} more', countText(rest.length))}</summary>
          ${rest.map((place) => html`<code>${place}</code> `)}
        </details>`
      : nothing
  }`;
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
