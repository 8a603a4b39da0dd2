import type { Finding, Severity } from '../../model/finding.js';
import type { Namespace } from '../../model/namespace.js';
import { RULES } from '../rules.js';
import { SOURCES } from '../sources.js';

/** A place in the plan's JSON: names of fields, positions in lists. */
export type JsonPath = readonly (string | number)[];

/** One value put in its place; `undefined` takes it away. */
export interface PlanEdit {
  readonly at: JsonPath;
  readonly value: unknown;
}

export type PlanFixId =
  | 'choose-shard-key'
  | 'leave-index-out'
  | 'keep-large-documents-aside'
  | 'set-manual-throughput'
  | 'set-autoscale'
  | 'set-serverless'
  | 'verify-fully'
  | 'copy-raw'
  | 'set-conflict-policy'
  | 'set-tuning';

/** A change of the plan after which the finding is gone. Words turn `id` and `params` into a sentence. */
export interface PlanFix {
  readonly id: PlanFixId;
  readonly params: Finding['params'];
  readonly edits: readonly PlanEdit[];
}

/** What can be told of one part of a plan. */
export interface PlanFinding {
  readonly finding: Finding;
  /** Of the part that it is about. */
  readonly at: JsonPath;
  readonly fixes: readonly PlanFix[];
}

type RuleHead = Pick<Finding, 'remedy' | 'source'> & { readonly severity: Severity };

/** What only a plan can have: rules on the source know nothing of it. */
export const PLAN_RULES = {
  'plan-not-migrated': { severity: 'warning', remedy: 'migrate-otherwise', source: SOURCES.preMigration },
  'plan-system-left-out': { severity: 'info', remedy: 'nothing-to-do', source: SOURCES.mongorestore },
  'plan-option-dropped': { severity: 'info', remedy: 'set-by-hand', source: SOURCES.customCommands },
  'plan-shard-key-unfit': { severity: 'warning', remedy: 'choose-shard-key', source: SOURCES.preMigration },
  'plan-shard-key-advised': { severity: 'info', remedy: 'choose-shard-key', source: SOURCES.preMigration },
  'plan-throughput-refused': { severity: 'blocker', remedy: 'set-valid-throughput', source: SOURCES.ruLimits },
  'plan-throughput-over-partition': { severity: 'blocker', remedy: 'lower-throughput', source: SOURCES.customCommands },
  'plan-throughput-unsaid': { severity: 'info', remedy: 'say-throughput', source: SOURCES.ruThroughput },
  'plan-copy-takes-long': { severity: 'warning', remedy: 'raise-throughput', source: SOURCES.ruScaling },
  'plan-raises-throughput': { severity: 'info', remedy: 'know-what-stays', source: SOURCES.ruScaling },
  'plan-overwrites': { severity: 'warning', remedy: 'keep-target-documents', source: 'docs/resumability.md' },
  'plan-upserts': { severity: 'warning', remedy: 'stop-over-documents', source: 'docs/data-factory.md' },
  'plan-copies-over-documents': { severity: 'warning', remedy: 'stop-over-documents', source: 'docs/dms.md' },
  'plan-counts-only': { severity: 'warning', remedy: 'verify-fully', source: 'docs/resumability.md' },
  'plan-transforms': { severity: 'warning', remedy: 'copy-raw', source: 'docs/spark.md' },
  'plan-csv': { severity: 'warning', remedy: 'use-json', source: 'docs/export-import.md' },
  'plan-tuning-out-of-bounds': { severity: 'warning', remedy: 'use-bounds', source: SOURCES.mongorestore },
} as const satisfies Readonly<Record<string, RuleHead>>;

export type PlanRuleId = keyof typeof PLAN_RULES;

/** A finding of a rule on plans. `ns`: absent where it is about the plan as a whole. */
export function planFinding(rule: PlanRuleId, params: Finding['params'], ns?: Namespace): Finding {
  const { severity, remedy, source } = PLAN_RULES[rule];
  return { rule, severity, remedy, source, params, ...(ns ? { ns } : {}) };
}

const HEADS: ReadonlyMap<string, RuleHead> = new Map(RULES.map((rule) => [rule.id, rule]));

/** A finding of a rule on sources, which the plan tells of again; undefined where there is no such rule. */
export function ruleFinding(rule: string, params: Finding['params'], ns: Namespace): Finding | undefined {
  const head = HEADS.get(rule);
  return head && { rule, severity: head.severity, ns, params, remedy: head.remedy, source: head.source };
}
