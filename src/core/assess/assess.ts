import type { ClusterInventory } from '../model/facts.js';
import type { Finding, Severity } from '../model/finding.js';
import type { MethodId } from '../model/method.js';
import {
  EVERYTHING,
  formatNamespace,
  isSelected,
  renameNamespace,
  type NamespaceSelection,
} from '../model/namespace.js';
import { planIndexes } from '../plan/index-fates.js';
import { selectedCollections } from '../plan/make-plan.js';
import { planOptions, planShardKey } from '../plan/options.js';
import type { TargetDescription } from '../plan/target.js';
import type { AssessContext, AssessedCollection } from './rule.js';
import { RULES } from './rules.js';

export interface AssessInput {
  /** Of the source. */
  readonly inventory: ClusterInventory;
  readonly target: TargetDescription;
  /** Default: everything. */
  readonly selection?: NamespaceSelection;
  /** RU targets: path of the shard key by source namespace `db.coll`, as in the plan. */
  readonly shardKeys?: Readonly<Record<string, string>>;
  /** Some rules hold for one method only. */
  readonly method?: MethodId;
}

const ORDER: Readonly<Record<Severity, number>> = { blocker: 0, warning: 1, info: 2 };

/** Every finding on what is selected: blockers first, then warnings, then information, each by namespace; those on the whole cluster lead. */
export function assess(input: AssessInput): readonly Finding[] {
  const context = contextOf(input);
  const findings = RULES.flatMap(({ id, severity, remedy, source, check }) =>
    check(context).map((hit): Finding => ({
      rule: id,
      severity,
      ...(hit.ns ? { ns: hit.ns } : {}),
      params: hit.params,
      remedy,
      source,
    })),
  );
  const keyed = findings.map((finding) => ({ finding, name: finding.ns ? formatNamespace(finding.ns) : '' }));
  keyed.sort(
    (a, b) => ORDER[a.finding.severity] - ORDER[b.finding.severity] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  return keyed.map(({ finding }) => finding);
}

function contextOf(input: AssessInput): AssessContext {
  const { inventory, target } = input;
  const selection = input.selection ?? EVERYTHING;
  const collections = selectedCollections(inventory, selection).map((facts): AssessedCollection => {
    const name = renameNamespace(selection, facts.ns);
    if (facts.type !== 'collection') return { facts, name, droppedOptions: [], indexes: [], sharded: false };
    const shard = planShardKey(facts, target, input.shardKeys?.[formatNamespace(facts.ns)]);
    const path = target.kind === 'cosmos-ru' ? shard.shardKey?.[0]?.[0] : undefined;
    return {
      facts,
      name,
      droppedOptions: [...planOptions(facts.options, target).dropped, ...shard.dropped],
      indexes: planIndexes(facts.indexes, { target, ...(path !== undefined ? { shardKey: path } : {}) }),
      sharded: shard.shardKey !== undefined,
    };
  });
  return {
    source: inventory.cluster,
    target,
    ...(input.method ? { method: input.method } : {}),
    inventory,
    collections,
    unreadable: inventory.failed.filter(({ ns }) => isSelected(selection, ns)),
  };
}
