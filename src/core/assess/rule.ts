import type { ClusterFacts, ClusterInventory, CollectionFacts, FailedNamespace } from '../model/facts.js';
import type { Severity } from '../model/finding.js';
import type { MethodId } from '../model/method.js';
import type { Namespace } from '../model/namespace.js';
import type { PlannedCollection, PlannedIndex } from '../model/plan.js';
import type { TargetDescription } from '../plan/target.js';

/** One collection with what a plan would do with it. */
export interface AssessedCollection {
  readonly facts: CollectionFacts;
  /** Its name on the target. */
  readonly name: Namespace;
  readonly droppedOptions: PlannedCollection['droppedOptions'];
  readonly indexes: readonly PlannedIndex[];
  /** True where it has, or gets, a shard key on the target. */
  readonly sharded: boolean;
}

/** What rules look at: worked out once, so that a rule stays a few lines. */
export interface AssessContext {
  readonly source: ClusterFacts;
  readonly target: TargetDescription;
  readonly method?: MethodId;
  readonly inventory: ClusterInventory;
  readonly collections: readonly AssessedCollection[];
  readonly unreadable: readonly FailedNamespace[];
}

export interface RuleHit {
  readonly ns?: Namespace;
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

/**
 * One rule. Severities: `blocker`, it does not reach the target unless something is changed; `warning`, it reaches the target changed or in part;
 * `info`, worth knowing.
 */
export interface Rule {
  readonly id: string;
  readonly severity: Severity;
  readonly remedy: string;
  /** Where the rule comes from. */
  readonly source: string;
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
