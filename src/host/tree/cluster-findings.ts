import type { ClusterInventory } from '../../core/model/facts.js';
import type { ClusterProfile, ClusterRole } from '../clusters/cluster-profile.js';
import type { ClusterCatalog } from './cluster-catalog.js';
import { assumedTarget, findingsFor, type FindingIndex, type RowFindings } from './finding-index.js';
import { nodeId, type ClusterTreeNode } from './node.js';

export interface FindingsOptions {
  readonly catalog: Pick<ClusterCatalog, 'inventory' | 'facts' | 'lastTarget'>;
  readonly clusters: { list(role?: ClusterRole): readonly ClusterProfile[] };
  /** Calls back after what is under way; judging thousands of collections must not keep a row waiting. */
  readonly later: (work: () => void) => void;
  readonly onChange: (clusterId: string) => void;
}

interface Judged {
  readonly inventory: ClusterInventory | undefined;
  readonly target: string;
  readonly index: FindingIndex;
}

/** Findings of the analysed sources, worked out when analysis or target change and never while a row is drawn. */
export class ClusterFindings {
  readonly #options: FindingsOptions;
  readonly #judged = new Map<string, Judged>();
  #waiting = false;

  constructor(options: FindingsOptions) {
    this.#options = options;
  }

  of(node: ClusterTreeNode): RowFindings | undefined {
    return 'clusterId' in node ? this.at(node.clusterId, nodeId(node)) : undefined;
  }

  at(clusterId: string, id: string): RowFindings | undefined {
    return this.#judged.get(clusterId)?.index.get(id);
  }

  /** To be called whenever an analysis, a target or the list of clusters may have changed; cheap where none has. */
  check(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#options.later(() => {
      this.#waiting = false;
      this.#judge();
    });
  }

  #judge(): void {
    const { catalog, clusters, onChange } = this.#options;
    const description = assumedTarget(clusters.list('target'), (id) => catalog.facts(id), catalog.lastTarget);
    const target = JSON.stringify([description.kind, description.versionArray, description.sharded]);
    const sources = new Set(clusters.list('source').map(({ id }) => id));
    for (const id of [...this.#judged.keys()]) if (!sources.has(id)) this.#judged.delete(id);
    for (const id of sources) {
      const inventory = catalog.inventory(id);
      const earlier = this.#judged.get(id);
      const known = earlier?.inventory === inventory && (earlier?.target === target || !inventory);
      if (known) continue;
      const index: FindingIndex = inventory ? findingsFor(id, inventory, description) : new Map();
      this.#judged.set(id, { inventory, target, index });
      onChange(id);
    }
  }
}
