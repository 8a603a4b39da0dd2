/** Collections that get another throughput than all others: the ones that have it, and a line to add one. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type {
  NamespaceRow,
  SingleThroughputChoice,
  SingleThroughputKind,
  WizardView,
} from '../../src/protocol/wizard.js';
import { announce } from '../shared/announce.js';
import { icon } from '../shared/icons.js';
import { l10n } from '../shared/l10n.js';
import type { WizardContext } from './context.js';

/** A list of suggestions is looked through by eye. */
const MOST_SUGGESTIONS = 50;

/** What is being typed here; the host hears of it when it is added. */
interface Draft {
  ns: string;
  kind: SingleThroughputKind;
  rate: string;
  problem: string;
}
const draft: Draft = { ns: '', kind: 'manual', rate: '', problem: '' };

export function singleThroughput(
  { single, singleChoices }: NonNullable<WizardView['tuning']['throughput']>,
  rows: readonly NamespaceRow[],
  context: WizardContext,
): TemplateResult | typeof nothing {
  if (singleChoices.length === 0) {
    return nothing;
  }
  const { send } = context;
  return html`<fieldset class="single-throughput">
    <legend>${l10n.t('Collections with another throughput')}</legend>
    ${
      single.length === 0
        ? html`<p class="detail">${l10n.t('None: all get the same. A large one is done sooner with more.')}</p>`
        : html`<ul class="singles">
            ${repeat(
              single,
              ({ ns }) => ns,
              ({ ns, text }) =>
                html`<li>
                  <code><bdi>${ns}</bdi></code>
                  <span>${text}</span>
                  <button
                    type="button"
                    class="link"
                    data-remove=${ns}
                    aria-label=${l10n.t('Remove {0}', ns)}
                    @click=${() => send({ type: 'set-collection-throughput', ns, kind: 'common', ruPerSecond: 0 })}
                  >
                    ${icon('cross')} ${l10n.t('Remove')}
                  </button>
                </li>`,
            )}
          </ul>`
    }
    ${adding(singleChoices, rows, context)}
  </fieldset>`;
}

function adding(
  choices: readonly SingleThroughputChoice[],
  rows: readonly NamespaceRow[],
  { send, redraw }: WizardContext,
): TemplateResult {
  const kinds = choices.filter(({ value }) => value !== 'common');
  const chosen = kinds.find(({ value }) => value === draft.kind) ?? kinds[0];
  const bounds = chosen?.bounds;
  const add = (): void => {
    const problem = problemOf(rows, bounds);
    draft.problem = problem;
    if (problem === '' && chosen) {
      const { ns } = draft;
      send({ type: 'set-collection-throughput', ns, kind: chosen.value, ruPerSecond: bounds ? Number(draft.rate) : 0 });
      draft.ns = '';
    } else {
      announce(problem);
    }
    redraw();
  };
  // No form: VS Code's pages may not submit any.
  return html`<div
    class="add-single"
    role="group"
    aria-label=${l10n.t('Give a collection another throughput')}
    @keydown=${(event: KeyboardEvent) => {
      if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
        add();
      }
    }}
  >
    <input
      class="field"
      id="single-ns"
      type="text"
      list="single-names"
      autocomplete="off"
      spellcheck="false"
      placeholder=${l10n.t('database.collection')}
      aria-label=${l10n.t('Collection with another throughput')}
      aria-describedby="single-problem"
      .value=${live(draft.ns)}
      @input=${(event: Event) => {
        draft.ns = (event.currentTarget as HTMLInputElement).value.trim();
        redraw();
      }}
    />
    <datalist id="single-names">
      ${suggestions(rows).map((row) => html`<option value=${row.ns}>${row.sizeText}</option>`)}
    </datalist>
    <select
      class="field"
      id="single-kind"
      aria-label=${l10n.t('Kind of throughput')}
      @change=${(event: Event) => {
        draft.kind = kinds[(event.currentTarget as HTMLSelectElement).selectedIndex]?.value ?? 'manual';
        redraw();
      }}
    >
      ${kinds.map(
        ({ value, label }) => html`<option value=${value} .selected=${live(value === chosen?.value)}>${label}</option>`,
      )}
    </select>
    ${
      bounds
        ? html`<span class="number-line"
            ><input
              class="field number"
              id="single-rate"
              type="number"
              min=${bounds.min}
              max=${bounds.max}
              step=${bounds.step}
              aria-label=${l10n.t('RU/s of this collection')}
              aria-describedby="single-problem"
              .value=${live(draft.rate)}
              @input=${(event: Event) => {
                draft.rate = (event.currentTarget as HTMLInputElement).value;
              }}
            />
            <span class="unit">RU/s</span></span
          >`
        : nothing
    }
    <vscode-button secondary data-add-single @click=${add}>${l10n.t('Add')}</vscode-button>
    <p class="problem" id="single-problem">
      ${draft.problem === '' ? nothing : html`${icon('error')} ${draft.problem}`}
    </p>
  </div>`;
}

const canHaveOne = (row: NamespaceRow): boolean => row.selected && row.type === 'collection';

/** The largest first: they are what this is for. */
function suggestions(rows: readonly NamespaceRow[]): readonly NamespaceRow[] {
  const typed = draft.ns.toLowerCase();
  return rows
    .filter((row) => canHaveOne(row) && row.ns.toLowerCase().includes(typed))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MOST_SUGGESTIONS);
}

function problemOf(rows: readonly NamespaceRow[], bounds: SingleThroughputChoice['bounds']): string {
  if (!rows.some((row) => canHaveOne(row) && row.ns === draft.ns)) {
    return l10n.t('Name a collection that is selected.');
  }
  const rate = Number(draft.rate);
  const fits = draft.rate !== '' && bounds && rate >= bounds.min && rate <= bounds.max && rate % bounds.step === 0;
  return !bounds || fits ? '' : l10n.t('The throughput is a number from {0} in steps of {1}.', bounds.min, bounds.step);
}
