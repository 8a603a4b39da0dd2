import {
  EventEmitter,
  l10n,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  type Disposable,
  type TreeDataProvider,
} from 'vscode';
import { DisposableStore } from '../disposables.js';
import type { HostServices } from '../services.js';
import type { ClusterFindings } from './cluster-findings.js';
import { describeRow, type Row } from './cluster-rows.js';
import type { tooltipOf } from './cluster-tooltips.js';
import { ClusterTree } from './cluster-tree.js';
import { nodeId, type ClusterTreeNode } from './node.js';
import { TurnSlices } from './turn-slices.js';

/** Of the addresses that badges hang on. */
export const NODE_SCHEME = 'mcm-node';

const OPEN: Readonly<Record<Row['open'], TreeItemCollapsibleState>> = {
  never: TreeItemCollapsibleState.None,
  collapsed: TreeItemCollapsibleState.Collapsed,
  expanded: TreeItemCollapsibleState.Expanded,
};

/** Read with the first tooltip. */
export type LoadTooltips = () => Promise<typeof tooltipOf>;

/** The Clusters view's rows as VS Code wants them. */
export class ClusterTreeProvider implements TreeDataProvider<ClusterTreeNode>, Disposable {
  readonly tree: ClusterTree;
  readonly #findings: ClusterFindings;
  readonly #tooltips: LoadTooltips;
  readonly #store = new DisposableStore();
  readonly #drawn = this.#store.add(new EventEmitter<ClusterTreeNode | ClusterTreeNode[] | undefined>());
  readonly #slices = new TurnSlices((work) => void setImmediate(work));
  readonly onDidChangeTreeData = this.#drawn.event;

  constructor(
    { clusters, catalog, log }: Pick<HostServices, 'clusters' | 'catalog' | 'log'>,
    findings: ClusterFindings,
    tooltips: LoadTooltips,
  ) {
    this.#findings = findings;
    this.#tooltips = tooltips;
    this.tree = this.#store.add(
      new ClusterTree({
        clusters,
        catalog,
        log,
        draw: (nodes) => this.#drawn.fire(nodes && [...nodes]),
        later: (work, ms) => {
          const timer = setTimeout(work, ms);
          return () => clearTimeout(timer);
        },
      }),
    );
    this.#store.add(clusters.onDidChange(() => this.tree.clustersChanged()));
  }

  /** At once for a few; VS Code asks for all rows of a level together. */
  getTreeItem(node: ClusterTreeNode): TreeItem | Promise<TreeItem> {
    return this.#slices.do(() => this.item(node));
  }

  item(node: ClusterTreeNode): TreeItem {
    const row = describeRow(node, this.tree.state, this.#findings.of(node), l10n.t);
    const item = new TreeItem(row.label, OPEN[row.open]);
    item.id = nodeId(node);
    item.description = row.description;
    item.contextValue = row.contextValue;
    item.iconPath = new ThemeIcon(row.icon.id, row.icon.color ? new ThemeColor(row.icon.color) : undefined);
    item.accessibilityInformation = { label: row.spoken };
    if ('clusterId' in node) item.resourceUri = Uri.from({ scheme: NODE_SCHEME, path: `/${item.id}` });
    if (row.command) item.command = { command: row.command, title: row.label, arguments: [node] };
    return item;
  }

  /** Tooltips are long and rarely looked at: each is made when it is. */
  async resolveTreeItem(item: TreeItem, node: ClusterTreeNode): Promise<TreeItem> {
    const tooltipOf = await this.#tooltips();
    const text = tooltipOf(node, this.tree.state, this.#findings.of(node), {
      t: l10n.t,
      time: (ms) => new Date(ms).toLocaleString(),
    });
    if (text !== undefined) item.tooltip = new MarkdownString(text);
    return item;
  }

  getParent(node: ClusterTreeNode): ClusterTreeNode | undefined {
    return this.tree.parent(node);
  }

  getChildren(node?: ClusterTreeNode): ClusterTreeNode[] {
    return this.tree.children(node);
  }

  dispose(): void {
    this.#store.dispose();
  }
}
