import { html, nothing, type TemplateResult } from 'lit';
import type { SizeRow, WizardView } from '../../../src/protocol/wizard.js';
import { bar } from '../../shared/bar.js';
import { countText, l10n } from '../../shared/l10n.js';
import { PAGE_OF_SIZES, type WizardContext } from '../context.js';

const MOST_BARS = 12;

export function sizeStep({ size, busy }: WizardView, context: WizardContext): TemplateResult {
  if (size.rows.length === 0) {
    return html`<p class="empty">${busy ? l10n.t('Measuring…') : l10n.t('Nothing has been measured yet.')}</p>`;
  }
  const rows = [...size.rows].sort((a, b) => b.bytes - a.bytes);
  return html`
    <dl class="tiles">
      ${size.totals.map(
        ({ label, value }) =>
          html`<div class="tile">
            <dt>${label}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    ${chart(rows)} ${table(rows, context)}
  `;
}

/** The table below has every figure, so to a screen reader the chart is one picture with one sentence. */
function chart(rows: readonly SizeRow[]): TemplateResult {
  const bars = rows.slice(0, MOST_BARS);
  const most = Math.max(...bars.map((row) => row.bytes), 1);
  const rest = rows.slice(MOST_BARS);
  const words = bars.map((row) => l10n.t('{0}: {1}', row.label, row.sizeText)).join('; ');
  return html`<section aria-labelledby="size-chart">
    <h2 id="size-chart">${rest.length > 0 ? l10n.t('The {0} biggest', bars.length) : l10n.t('Share of the data')}</h2>
    <div class="bars" role="img" aria-label=${l10n.t('Bar chart of sizes. {0}', words)}>
      ${bars.map(
        (row) =>
          html`<span class="bar-label" title=${row.label}><bdi>${row.label}</bdi></span>
            ${bar(row.bytes / most)}
            <span class="num">${row.sizeText}</span>
            <span class="num detail">${percentText(row.share)}</span>`,
      )}
      ${
        rest.length > 0
          ? html`<span class="bar-label detail">${l10n.t('{0} others', countText(rest.length))}</span>
              <span></span>
              <span></span>
              <span class="num detail">${percentText(rest.reduce((sum, row) => sum + row.share, 0))}</span>`
          : nothing
      }
    </div>
  </section>`;
}

function percentText(share: number): string {
  if (share > 0 && share < 0.001) {
    return '< 0.1 %';
  }
  return `${(share * 100).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} %`;
}

function table(rows: readonly SizeRow[], { looks, redraw }: WizardContext): TemplateResult {
  const shown = rows.slice(0, looks.sizesShown);
  return html`<section aria-labelledby="size-table">
    <h2 id="size-table">${l10n.t('In figures')}</h2>
    <div class="table-room" tabindex="0" role="group" aria-labelledby="size-table">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">${l10n.t('Collection')}</th>
            <th scope="col" class="num">${l10n.t('Size')}</th>
            <th scope="col" class="num">${l10n.t('Documents')}</th>
            <th scope="col" class="num">${l10n.t('Average')}</th>
            <th scope="col" class="num">${l10n.t('Largest seen')}</th>
            <th scope="col" class="num">${l10n.t('Indexes')}</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            (row) =>
              html`<tr>
                <th scope="row"><bdi>${row.label}</bdi></th>
                <td class="num">${row.sizeText}</td>
                <td class="num">${row.documentsText}</td>
                <td class="num">${row.averageText}</td>
                <td class="num">${row.largestText}</td>
                <td class="num">${row.indexesText}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${
      shown.length < rows.length
        ? html`<button
            type="button"
            class="link"
            @click=${() => {
              looks.sizesShown += PAGE_OF_SIZES;
              redraw();
            }}
          >
            ${l10n.t('Show more ({0} left)', countText(rows.length - shown.length))}
          </button>`
        : nothing
    }
  </section>`;
}
