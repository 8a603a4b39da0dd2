import type { ClusterFacts, ClusterInventory, CollectionFacts, FailedNamespace } from '../model/facts.js';
import type { Finding, Severity } from '../model/finding.js';
import type { MethodId } from '../model/method.js';
import type { Namespace } from '../model/namespace.js';
import type { PlannedCollection, PlannedIndex } from '../model/plan.js';
import type { CollectionScan } from '../model/scan.js';
import type { SourceUsage } from '../model/usage.js';
import type { TargetDescription, TargetKind } from '../plan/target.js';

/** One collection with what a plan would do with it. */
export interface AssessedCollection {
  readonly facts: CollectionFacts;
  /** Its name on the target. */
  readonly name: Namespace;
  readonly droppedOptions: PlannedCollection['droppedOptions'];
  readonly indexes: readonly PlannedIndex[];
  /** True where it has, or gets, a shard key on the target. */
  readonly sharded: boolean;
  /** Path of the shard key that it has, or gets, on an RU target. */
  readonly shardPath?: string;
  /** Where its documents were looked at. */
  readonly scan?: CollectionScan;
  /** RU/s that it is planned or reckoned to need, where that is known. */
  readonly requiredRuPerSecond?: number;
}

/** What rules look at: worked out once, so that a rule stays a few lines. */
export interface AssessContext {
  readonly source: ClusterFacts;
  readonly target: TargetDescription;
  readonly method?: MethodId;
  readonly inventory: ClusterInventory;
  readonly collections: readonly AssessedCollection[];
  readonly unreadable: readonly FailedNamespace[];
  /** What the source is used for, where that was read: rules that need it and lack it stay silent. */
  readonly usage?: SourceUsage;
  /** The source keeps being written to while the data moves. */
  readonly online: boolean;
  /** How long the copy is expected to take, where that was estimated. */
  readonly expectedCopyMs?: number;
}

/** What a rule cannot do without: it stays silent where that was not read. `metadata` is the size analysis with its small sample of documents. */
export type RuleReading = 'metadata' | 'scan' | 'usage';

/** Versions that a rule holds for, `from` included, `before` not: `{ before: '4.2' }`. */
export interface VersionRange {
  readonly from?: string;
  readonly before?: string;
}

export interface RuleHit {
  readonly ns?: Namespace;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  /** Where the rule's own source is not the one for this target. */
  readonly source?: string;
}

/**
 * One rule. Severities: `blocker`, a collection does not reach the target unless something is changed; `warning`, it reaches the target, and something of it or about it (some
 * documents, an index, an option, a view) is changed or stays behind; `info`, worth knowing.
 */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly remedy: string;
  /** Where the rule comes from. */
  readonly source: string;
  /** Kinds of target that it is about: it is not asked for others. Absent: every one. */
  readonly targets?: readonly TargetKind[];
  /** Absent: `metadata`. */
  readonly looksAt?: RuleReading;
  /** Versions of a target that it is about, and is asked for; a target without an entry is meant whatever its version. */
  readonly targetVersions?: Readonly<Partial<Record<TargetKind, VersionRange>>>;
  /** Versions of the source that it is about. Absent: all. */
  readonly sourceVersions?: VersionRange;
  /** Of a rule that is said somewhere and confirmed nowhere. */
  readonly basis?: Finding['basis'];
  readonly check: (context: AssessContext) => readonly RuleHit[];
}

/** Data collections that meet a condition. */
export function hitsWhere(
  context: AssessContext,
  condition: (collection: AssessedCollection) => boolean,
  params: (collection: AssessedCollection) => RuleHit['params'] = () => ({}),
): readonly RuleHit[] {
  return context.collections.filter(condition).map((c) => ({ ns: c.facts.ns, params: params(c) }));
}
