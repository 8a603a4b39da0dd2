import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { NamespaceRow, WizardView } from '../../../src/protocol/wizard.js';
import { icon } from '../../shared/icons.js';
import { countText, l10n } from '../../shared/l10n.js';
import type { Looks, WizardContext } from '../context.js';
import { namespaceGrid } from '../namespace-grid.js';
import { shownRows } from '../shown-rows.js';

const MEGABYTE = 1_000_000;
const MOST_PROBLEMS = 5;

export function namespacesStep({ namespaces, busy }: WizardView, context: WizardContext): TemplateResult {
  const shown = shownRows(namespaces.rows, context.looks);
  const problems = namespaces.rows.filter((row) => row.renameProblem !== undefined);
  return html`
    ${narrowed(namespaces.narrowed, context)} ${failed(namespaces.failed)} ${renameProblems(problems)}
    ${tools(namespaces.rows, shown, context)}
    ${
      namespaces.rows.length === 0
        ? html`<p class="empty">
            ${busy ? l10n.t('Reading the collections…') : l10n.t('Nothing was found that could be migrated.')}
          </p>`
        : namespaceGrid(shown, context)
    }
    <p class="sums">
      <strong>${namespaces.selectedText}</strong>
      ${
        shown.length === namespaces.rows.length
          ? nothing
          : html`<span class="detail"
              >${l10n.t('{0} of {1} shown', countText(shown.length), countText(namespaces.rows.length))}</span
            >`
      }
    </p>
  `;
}

function tools(
  all: readonly NamespaceRow[],
  shown: readonly NamespaceRow[],
  { looks, send, redraw }: WizardContext,
): TemplateResult {
  const select = (rows: readonly NamespaceRow[], selected: boolean): void =>
    send({ type: 'select', namespaces: rows.map((row) => row.ns), selected });
  const filtered = shown.length !== all.length;
  const megabytes = Number(looks.sizeLimit);
  const sizeIsFine = looks.sizeLimit.trim() !== '' && Number.isFinite(megabytes) && megabytes >= 0;
  const bySize = (): void => {
    if (sizeIsFine) {
      send({ type: 'select-by-size', atMostBytes: Math.round(megabytes * MEGABYTE) });
    }
  };
  return html`<div class="tools">
    <div class="tool-row">
      <vscode-textfield
        class="search"
        type="search"
        data-search
        .label=${l10n.t('Search collections')}
        placeholder=${l10n.t('Search collections')}
        .value=${looks.search}
        @input=${(event: Event) => {
          looks.search = (event.currentTarget as HTMLInputElement).value;
          redraw();
        }}
        ><span slot="content-before" class="in-field">${icon('search')}</span></vscode-textfield
      >
      <select
        class="field"
        aria-label=${l10n.t('Type')}
        .value=${live(looks.type)}
        @change=${(event: Event) => {
          looks.type = (event.currentTarget as HTMLSelectElement).value as Looks['type'];
          redraw();
        }}
      >
        <option value="all">${l10n.t('All types')}</option>
        <option value="collection">${l10n.t('Collections')}</option>
        <option value="view">${l10n.t('Views')}</option>
        <option value="timeseries">${l10n.t('Time series')}</option>
      </select>
      <button type="button" class="link push" data-reread @click=${() => send({ type: 'reread' })}>
        ${icon('refresh')} ${l10n.t('Read again')}
      </button>
    </div>
    <div class="tool-row">
      <vscode-button secondary data-select="all" @click=${() => select(filtered ? shown : all, true)}
        >${filtered ? l10n.t('Select shown ({0})', countText(shown.length)) : l10n.t('Select all')}</vscode-button
      >
      <vscode-button secondary data-select="none" @click=${() => select(filtered ? shown : all, false)}
        >${filtered ? l10n.t('Deselect shown') : l10n.t('Select none')}</vscode-button
      >
      <div class="by-size push">
        <label for="size-limit">${l10n.t('Select everything up to')}</label>
        <input
          id="size-limit"
          class="field number"
          type="number"
          min="0"
          step="any"
          data-held=${looks.sizeLimit}
          @input=${(event: Event) => {
            looks.sizeLimit = (event.currentTarget as HTMLInputElement).value;
            redraw();
          }}
          @keydown=${(event: KeyboardEvent) => event.key === 'Enter' && bySize()}
        />
        <span>MB</span>
        <vscode-button
          secondary
          data-select="by-size"
          class=${sizeIsFine ? '' : 'stopped'}
          aria-disabled=${sizeIsFine ? nothing : 'true'}
          @click=${bySize}
          >${l10n.t('Apply')}</vscode-button
        >
      </div>
    </div>
  </div>`;
}

function narrowed(sentence: string | undefined, { send }: WizardContext): TemplateResult | typeof nothing {
  if (sentence === undefined) {
    return nothing;
  }
  return html`<p class="note narrowed">
    ${icon('info')}<span>${sentence}</span>
    <button type="button" class="link" data-read-all @click=${() => send({ type: 'read-all' })}>
      ${l10n.t('Read the whole source')}
    </button>
  </p>`;
}

function failed(sentences: readonly string[]): TemplateResult | typeof nothing {
  if (sentences.length === 0) {
    return nothing;
  }
  const [first] = sentences;
  if (sentences.length === 1) {
    return html`<p class="note note-warning">${icon('warning')}<span>${first}</span></p>`;
  }
  return html`<details class="note note-warning">
    <summary>${icon('warning')} ${l10n.t('{0} could not be read', countText(sentences.length))}</summary>
    <ul>
      ${sentences.map((sentence) => html`<li>${sentence}</li>`)}
    </ul>
  </details>`;
}

function renameProblems(rows: readonly NamespaceRow[]): TemplateResult | typeof nothing {
  if (rows.length === 0) {
    return nothing;
  }
  return html`<div class="note note-error" id="rename-problems">
    ${icon('error')}
    <ul>
      ${rows
        .slice(0, MOST_PROBLEMS)
        .map((row) => html`<li><code>${row.ns}</code> → <code>${row.targetNs}</code>: ${row.renameProblem}</li>`)}
      ${
        rows.length > MOST_PROBLEMS
          ? html`<li>${l10n.t('and {0} more', countText(rows.length - MOST_PROBLEMS))}</li>`
          : nothing
      }
    </ul>
  </div>`;
}
