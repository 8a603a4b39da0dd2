import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { RunPageCollection, RunPageView } from '../../src/protocol/run-page.js';
import { bar } from '../shared/bar.js';
import { icon, type IconName } from '../shared/icons.js';
import { countText, l10n } from '../shared/l10n.js';

/** In the order in which they are worth looking at: what is wrong, what moves, what is still to come, what is done. */
const STATES: Readonly<Record<RunPageCollection['state'], { readonly order: number; readonly mark: IconName }>> = {
  different: { order: 0, mark: 'error' },
  unproven: { order: 0, mark: 'warning' },
  copying: { order: 1, mark: 'moving' },
  verifying: { order: 2, mark: 'search' },
  copied: { order: 3, mark: 'clock' },
  waiting: { order: 4, mark: 'resting' },
  'counts-only': { order: 5, mark: 'info' },
  equal: { order: 6, mark: 'check' },
};
const markOf = (state: RunPageCollection['state']): IconName => STATES[state].mark;

/** Those that are worth a look come first; a table of thousands is drawn only for those who ask. */
const FIRST_ROWS = 200;
let showsAll = false;

export function collectionsTable(
  { collections, collectionsNote }: RunPageView,
  redraw: () => void,
): TemplateResult | typeof nothing {
  if (collections.length === 0) {
    return nothing;
  }
  const ordered = [...collections].sort((a, b) => STATES[a.state].order - STATES[b.state].order);
  const rows = showsAll ? ordered : ordered.slice(0, FIRST_ROWS);
  return html`<section aria-labelledby="collections">
    <h2 id="collections">${l10n.t('Collections')} <span class="detail">${countText(ordered.length)}</span></h2>
    <div class="table-room" tabindex="0" role="group" aria-labelledby="collections">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">${l10n.t('Collection')}</th>
            <th scope="col">${l10n.t('State')}</th>
            <th scope="col">${l10n.t('Progress')}</th>
            <th scope="col" class="num">${l10n.t('Documents')}</th>
            <th scope="col" class="num">${l10n.t('Size')}</th>
            <th scope="col" class="num">${l10n.t('Throttled')}</th>
            <th scope="col" class="num">${l10n.t('Dead letters')}</th>
          </tr>
        </thead>
        <tbody>
          ${repeat(rows, (row) => row.ns, collectionRow)}
        </tbody>
      </table>
    </div>
    ${
      rows.length === ordered.length
        ? nothing
        : html`<button
            type="button"
            class="link"
            @click=${() => {
              showsAll = true;
              redraw();
            }}
          >
            ${l10n.t('Show all {0}', countText(ordered.length))}
          </button>`
    }
    ${collectionsNote === undefined ? nothing : html`<p class="detail">${collectionsNote}</p>`}
  </section>`;
}

function collectionRow(row: RunPageCollection): TemplateResult {
  const percent = Math.floor(Math.min(1, Math.max(0, row.share)) * 100);
  return html`<tr class="is-${row.state}">
    <th scope="row">${row.ns}</th>
    <td class="row-state">${icon(markOf(row.state))} ${row.stateText}</td>
    <td class="row-progress">
      <div class="row-bar">${bar(row.share)}<span class="num">${percent} %</span></div>
    </td>
    <td class="num">${row.doneText} <span class="detail">/ ${row.plannedText}</span></td>
    <td class="num">${row.bytesText}</td>
    <td class="num">${row.throttledText}</td>
    <td class="num">${row.deadLettersText}</td>
  </tr>`;
}
