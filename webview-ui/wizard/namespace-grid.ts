/**
 * The table of namespaces. Only what can be seen is in the page, so that 10,000 rows cost what 40 cost; the row that the keyboard is at
 * stays in the page even when it is scrolled away, or the focus would fall to nowhere. One tab stop, arrows inside (a grid).
 */
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { NamespaceRow } from '../../src/protocol/wizard.js';
import { l10n } from '../shared/l10n.js';
import type { SortKey, WizardContext } from './context.js';
import { gridRow } from './namespace-row.js';

const SPARE_ROWS = 8;

interface Seen {
  readonly top: number;
  readonly height: number;
  readonly rowHeight: number;
}
let seen: Seen = { top: 0, height: 640, rowHeight: 30 };

interface Shown {
  readonly row: NamespaceRow;
  readonly index: number;
}

function rowsInSight(rows: readonly NamespaceRow[], active: number): readonly Shown[] {
  const first = Math.max(0, Math.floor(seen.top / seen.rowHeight) - SPARE_ROWS);
  const last = Math.min(rows.length, Math.ceil((seen.top + seen.height) / seen.rowHeight) + SPARE_ROWS);
  const indexes = Array.from({ length: Math.max(0, last - first) }, (_, offset) => first + offset);
  const row = rows[active];
  if (row && active < first) {
    indexes.unshift(active);
  } else if (row && active >= last) {
    indexes.push(active);
  }
  return indexes.flatMap((index) => {
    const at = rows[index];
    return at ? [{ row: at, index }] : [];
  });
}

export function namespaceGrid(rows: readonly NamespaceRow[], context: WizardContext): TemplateResult {
  const { looks } = context;
  const found = rows.findIndex((row) => row.ns === looks.activeNs);
  const active = found < 0 ? 0 : found;
  const sharded = rows.some((row) => row.shardKey !== undefined);
  return html`<div
    class="grid ${sharded ? 'sharded' : ''}"
    role="grid"
    aria-label=${l10n.t('Collections')}
    aria-rowcount=${rows.length + 1}
    aria-colcount=${sharded ? 6 : 5}
    aria-multiselectable="true"
    @scroll=${(event: Event) => {
      seen = measured(event.currentTarget as HTMLElement);
      context.redraw();
    }}
    @keydown=${(event: KeyboardEvent) => moveByKey(event, rows, active, context)}
  >
    <div class="grid-head" role="rowgroup">
      <div class="grid-row" role="row" aria-rowindex="1">
        <span role="columnheader"><span class="visually-hidden">${l10n.t('Migrate')}</span></span>
        ${sortable('name', l10n.t('Collection'), context)} ${sortable('documents', l10n.t('Documents'), context, 'num')}
        ${sortable('size', l10n.t('Size'), context, 'num')}
        <span role="columnheader" class="grid-target">${l10n.t('Name on the target')}</span>
        ${sharded ? html`<span role="columnheader" class="grid-shard">${l10n.t('Shard key')}</span>` : nothing}
      </div>
    </div>
    <div class="grid-body" role="rowgroup" data-rows=${rows.length}>
      ${
        rows.length === 0
          ? html`<div role="row"><p class="empty" role="gridcell">${l10n.t('Nothing fits this search.')}</p></div>`
          : repeat(
              rowsInSight(rows, active),
              ({ row }) => row.ns,
              ({ row, index }) => gridRow({ row, index, active: index === active, sharded }, context),
            )
      }
    </div>
  </div>`;
}

function sortable(key: SortKey, label: string, { looks, redraw }: WizardContext, look = ''): TemplateResult {
  const mine = looks.sort === key;
  return html`<span
    role="columnheader"
    class=${look}
    aria-sort=${mine ? (looks.descending ? 'descending' : 'ascending') : 'none'}
  >
    <button
      type="button"
      class="sort"
      data-sort=${key}
      @click=${() => {
        looks.descending = mine ? !looks.descending : key !== 'name';
        looks.sort = key;
        redraw();
      }}
    >
      ${label}<span class="sort-mark" aria-hidden="true">${mine ? (looks.descending ? '▾' : '▴') : ''}</span>
    </button>
  </span>`;
}

function moveByKey(event: KeyboardEvent, rows: readonly NamespaceRow[], active: number, context: WizardContext): void {
  const target = event.target as HTMLElement;
  const inRow = target.closest('.grid-body [role=row]');
  if (!inRow || event.altKey || event.metaKey) {
    return;
  }
  const field = target.closest<HTMLElement>('[data-cell]')?.dataset['cell'] ?? 'chosen';
  const typing = field !== 'chosen';
  if (event.key === 'F2' && !typing) {
    event.preventDefault();
    const input = inRow.querySelector<HTMLInputElement>('[data-cell=rename]');
    input?.focus();
    input?.select();
    return;
  }
  if (event.ctrlKey && event.key === 'a' && !typing) {
    event.preventDefault();
    context.send({ type: 'select', namespaces: rows.map((row) => row.ns), selected: true });
    return;
  }
  const page = Math.max(1, Math.floor(seen.height / seen.rowHeight) - 2);
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: -1,
    ArrowDown: 1,
    PageUp: -page,
    PageDown: page,
    ...(typing ? {} : { Home: -rows.length, End: rows.length }),
  };
  const step = steps[event.key];
  if (step === undefined || event.ctrlKey) {
    return;
  }
  event.preventDefault();
  const to = Math.min(rows.length - 1, Math.max(0, active + step));
  goTo(to, rows, field, event.currentTarget as HTMLElement, context);
}

function goTo(
  index: number,
  rows: readonly NamespaceRow[],
  field: string,
  grid: HTMLElement,
  { looks, redraw }: WizardContext,
): void {
  looks.activeNs = rows[index]?.ns;
  seen = measured(grid);
  const top = index * seen.rowHeight;
  const room = seen.height - headHeight(grid);
  if (top < grid.scrollTop) {
    grid.scrollTop = top;
  } else if (top + seen.rowHeight > grid.scrollTop + room) {
    grid.scrollTop = top + seen.rowHeight - room;
  }
  seen = measured(grid);
  redraw();
  const row = grid.querySelector(`[data-index="${index}"]`);
  row?.querySelector<HTMLElement>(`[data-cell=${field}]`)?.focus({ preventScroll: true });
}

const headHeight = (grid: HTMLElement): number => grid.querySelector<HTMLElement>('.grid-head')?.offsetHeight ?? 0;

function measured(grid: HTMLElement): Seen {
  const rowHeight = Number.parseFloat(getComputedStyle(grid).getPropertyValue('--row-height')) || seen.rowHeight;
  return { top: grid.scrollTop, height: grid.clientHeight, rowHeight };
}

/** Puts the drawn rows where they belong; draws again where the room for them is not what was thought. */
export function placeRows(root: ParentNode, { redraw }: WizardContext): void {
  const grid = root.querySelector<HTMLElement>('.grid');
  const body = grid?.querySelector<HTMLElement>('.grid-body');
  if (!grid || !body) {
    return;
  }
  const now = measured(grid);
  const rows = Number(body.dataset['rows']);
  body.style.height = rows === 0 ? '' : `${rows * now.rowHeight}px`;
  for (const row of body.querySelectorAll<HTMLElement>('[data-index]')) {
    row.style.transform = `translateY(${Number(row.dataset['index']) * now.rowHeight}px)`;
  }
  const before = seen;
  seen = { ...now, top: grid.scrollTop };
  if (before.rowHeight !== seen.rowHeight || before.height !== seen.height || before.top !== seen.top) {
    redraw();
  }
}
