import { l10n, window } from 'vscode';
import type { CopyCeilings } from '../../core/model/plan.js';
import { MOST_CEILINGS } from '../../core/tune/direct-copy.js';
import { BYTES_PER_MB, ceilingsText } from '../../words/ceilings.js';
import type { HostServices } from '../services.js';

interface Limit {
  readonly label: string;
  readonly most: number;
  readonly value: (ceilings: CopyCeilings) => number | undefined;
  readonly set: (value: number) => CopyCeilings;
  readonly clear: (ceilings: CopyCeilings) => CopyCeilings;
}

/** Asks for another limit of a direct copy that runs, and sets it; the others stay as they are. */
export async function limitRun(
  runId: string,
  { runs, control }: Pick<HostServices, 'runs' | 'control'>,
): Promise<void> {
  const present = runs.get(runId)?.snapshot.ceilings ?? {};
  const title = l10n.t('Limit Migration');
  const items = limits().map((limit) => {
    const value = limit.value(present);
    return { label: limit.label, description: value === undefined ? l10n.t('no limit') : String(value), limit };
  });
  const free = { label: l10n.t('No Limit at All'), description: '', limit: undefined };
  const chosen = await window.showQuickPick([...items, free], { title, placeHolder: ceilingsText(present) });
  if (!chosen) return;
  if (!chosen.limit) return control.limit(runId, {});
  const { label, most, value, set, clear } = chosen.limit;
  const typed = await window.showInputBox({
    title: label,
    prompt: l10n.t('A whole number from 1 to {0}; empty for no limit', most),
    value: String(value(present) ?? ''),
    validateInput: (text) =>
      text.trim() === '' || (/^\d{1,15}$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most)
        ? undefined
        : l10n.t('{0} cannot be used: a whole number from {1} to {2}.', text, 1, most),
  });
  if (typed === undefined) return;
  const rest = clear(present);
  await control.limit(runId, typed.trim() === '' ? rest : { ...rest, ...set(Number(typed)) });
}

function limits(): readonly Limit[] {
  return [
    {
      label: l10n.t('Megabytes a Second'),
      most: MOST_CEILINGS.mbPerSecond,
      value: ({ bytesPerSecond }) => (bytesPerSecond === undefined ? undefined : bytesPerSecond / BYTES_PER_MB),
      set: (value) => ({ bytesPerSecond: value * BYTES_PER_MB }),
      clear: ({ bytesPerSecond: _, ...rest }) => rest,
    },
    {
      label: l10n.t('Documents a Second'),
      most: MOST_CEILINGS.documentsPerSecond,
      value: ({ documentsPerSecond }) => documentsPerSecond,
      set: (documentsPerSecond) => ({ documentsPerSecond }),
      clear: ({ documentsPerSecond: _, ...rest }) => rest,
    },
    {
      label: l10n.t('Request Units a Second'),
      most: MOST_CEILINGS.ruPerSecond,
      value: ({ ruPerSecond }) => ruPerSecond,
      set: (ruPerSecond) => ({ ruPerSecond }),
      clear: ({ ruPerSecond: _, ...rest }) => rest,
    },
    {
      label: l10n.t('Connections on the Source'),
      most: MOST_CEILINGS.sourceConnections,
      value: ({ sourceConnections }) => sourceConnections,
      set: (sourceConnections) => ({ sourceConnections }),
      clear: ({ sourceConnections: _, ...rest }) => rest,
    },
  ];
}
