import { window, type Disposable } from 'vscode';
import { DisposableStore } from '../disposables.js';
import { VIEWS } from '../ids.js';
import type { ClustersView, HostServices } from '../services.js';
import { ClusterFindings, type FindingsOptions } from './cluster-findings.js';
import { ClusterTreeProvider, type LoadTooltips } from './cluster-tree-provider.js';
import { FindingDecorations } from './finding-decorations.js';
import { asClusterNode, type ClusterTreeNode } from './node.js';

export interface RevealableClustersView extends ClustersView, Disposable {
  reveal(
    node: ClusterTreeNode,
    options?: { readonly select?: boolean; readonly focus?: boolean; readonly expand?: boolean | number },
  ): Promise<void>;
}

/** The Clusters view: sources and targets down to their indexes. Nothing connects before a cluster is opened. */
export function createClustersView(
  services: Pick<HostServices, 'clusters' | 'catalog' | 'assessments' | 'log'>,
  { rules, tooltips }: { readonly rules: FindingsOptions['rules']; readonly tooltips: LoadTooltips },
): RevealableClustersView {
  const store = new DisposableStore();
  const { catalog, clusters, assessments } = services;
  const findings = new ClusterFindings({
    catalog,
    clusters,
    assessments,
    rules,
    onFailure: (error) => services.log.error(error instanceof Error ? error : String(error)),
    later: (work) => void setImmediate(work),
    onChange: (clusterId) => {
      decorations.refresh();
      provider.tree.redraw({ kind: 'cluster', clusterId });
    },
  });
  const provider = store.add(new ClusterTreeProvider(services, findings, tooltips));
  const decorations = store.add(new FindingDecorations(findings));
  store.add(window.registerFileDecorationProvider(decorations));
  const view = store.add(
    window.createTreeView(VIEWS.clusters, { treeDataProvider: provider, canSelectMany: true, showCollapseAll: true }),
  );
  store.add(view.onDidExpandElement(({ element }) => provider.tree.setOpen(element, true)));
  store.add(view.onDidCollapseElement(({ element }) => provider.tree.setOpen(element, false)));
  store.add(
    catalog.onDidChange(({ db }) => {
      if (db === undefined) findings.check();
    }),
  );
  store.add(clusters.onDidChange(() => findings.check()));
  store.add(assessments.onDidChange(() => findings.check()));
  // Those of earlier windows are read when somebody looks.
  const load = (): void => {
    if (view.visible) for (const { id } of clusters.list('source')) void assessments.load(id);
  };
  store.add(view.onDidChangeVisibility(load));
  load();

  return {
    refresh: (node) => provider.tree.refresh(node),
    retry: (node) => provider.tree.refresh(node),
    selection: () => view.selection.filter((node) => asClusterNode(node) !== undefined),
    noteInventory: (clusterId, inventory) => catalog.putInventory(clusterId, inventory),
    reveal: async (node, options) => {
      await view.reveal(provider.tree.known(node), options);
    },
    dispose: () => store.dispose(),
  };
}
