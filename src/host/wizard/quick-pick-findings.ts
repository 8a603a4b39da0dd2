import { l10n, ThemeIcon } from 'vscode';
import type { FindingFix, FindingRow, WizardIntent } from '../../protocol/wizard.js';
import { placesOf, type Action } from './quick-pick-rows.js';
import type { WizardSession } from './wizard-session.js';

const ICONS = { blocker: 'error', warning: 'warning', info: 'info' } as const;

/** The findings of the chosen target, each followed by what the plan can do about it; the list is filtered by typing. */
export function findingItems(session: WizardSession): readonly Action[] {
  const { rows, targets, assessed } = session.view().findings;
  const own = rows.filter(({ target }) => target === targets[0]?.value);
  return [
    ...own.flatMap((row) => [told(row), ...row.fixes.map((fix) => fixItem(fix, session))]),
    assess(assessed, session),
  ];
}

function told(row: FindingRow): Action {
  return {
    label: placesOf(row) || l10n.t('The whole cluster'),
    description: row.text,
    detail: row.remedy,
    iconPath: new ThemeIcon(ICONS[row.severity]),
  };
}

function fixItem(fix: FindingFix, session: WizardSession): Action {
  return {
    label: fix.label,
    description: fix.applied ? l10n.t('in the plan; choose it to take it back') : l10n.t('quick fix'),
    ...(fix.sharesText === undefined ? {} : { detail: fix.sharesText }),
    iconPath: new ThemeIcon(fix.applied ? 'check' : 'lightbulb'),
    run: async () => {
      await session.dispatch(intentOf(fix));
      return 'again';
    },
  };
}

function intentOf({ kind, ns, name, applied }: FindingFix): WizardIntent {
  switch (kind) {
    case 'shard-key':
      return { type: 'set-shard-key', ns, path: applied ? '' : name };
    case 'leave-out':
      return { type: 'leave-index-out', ns, index: name, leftOut: !applied };
    case 'keep-aside':
      return { type: 'keep-aside', ns, aside: !applied };
  }
}

function assess(detail: string, session: WizardSession): Action {
  return {
    label: l10n.t('Assess This Source…'),
    detail,
    iconPath: new ThemeIcon('checklist'),
    run: async () => {
      await session.dispatch({ type: 'assess' });
      return 'again';
    },
  };
}
