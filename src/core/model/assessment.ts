import type { CostLine } from './cost.js';
import type { ClusterFacts, ClusterInventory, Throughput } from './facts.js';
import type { Estimate } from './estimate.js';
import type { Finding } from './finding.js';
import type { MethodId, Reason, Recommendation } from './method.js';
import type { Namespace } from './namespace.js';
import type { PlannedIndex } from './plan.js';
import type { PlannedRead, ReadingGap } from './reading.js';
import type { CollectionScan } from './scan.js';
import type { TargetWish } from './target-wishes.js';
import type { SourceUsage } from './usage.js';

/** A rule that threw: its absence from the findings means nothing. */
export interface FailedRule {
  readonly rule: string;
  readonly message: string;
}

/** One candidate for the shard key of one collection, best first in {@link ShardKeyAdvice.candidates}. */
export interface ShardKeyCandidate {
  readonly path: string;
  /** 0 to 100. */
  readonly score: number;
  /** Why not, where it cannot be taken at all. */
  readonly possible: boolean;
  readonly reasons: readonly Reason[];
  readonly distinct: { readonly values: number; readonly exact: boolean };
  /** Largest logical partition of the whole collection, in bytes, with what it rests on. */
  readonly largestLogicalPartition: Estimate;
  /** Share of the documents without it. */
  readonly missingShare: number;
  /** Share of the bytes on each physical partition, largest first. */
  readonly distribution: readonly number[];
}

export interface ShardKeyAdvice {
  readonly ns: Namespace;
  /** `none`: the collection does well without. */
  readonly needed: 'required' | 'advised' | 'none';
  readonly why: readonly Reason[];
  readonly candidates: readonly ShardKeyCandidate[];
}

/** What one collection takes on an RU account. */
export interface RuCollectionSizing {
  readonly ns: Namespace;
  /** Of one insert with the indexes that it has while it is copied, and with all of them. */
  readonly insert: Estimate;
  readonly insertWithIndexes: Estimate;
  readonly pointRead: Estimate;
  readonly query: Estimate;
  readonly replace: Estimate;
  readonly remove: Estimate;
  /** Writing every document once, and building the indexes that come afterwards. */
  readonly migration: Estimate;
  /** By the source's own rates. Absent where nothing is known of them. */
  readonly steady?: Estimate;
  readonly storage: Estimate;
  readonly partitions: Estimate;
}

/** One throughput that is paid for: a collection's own, or that of a database whose small collections share it. RU/s. */
export interface RuBudgetSizing {
  /** `db.coll` on the target, or `db.` where it is shared. */
  readonly budget: string;
  readonly collections: number;
  readonly storageBytes: number;
  /** For everyday life: by its known load, no less than the least that the service gives. */
  readonly steady: number;
  /** What the collection is made with, so that it has its partitions from the start; absent where one is enough. */
  readonly createWith?: number;
  /** While it is copied; absent where the everyday throughput is enough. */
  readonly boost?: number;
  /** The least that can be set after the boost. */
  readonly least: number;
}

export interface RuSizing {
  readonly collections: readonly RuCollectionSizing[];
  readonly budgets?: readonly RuBudgetSizing[];
  readonly migration: Estimate;
  /** RU of reading every document of the target once, as a full verification does. */
  readonly verification?: Estimate;
  /** How long the writing takes at the throughput of the budgets, by its charge alone. */
  readonly migrationMs?: Estimate;
  /** RU/s to be provisioned so that the copy takes no longer than was wished. */
  readonly migrationThroughput: Estimate;
  /** RU/s for everyday life; by the source's rates and by its cores (the published rule) where either is known. */
  readonly steadyByRates?: Estimate;
  readonly steadyByCores?: Estimate;
  /** The rates' load on average, without its peaks: what serverless and autoscale bill by. */
  readonly averageByRates?: Estimate;
  /** What is recommended of them, no less than the least that storage and the boost leave. */
  readonly steady: Estimate;
  /** The least throughput that can be set again after the migration. */
  readonly floorAfterBoost: Estimate;
  readonly preSplit: readonly {
    readonly ns: Namespace;
    readonly partitions: number;
    readonly createWithRuPerSecond: number;
    /** While it is copied: less than it was made with where a copy could not use so much. */
    readonly raiseToRuPerSecond: number;
    /** Hours at that throughput. */
    readonly durationMs: Estimate;
  }[];
  readonly storage: Estimate;
}

export interface VcoreSizing {
  readonly tier: string;
  readonly shards: number;
  readonly storageGib: number;
  readonly highAvailability: boolean;
  readonly reasons: readonly Reason[];
  readonly workingSet: Estimate;
  readonly storage: Estimate;
  readonly iops?: Estimate;
  /** The next smaller and larger one, and what each lacks or gives. */
  readonly alternatives: readonly { readonly tier: string; readonly reasons: readonly Reason[] }[];
}

/** One way of paying. Never a quote. */
export interface CostOption {
  readonly id: 'ru-manual' | 'ru-autoscale' | 'ru-serverless' | 'vcore';
  readonly possible: boolean;
  readonly why: readonly Reason[];
  /** Both absent where no price is known: see `missingPrices`. */
  readonly monthly?: Estimate;
  readonly migration?: Estimate;
  /** Ids of prices that the list lacks, which the user's own file can give. */
  readonly missingPrices?: readonly string[];
  /** Those that have a price. */
  readonly lines: readonly CostLine[];
}

export interface CostEstimate {
  readonly currency: string;
  /** ISO date of the price list, and where it is from: ours, or the user's file. */
  readonly pricesAsOf: string;
  readonly pricesFrom: string;
  readonly options: readonly CostOption[];
}

/** A copy that was simulated: see core/simulate. */
export interface SimulatedRun {
  /** Of the copy: from the start of the process to the last acknowledgement. What follows is in `phases`. */
  readonly durationMs: Estimate;
  /** What holds it up most of the time. */
  readonly limitedBy: 'request-units' | 'hot-partition' | 'source' | 'network' | 'target';
  /** Share of the provisioned throughput that is used. */
  readonly utilisation: number;
  /** Documents and RU that have arrived by share of the expected duration, 0 to 1, evenly spaced. */
  readonly course: readonly { readonly at: number; readonly documents: number }[];
  /** The slowest collections, with how long each takes. */
  readonly slowest: readonly { readonly ns: Namespace; readonly durationMs: number }[];
  /** One after another: writes to the source have to stop for their sum. */
  readonly phases?: { readonly copyMs: Estimate; readonly indexesMs: Estimate; readonly verificationMs: Estimate };
}

/** A change of one fact or wish, and the method that would then be recommended. */
export interface WhatIf {
  readonly id: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
  readonly recommended: MethodId;
  /** The same one; absent where no method is possible. */
  readonly best?: MethodId;
}

/** A source index and its form on the target. */
export interface IndexTranslation {
  /** On the source. */
  readonly ns: Namespace;
  /** On the target. */
  readonly target: Namespace;
  readonly indexes: readonly PlannedIndex[];
  /** What the collection is sharded by on the target: one hashed path on RU. */
  readonly shardKey?: readonly (readonly [string, number | string])[];
  /** The collection has a default collation on the target. */
  readonly collated?: boolean;
}

export interface TargetAssessment {
  readonly target: {
    readonly kind: 'cosmos-ru' | 'cosmos-vcore' | 'mongodb';
    readonly version: string;
    /** False where only the kind was named: the newest version that the service offers is taken. */
    readonly probed: boolean;
    readonly capabilities: readonly string[];
  };
  readonly findings: readonly Finding[];
  readonly failedRules: readonly FailedRule[];
  readonly indexes: readonly IndexTranslation[];
  readonly shardKeys: readonly ShardKeyAdvice[];
  readonly ru?: RuSizing;
  readonly vcore?: VcoreSizing;
  readonly cost?: CostEstimate;
  readonly recommendation: Recommendation;
  readonly whatWouldChange: readonly WhatIf[];
  readonly expectedRun?: SimulatedRun;
}

/** RU or vCore. */
export interface TargetChoice {
  readonly advised: 'cosmos-ru' | 'cosmos-vcore' | 'either';
  readonly reasons: readonly { readonly target: 'cosmos-ru' | 'cosmos-vcore'; readonly reason: Reason }[];
}

/** What a rerun finds against an earlier assessment, by finding. */
export interface AssessmentComparison {
  readonly earlierMadeAt: string;
  readonly targets: readonly {
    readonly kind: 'cosmos-ru' | 'cosmos-vcore' | 'mongodb';
    readonly fixed: readonly Finding[];
    readonly appeared: readonly Finding[];
    readonly stayed: number;
    /** Neither found nor ruled out this time: what they rest on was not looked at, or their rule failed. */
    readonly unknown?: readonly Finding[];
  }[];
}

/** Everything that is told of a source before it is migrated. The JSON form of the report; its schema is media/assessment.schema.json. */
export interface Assessment {
  readonly version: 1;
  /** ISO date. */
  readonly madeAt: string;
  readonly source: { readonly name: string; readonly cluster: ClusterFacts };
  readonly inventory: ClusterInventory;
  readonly scans: readonly CollectionScan[];
  readonly usage?: SourceUsage;
  /** What the user wants of the service, in the words of `--wants`; absent where they said nothing. */
  readonly wants?: readonly TargetWish[];
  /** Regions of an RU account, as the user said; absent where they said nothing. */
  readonly regions?: number;
  /** Throughput of an RU account, as the user said; absent where they said nothing. */
  readonly throughput?: Throughput;
  /** What was sent to the source, and what could not be read. */
  readonly reads: readonly PlannedRead[];
  readonly gaps: readonly ReadingGap[];
  /** Ids of the rules that were looked at, for each target. */
  readonly rules?: readonly string[];
  readonly targets: readonly TargetAssessment[];
  /** Where both services were looked at. */
  readonly choice?: TargetChoice;
  readonly comparison?: AssessmentComparison;
}
