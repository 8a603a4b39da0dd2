import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { NamespaceRow, WizardIntent } from '../../src/protocol/wizard.js';
import { icon } from '../shared/icons.js';
import { l10n } from '../shared/l10n.js';
import { afterPause, withdraw, withoutPause } from '../shared/typing.js';
import type { WizardContext } from './context.js';

const TYPE_NAMES: Readonly<Record<NamespaceRow['type'], string>> = {
  collection: '',
  view: l10n.t('view'),
  timeseries: l10n.t('time series'),
};

export interface ShownRow {
  readonly row: NamespaceRow;
  readonly index: number;
  /** The one row that Tab reaches. */
  readonly active: boolean;
  /** Whether the table has a column of shard keys. */
  readonly sharded: boolean;
}

export function gridRow(
  { row, index, active, sharded }: ShownRow,
  { looks, send, redraw }: WizardContext,
): TemplateResult {
  const tab = active ? 0 : -1;
  const problem = row.renameProblem;
  return html`<div
    class="grid-row ${row.selected ? 'selected' : ''}"
    role="row"
    aria-rowindex=${index + 2}
    aria-selected=${row.selected ? 'true' : 'false'}
    data-index=${index}
    @focusin=${() => {
      if (looks.activeNs !== row.ns) {
        looks.activeNs = row.ns;
        redraw();
      }
    }}
  >
    <span role="gridcell">
      <input
        type="checkbox"
        data-cell="chosen"
        tabindex=${tab}
        aria-label=${l10n.t('Migrate {0}', row.ns)}
        .checked=${live(row.selected)}
        @change=${(event: Event) =>
          send({ type: 'select', namespaces: [row.ns], selected: (event.currentTarget as HTMLInputElement).checked })}
      />
    </span>
    <span role="gridcell" class="grid-name" title=${row.ns}>
      <bdi class="db">${row.db}.</bdi><bdi class="coll">${row.coll}</bdi>
      ${TYPE_NAMES[row.type] ? html`<span class="kind">${TYPE_NAMES[row.type]}</span>` : nothing}
    </span>
    <span role="gridcell" class="num">${row.documentsText}</span>
    <span role="gridcell" class="num">${row.sizeText}</span>
    <span role="gridcell" class="grid-target">
      <span class="cell-label" aria-hidden="true">${l10n.t('as')}</span>
      ${typedCell(
        {
          cell: 'rename',
          label: l10n.t('Name of {0} on the target', row.ns),
          held: row.targetNs,
          marked: row.targetNs !== row.ns,
          tab,
          ns: row.ns,
          problem,
        },
        (to) => send({ type: 'rename', ns: row.ns, to }),
      )}
      ${problem === undefined ? nothing : icon('error')}
    </span>
    ${sharded ? shardCell(row, tab, send) : nothing}
  </div>`;
}

function shardCell(row: NamespaceRow, tab: number, send: (intent: WizardIntent) => void): TemplateResult {
  return html`<span role="gridcell" class="grid-shard">
    ${
      row.shardKey === undefined
        ? nothing
        : html`<span class="cell-label" aria-hidden="true">${l10n.t('shard key')}</span>${typedCell(
              {
                cell: 'shard',
                label: l10n.t('Shard key of {0}', row.ns),
                held: row.shardKey,
                marked: row.shardKey !== '',
                tab,
                ns: row.ns,
                placeholder: l10n.t('none'),
              },
              (path) => send({ type: 'set-shard-key', ns: row.ns, path }),
            )}`
    }
  </span>`;
}

interface TypedCell {
  readonly cell: 'rename' | 'shard';
  readonly ns: string;
  readonly label: string;
  readonly held: string;
  /** Worth seeing without hovering. */
  readonly marked: boolean;
  readonly tab: number;
  readonly placeholder?: string;
  readonly problem?: string | undefined;
}

function typedCell(cell: TypedCell, commit: (value: string) => void): TemplateResult {
  const key = `${cell.cell} ${cell.ns}`;
  return html`<input
    class="in-cell ${cell.marked ? 'marked' : ''}"
    type="text"
    data-cell=${cell.cell}
    dir="auto"
    tabindex=${cell.tab}
    spellcheck="false"
    autocomplete="off"
    placeholder=${cell.placeholder ?? nothing}
    aria-label=${cell.label}
    aria-invalid=${cell.problem === undefined ? nothing : 'true'}
    aria-describedby=${cell.problem === undefined ? nothing : 'rename-problems'}
    title=${cell.problem ?? nothing}
    data-held=${cell.held}
    @focus=${(event: Event) => {
      (event.currentTarget as HTMLInputElement).dataset['before'] = cell.held;
    }}
    @input=${(event: Event) => {
      const value = (event.currentTarget as HTMLInputElement).value.trim();
      afterPause(key, () => commit(value));
    }}
    @change=${() => withoutPause(key)}
    @keydown=${(event: KeyboardEvent) => endTyping(event, key, cell.held, commit)}
  />`;
}

/** Enter keeps what was typed, Escape takes it back; both return to the row. */
function endTyping(event: KeyboardEvent, key: string, held: string, commit: (value: string) => void): void {
  const input = event.currentTarget as HTMLInputElement;
  if (event.key === 'Enter') {
    withoutPause(key);
  } else if (event.key === 'Escape') {
    withdraw(key);
    input.value = input.dataset['before'] ?? held;
    if (input.value !== held) {
      commit(input.value);
    }
  } else {
    return;
  }
  event.stopPropagation();
  input.closest('[role=row]')?.querySelector<HTMLElement>('[data-cell=chosen]')?.focus();
}
