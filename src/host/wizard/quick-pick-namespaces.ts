import { l10n, window, type QuickPickItem } from 'vscode';
import type { NamespaceRow, WizardView } from '../../protocol/wizard.js';
import { rowDetail, type rowButtons } from './quick-pick-rows.js';
import type { WizardSession } from './wizard-session.js';

/** What there is in the source, with buttons for what can be said of one collection. */
export function rowItems(
  { namespaces, tuning }: Pick<WizardView, 'namespaces' | 'tuning'>,
  buttons: ReturnType<typeof rowButtons>,
): readonly (QuickPickItem & { readonly row: NamespaceRow })[] {
  const own = new Map(tuning.throughput?.single.map(({ ns, text }) => [ns, text]));
  return namespaces.rows.map((row) => ({
    label: row.ns,
    description: [
      row.documentsText && l10n.t('{0} documents', row.documentsText),
      row.sizeText,
      row.type === 'collection' ? '' : row.type,
    ]
      .filter((text) => text !== '')
      .join(', '),
    ...rowDetail(row, own.get(row.ns)),
    buttons: [
      buttons.rename,
      ...(row.shardKey === undefined ? [] : [buttons.shardKey]),
      ...(row.shardKey === undefined || !row.selected ? [] : [buttons.throughput]),
    ],
    row,
  }));
}

/** These, and no others. */
export async function selectExactly(
  session: WizardSession,
  rows: readonly NamespaceRow[],
  wanted: ReadonlySet<string>,
): Promise<void> {
  for (const selected of [true, false]) {
    const namespaces = rows
      .filter((row) => row.selected !== selected && wanted.has(row.ns) === selected)
      .map(({ ns }) => ns);
    if (namespaces.length > 0) await session.dispatch({ type: 'select', namespaces, selected });
  }
}

export async function askName(session: WizardSession, row: NamespaceRow): Promise<void> {
  const to = await window.showInputBox({
    title: l10n.t('Other Name on the Target'),
    prompt: l10n.t('database.collection; empty for the same name'),
    value: row.targetNs,
  });
  if (to !== undefined) await session.dispatch({ type: 'rename', ns: row.ns, to });
}

export async function askShardKey(session: WizardSession, row: NamespaceRow): Promise<void> {
  const path = await window.showInputBox({
    title: l10n.t('Shard Key of {0}', row.ns),
    prompt: l10n.t('A field or a path such as customer.id; empty for none'),
    value: row.shardKey ?? '',
  });
  if (path !== undefined) await session.dispatch({ type: 'set-shard-key', ns: row.ns, path: path.trim() });
}
