import type { ClusterInventory } from '../model/facts.js';
import type { FailedRule, IndexTranslation } from '../model/assessment.js';
import { findByNamespace } from '../model/by-namespace.js';
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
import type { CollectionScan } from '../model/scan.js';
import type { SourceUsage } from '../model/usage.js';
import { isAtLeast, type TargetDescription } from '../plan/target.js';
import type { AssessContext, AssessedCollection, Rule, VersionRange } from './rule.js';
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
  /** What documents were found to hold, and what the source is used for. Without them the rules that need them stay silent. */
  readonly scans?: readonly CollectionScan[];
  readonly usage?: SourceUsage;
  /** Where they are made already: see {@link indexTranslations}. */
  readonly indexes?: readonly IndexTranslation[];
  /** RU targets: RU/s that a collection is planned or reckoned to need, by source namespace `db.coll`. */
  readonly requiredRuPerSecond?: Readonly<Record<string, number>>;
  /** The source keeps being written to while the data moves. Default: no. */
  readonly online?: boolean;
  readonly expectedCopyMs?: number;
}

export interface AssessResult {
  /** Blockers first, then warnings, then information, each by namespace; those on the whole cluster lead. */
  readonly findings: readonly Finding[];
  /** Rules that threw. Their silence means nothing, so that they have to be told of. */
  readonly failedRules: readonly FailedRule[];
}

const ORDER: Readonly<Record<Severity, number>> = { blocker: 0, warning: 1, info: 2 };

/** Every finding on what is selected, by the rules that are about this target and this source. A rule that fails ends neither the others nor the assessment. */
export function assess(input: AssessInput, rules: readonly Rule[] = RULES): AssessResult {
  const context = assessContext(input);
  const failedRules: FailedRule[] = [];
  const findings = rules
    .filter((rule) => isAbout(rule, context))
    .flatMap((rule) => {
      try {
        return found(rule, context);
      } catch (error) {
        failedRules.push({ rule: rule.id, message: error instanceof Error ? error.message : String(error) });
        return [];
      }
    });
  const keyed = findings.map((finding) => ({ finding, name: finding.ns ? formatNamespace(finding.ns) : '' }));
  keyed.sort(
    (a, b) => ORDER[a.finding.severity] - ORDER[b.finding.severity] || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  return { findings: keyed.map(({ finding }) => finding), failedRules };
}

/** Whether a rule speaks of this target and this source. Of a version that is not known it may. */
function isAbout({ targets, targetVersions, sourceVersions }: Rule, { source, target }: AssessContext): boolean {
  return (
    (targets?.includes(target.kind) ?? true) &&
    isWithin(targetVersions?.[target.kind], target.versionArray) &&
    isWithin(sourceVersions, source.versionArray)
  );
}

function isWithin({ from, before }: VersionRange = {}, version: readonly number[]): boolean {
  if (version.length === 0) return true;
  const numbers = (text: string): number[] => text.split('.').map(Number);
  if (from !== undefined && !isAtLeast(version, numbers(from))) return false;
  return before === undefined || !isAtLeast(version, numbers(before));
}

function found({ id, severity, remedy, source, basis, check }: Rule, context: AssessContext): readonly Finding[] {
  return check(context).map((hit) => ({
    rule: id,
    severity,
    ...(hit.ns ? { ns: hit.ns } : {}),
    params: hit.params,
    remedy,
    source: hit.source ?? source,
    ...(basis === undefined ? {} : { basis }),
  }));
}

/** What rules look at, worked out of what is known: names, fates of indexes and options, shard keys as a plan would have them. */
export function assessContext(input: AssessInput): AssessContext {
  const { inventory, target } = input;
  const selection = input.selection ?? EVERYTHING;
  const scans = new Map(input.scans?.map((scan) => [formatNamespace(scan.ns), scan]));
  const collections = selectedCollections(inventory, selection).map((facts): AssessedCollection => {
    const name = renameNamespace(selection, facts.ns);
    if (facts.type !== 'collection') return { facts, name, droppedOptions: [], indexes: [], sharded: false };
    const shard = planShardKey(facts, target, input.shardKeys?.[formatNamespace(facts.ns)]);
    const path = target.kind === 'cosmos-ru' ? shard.shardKey?.[0]?.[0] : undefined;
    const scan = scans.get(formatNamespace(facts.ns));
    const required = input.requiredRuPerSecond?.[formatNamespace(facts.ns)];
    return {
      facts,
      name,
      droppedOptions: [...planOptions(facts.options, target).dropped, ...shard.dropped],
      indexes:
        (input.indexes && findByNamespace(input.indexes, facts.ns)?.indexes) ??
        planIndexes(facts.indexes, { target, ...(path !== undefined ? { shardKey: path } : {}) }),
      sharded: shard.shardKey !== undefined,
      ...(path === undefined ? {} : { shardPath: path }),
      ...(scan ? { scan } : {}),
      ...(required === undefined ? {} : { requiredRuPerSecond: required }),
    };
  });
  return {
    source: inventory.cluster,
    target,
    ...(input.method ? { method: input.method } : {}),
    inventory,
    collections,
    unreadable: inventory.failed.filter(({ ns }) => isSelected(selection, ns)),
    ...(input.usage ? { usage: input.usage } : {}),
    online: input.online ?? false,
    ...(input.expectedCopyMs === undefined ? {} : { expectedCopyMs: input.expectedCopyMs }),
  };
}
