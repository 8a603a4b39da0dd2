import {
  EventEmitter,
  l10n,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  window,
  type Disposable,
  type TreeDataProvider,
  type TreeView,
} from 'vscode';
import { DisposableStore } from '../disposables.js';
import { COMMANDS, VIEWS } from '../ids.js';
import { shortName } from '../runs/run-figures.js';
import type { HostServices } from '../services.js';
import type { TooltipWords } from './cluster-tooltips.js';
import type { RunTreeNode } from './node.js';
import { describeRun, runningCount, runTooltip, unreadableMessage, type RunRow } from './run-rows.js';

const WORDS: TooltipWords = { t: l10n.t, time: (ms) => new Date(ms).toLocaleString() };

export interface MigrationsView extends Disposable {
  reveal(runId: string): Promise<void>;
}

/** One row for each run, newest first. Rows whose words are the same as before are left alone. */
export class RunTreeProvider implements TreeDataProvider<RunTreeNode>, Disposable {
  readonly #runs: HostServices['runs'];
  readonly #drawn = new EventEmitter<RunTreeNode | RunTreeNode[] | undefined>();
  readonly #nodes = new Map<string, RunTreeNode>();
  #looked = false;
  /** What each row said when it was drawn last, in the order of the rows. */
  #said = new Map<string, string>();
  readonly onDidChangeTreeData = this.#drawn.event;

  constructor(runs: HostServices['runs']) {
    this.#runs = runs;
  }

  getTreeItem(node: RunTreeNode): TreeItem {
    const info = this.#runs.get(node.runId);
    const item = new TreeItem(info ? shortName(info) : node.runId, TreeItemCollapsibleState.None);
    item.id = `run:${node.runId}`;
    if (!info) return item;
    const row = describeRun(info, WORDS);
    item.description = row.description;
    item.contextValue = row.contextValue;
    item.iconPath = iconOf(row);
    item.accessibilityInformation = { label: row.spoken };
    item.command = { command: COMMANDS.openRunPage, title: row.label, arguments: [node] };
    return item;
  }

  resolveTreeItem(item: TreeItem, { runId }: RunTreeNode): TreeItem {
    const info = this.#runs.get(runId);
    if (info) item.tooltip = new MarkdownString(runTooltip(info, WORDS));
    return item;
  }

  getParent(): undefined {
    return undefined;
  }

  getChildren(node?: RunTreeNode): RunTreeNode[] | Promise<RunTreeNode[]> {
    if (node) return [];
    if (this.#looked) return this.#rows();
    // Before the folder was looked at, an empty list would show the view as that of somebody without a migration.
    return this.#runs.refresh().then(() => {
      this.#looked = true;
      return this.#rows();
    });
  }

  #rows(): RunTreeNode[] {
    this.#said = this.#words();
    return this.#runs.list().map(({ runId }) => this.known(runId));
  }

  known(runId: string): RunTreeNode {
    let node = this.#nodes.get(runId);
    if (!node) this.#nodes.set(runId, (node = { kind: 'run', runId }));
    return node;
  }

  /** Draws what is said differently now. */
  update(): void {
    const before = this.#said;
    this.#said = this.#words();
    const sameRows = [...before.keys()].join('\n') === [...this.#said.keys()].join('\n');
    if (!sameRows) {
      for (const runId of this.#nodes.keys()) if (!this.#said.has(runId)) this.#nodes.delete(runId);
      this.#drawn.fire(undefined);
      return;
    }
    const changed = [...this.#said].filter(([runId, words]) => before.get(runId) !== words);
    if (changed.length > 0) this.#drawn.fire(changed.map(([runId]) => this.known(runId)));
  }

  dispose(): void {
    this.#drawn.dispose();
  }

  #words(): Map<string, string> {
    return new Map(this.#runs.list().map((info) => [info.runId, JSON.stringify(describeRun(info, WORDS))]));
  }
}

function iconOf({ icon }: RunRow): ThemeIcon {
  return new ThemeIcon(icon.id, icon.color ? new ThemeColor(icon.color) : undefined);
}

/** The Migrations view: every run that this machine knows of, whichever window started it. */
export function createMigrationsView(services: Pick<HostServices, 'runs'>): MigrationsView {
  const { runs } = services;
  const store = new DisposableStore();
  const provider = store.add(new RunTreeProvider(runs));
  const view: TreeView<RunTreeNode> = store.add(
    window.createTreeView(VIEWS.migrations, { treeDataProvider: provider, canSelectMany: false }),
  );
  let watching: { dispose(): unknown } | undefined;
  const watch = (visible: boolean): void => {
    if (!visible) {
      watching?.dispose();
      watching = undefined;
    } else watching ??= runs.watch();
  };
  const showState = (): void => {
    const all = runs.list();
    const running = runningCount(all);
    const tooltip = running === 1 ? l10n.t('1 migration is running') : l10n.t('{0} migrations are running', running);
    view.badge = running === 0 ? undefined : { value: running, tooltip };
    const message = unreadableMessage(all, l10n.t);
    // An empty message would still take a line.
    (view as { message?: string | undefined }).message = message;
  };
  store.add(view.onDidChangeVisibility(({ visible }) => watch(visible)));
  store.add({ dispose: () => watch(false) });
  store.add(
    runs.onDidChange(() => {
      provider.update();
      showState();
    }),
  );
  watch(view.visible);
  showState();
  return {
    reveal: async (runId) => {
      await view.reveal(provider.known(runId), { select: true, focus: false });
    },
    dispose: () => store.dispose(),
  };
}
