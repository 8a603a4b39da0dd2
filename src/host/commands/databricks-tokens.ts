import { l10n, ThemeIcon, window } from 'vscode';
import { HANDOFF_PATTERNS } from '../../core/plan/handoff-fields.js';
import { askDatabricksToken } from '../azure/remote-start.js';
import { askChoice, askText, type Choice } from '../clusters/ask.js';
import { unlinked } from '../unlinked.js';
import type { CommandParts } from './parts.js';

type What = { readonly do: 'add' } | { readonly do: 'replace' | 'forget'; readonly workspace: string };

/** Keeps, replaces and forgets personal access tokens of Databricks workspaces. */
export async function databricksTokens({ databricks, services }: CommandParts): Promise<void> {
  const title = l10n.t('Databricks Tokens');
  const workspaces = databricks.workspaces();
  const chosen = await askChoice<What>({
    title,
    placeholder: workspaces.length > 0 ? l10n.t('What is to be done?') : l10n.t('No token is kept on this machine.'),
    choices: [...workspaces.flatMap(choicesFor), addChoice()],
  });
  if (chosen.kind !== 'answer') return;
  const { value } = chosen;
  if (value.do === 'forget') {
    await databricks.forget(value.workspace);
    services.log.info(`forgot the token of ${value.workspace}`);
    const text = l10n.t(
      'The token of {0} was forgotten here. In the workspace it stays valid until it is revoked.',
      value.workspace,
    );
    void window.showInformationMessage(unlinked(text));
    return;
  }
  const workspace = value.do === 'add' ? await askWorkspace(title) : value.workspace;
  const token = workspace === undefined ? undefined : await askDatabricksToken(workspace, askText);
  if (workspace === undefined || token === undefined) return;
  await databricks.keep(workspace, token);
  services.log.info(`kept a token of ${workspace}`);
  void window.showInformationMessage(unlinked(l10n.t('The token of {0} was saved.', workspace)));
}

function choicesFor(workspace: string): readonly Choice<What>[] {
  return [
    {
      label: l10n.t('Forget the token'),
      description: workspace,
      iconPath: new ThemeIcon('trash'),
      value: { do: 'forget', workspace },
    },
    {
      label: l10n.t('Replace the token'),
      description: workspace,
      iconPath: new ThemeIcon('edit'),
      value: { do: 'replace', workspace },
    },
  ];
}

function addChoice(): Choice<What> {
  return { label: l10n.t('Add a token…'), iconPath: new ThemeIcon('add'), value: { do: 'add' } };
}

async function askWorkspace(title: string): Promise<string | undefined> {
  const answer = await askText({
    title,
    prompt: l10n.t('Address of the workspace'),
    placeholder: 'https://adb-1234567890123456.7.azuredatabricks.net',
    check: (text) =>
      HANDOFF_PATTERNS.workspaceUrl?.test(text.trim())
        ? undefined
        : l10n.t('It is an address such as https://adb-1234567890123456.7.azuredatabricks.net.'),
  });
  return answer.kind === 'answer' ? answer.value.trim() : undefined;
}
