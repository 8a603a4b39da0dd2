import {
  l10n,
  MarkdownString,
  StatusBarAlignment,
  ThemeColor,
  window,
  type Disposable,
  type StatusBarItem,
} from 'vscode';
import type { RunAction } from '../../protocol/run-page.js';
import { COMMANDS, type CommandId } from '../ids.js';
import type { RunInfo } from '../services.js';
import { possibleActions } from './run-actions.js';
import { startFailureSentence, stateSentence } from './run-words.js';
import type { FollowedRuns } from './run-store.js';
import { statusBarView } from './status-bar-view.js';

/** Left of the language and the notifications, right of what editors show. */
const PRIORITY = 50;

/** What a tooltip may start. */
const ACTION_COMMANDS: Readonly<Partial<Record<RunAction, CommandId>>> = {
  proceed: COMMANDS.proceedRun,
  pause: COMMANDS.pauseRun,
  resume: COMMANDS.resumeRun,
  cancel: COMMANDS.cancelRun,
  terminal: COMMANDS.showTerminal,
};

/** Shows the runs that are not over; nothing at all while there is none. */
export class RunStatusBar implements Disposable {
  readonly #runs: FollowedRuns;
  readonly #subscription: Disposable;
  #item: StatusBarItem | undefined;
  #told = '';

  constructor(runs: FollowedRuns) {
    this.#runs = runs;
    this.#subscription = runs.onDidChange(() => this.#show());
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#item?.dispose();
  }

  #show(): void {
    const view = statusBarView(this.#runs.list(), Date.now(), l10n.t);
    if (view === undefined) {
      this.#item?.dispose();
      this.#item = undefined;
      this.#told = '';
      return;
    }
    this.#item ??= makeItem();
    const item = this.#item;
    item.text = view.text;
    item.accessibilityInformation = { label: view.label, role: 'button' };
    item.backgroundColor = view.tone === 'warning' ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    const told = tooltip(view.runs);
    // An open tooltip is drawn anew, and closes, with each that is set.
    if (told.value !== this.#told) item.tooltip = told;
    this.#told = told.value;
    // Without a run the command asks which one.
    item.command = {
      title: l10n.t('Open Run Page'),
      command: COMMANDS.openRunPage,
      ...(view.runId === undefined ? {} : { arguments: [{ kind: 'run', runId: view.runId }] }),
    };
    item.show();
  }
}

function makeItem(): StatusBarItem {
  const item = window.createStatusBarItem(COMMANDS.openRunPage, StatusBarAlignment.Left, PRIORITY);
  item.name = l10n.t('Migrations to Cosmos DB');
  return item;
}

function tooltip(runs: readonly RunInfo[]): MarkdownString {
  const text = new MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: [COMMANDS.openRunPage, ...Object.values(ACTION_COMMANDS)] };
  runs.forEach((run, place) => {
    if (place > 0) text.appendMarkdown('\n\n---\n\n');
    text
      .appendMarkdown('**')
      .appendText(run.planName)
      .appendMarkdown('**\n\n')
      .appendText(startFailureSentence(run, l10n.t) ?? tooltipSentence(run))
      .appendMarkdown('\n\n');
    text.appendMarkdown(tooltipLinks(run).join(' · '));
  });
  return text;
}

/** Without numbers: each that changes would close the tooltip. */
function tooltipSentence({ snapshot }: RunInfo): string {
  return snapshot.rechecked && snapshot.resumesBy !== 'beginning-again'
    ? l10n.t('Checking what is there already; nothing is copied twice.')
    : stateSentence(snapshot, l10n.t);
}

function tooltipLinks(run: RunInfo): string[] {
  const argument = encodeURIComponent(JSON.stringify([{ kind: 'run', runId: run.runId }]));
  const link = (label: string, command: string): string => `[${label}](command:${command}?${argument})`;
  const labels: Readonly<Partial<Record<RunAction, string>>> = {
    pause: l10n.t('Pause'),
    resume: run.snapshot.state === 'planned' ? l10n.t('Start') : l10n.t('Resume'),
    cancel: l10n.t('Cancel…'),
    terminal: l10n.t('Show Terminal'),
  };
  const links = [link(l10n.t('Open Run Page'), COMMANDS.openRunPage)];
  for (const action of possibleActions(run)) {
    const [label, command] = [labels[action], ACTION_COMMANDS[action]];
    if (label !== undefined && command !== undefined) links.push(link(label, command));
  }
  return links;
}
