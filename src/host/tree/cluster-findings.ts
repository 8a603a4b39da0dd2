import type { Assessment } from '../../core/model/assessment.js';
import type { ClusterInventory } from '../../core/model/facts.js';
import type { ClusterProfile, ClusterRole } from '../clusters/cluster-profile.js';
import type { Assessments } from '../services.js';
import type { ClusterCatalog } from './cluster-catalog.js';
import { assumedTarget, type FindingIndex, type RowFindings } from './finding-index.js';
import type { findingsFor } from './findings-for.js';
import { nodeId, type ClusterTreeNode } from './node.js';

export interface FindingsOptions {
  readonly catalog: Pick<ClusterCatalog, 'inventory' | 'facts' | 'lastTarget'>;
  readonly clusters: { list(role?: ClusterRole): readonly ClusterProfile[] };
  /** The rules, read when there is something to judge for the first time. */
  readonly rules: () => Promise<typeof findingsFor>;
  /** The latest of each source, where it was loaded. */
  readonly assessments?: Pick<Assessments, 'latest'>;
  /** Calls back after what is under way; judging thousands of collections must not keep a row waiting. */
  readonly later: (work: () => void) => void;
  readonly onChange: (clusterId: string) => void;
  readonly onFailure: (error: unknown) => void;
}

interface Judged {
  readonly inventory: ClusterInventory | undefined;
  readonly assessment: Assessment | undefined;
  readonly target: string;
  readonly index: FindingIndex;
}

/** Findings of the analysed sources, worked out when analysis or target change and never while a row is drawn. */
export class ClusterFindings {
  readonly #options: FindingsOptions;
  readonly #judged = new Map<string, Judged>();
  #waiting = false;
  #rules: typeof findingsFor | undefined;

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
    const { catalog, clusters, assessments, onChange } = this.#options;
    const description = assumedTarget(clusters.list('target'), (id) => catalog.facts(id), catalog.lastTarget);
    const target = JSON.stringify([description.kind, description.versionArray, description.sharded]);
    let lacksRules = false;
    const sources = new Set(clusters.list('source').map(({ id }) => id));
    for (const id of [...this.#judged.keys()]) if (!sources.has(id)) this.#judged.delete(id);
    for (const id of sources) {
      const assessment = assessments?.latest(id);
      const inventory = catalog.inventory(id) ?? assessment?.inventory;
      const earlier = this.#judged.get(id);
      const known =
        earlier?.inventory === inventory &&
        earlier?.assessment === assessment &&
        (earlier?.target === target || !inventory);
      if (known) continue;
      if (inventory && !this.#rules) {
        lacksRules = true;
        continue;
      }
      const index: FindingIndex =
        inventory && this.#rules ? this.#rules(id, inventory, description, assessment) : new Map();
      this.#judged.set(id, { inventory, assessment, target, index });
      onChange(id);
    }
    if (lacksRules) this.#loadRules();
  }

  #loadRules(): void {
    const { rules, onFailure } = this.#options;
    rules().then((loaded) => {
      this.#rules = loaded;
      this.check();
    }, onFailure);
  }
}
