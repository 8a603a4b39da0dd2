import { l10n, ThemeIcon, type QuickInputButton, type QuickPickItem } from 'vscode';
import type { NamespaceRow, SaidOf } from '../../protocol/wizard.js';

/** What a step leads to. */
export type Outcome = 'next' | 'back' | 'again' | 'end';
export type Action = QuickPickItem & { readonly run?: () => Promise<Outcome> };

/** A list's line holds no more names. */
const PLACES_IN_A_LINE = 4;

/** A click is told by the button itself: the same objects for all rows. */
export function rowButtons(): Readonly<Record<'rename' | 'shardKey' | 'throughput', QuickInputButton>> {
  return {
    rename: { iconPath: new ThemeIcon('edit'), tooltip: l10n.t('Other Name on the Target') },
    shardKey: { iconPath: new ThemeIcon('key'), tooltip: l10n.t('Shard Key') },
    throughput: { iconPath: new ThemeIcon('dashboard'), tooltip: l10n.t('Throughput of This Collection') },
  };
}

export function rowDetail(row: NamespaceRow, throughput: string | undefined): { detail?: string } {
  const parts = [
    ...(row.renameProblem !== undefined || row.targetNs !== row.ns
      ? [l10n.t('as {0} {1}', row.targetNs, row.renameProblem ?? '').trim()]
      : []),
    ...(row.shardKey ? [l10n.t('shard key {0}', row.shardKey)] : []),
    ...(throughput === undefined ? [] : [throughput]),
  ];
  return parts.length === 0 ? {} : { detail: parts.join(', ') };
}

export function placesOf({ places, more }: SaidOf): string {
  const named = places.slice(0, PLACES_IN_A_LINE).join(', ');
  const rest = places.length - PLACES_IN_A_LINE + more;
  return rest > 0 ? l10n.t('{0} and {1} more', named, rest) : named;
}
