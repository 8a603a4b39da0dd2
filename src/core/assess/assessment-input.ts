import type { AdviceInput, AdviceWishes } from '../advise/facts.js';
import type { PriceList } from '../cost/price-list.js';
import type { Assessment } from '../model/assessment.js';
import type { ClusterFacts, ClusterInventory, Throughput } from '../model/facts.js';
import type { NamespaceSelection } from '../model/namespace.js';
import type { PlannedRead, ReadingGap } from '../model/reading.js';
import type { AccountRegions } from '../model/regions.js';
import type { CollectionScan } from '../model/scan.js';
import type { TargetWish } from '../model/target-wishes.js';
import type { SourceUsage } from '../model/usage.js';
import type { TargetDescription } from '../plan/target.js';
import type { MeasuredInsert } from '../size/table-factor.js';
import type { Trial } from '../size/trial.js';

/** One service that the source is looked at for. */
export interface AssessedTarget {
  readonly description: TargetDescription;
  /** What a probe learnt; absent where only its kind was named. */
  readonly cluster?: ClusterFacts;
  /** Where it was found in Azure: what its cost is reckoned with as long as nobody says otherwise. */
  readonly account?: AccountRegions;
}

/** Everything that was read and everything that the user said. */
export interface AssessmentInput {
  /** ISO date; core has no clock. */
  readonly madeAt: string;
  /** What the source is called. */
  readonly name: string;
  readonly inventory: ClusterInventory;
  readonly selection: NamespaceSelection;
  readonly scans: readonly CollectionScan[];
  readonly usage?: SourceUsage;
  readonly reads: readonly PlannedRead[];
  readonly gaps: readonly ReadingGap[];
  readonly targets: readonly AssessedTarget[];
  readonly prices: PriceList;
  readonly wishes?: AdviceWishes;
  /** Sizes up to which methods are advised, where they are not Microsoft's. */
  readonly settings?: AdviceInput['settings'];
  /** Of the service; nothing said counts for nothing. */
  readonly wants?: readonly TargetWish[];
  /** RU targets: regions of the account. Absent: as `regionsOf` has it. */
  readonly regions?: number;
  /** RU targets: as in a plan. */
  readonly throughput?: Throughput;
  readonly collectionThroughput?: Readonly<Record<string, Throughput>>;
  readonly shardKeys?: Readonly<Record<string, string>>;
  /** Measured with the user's consent: RU of an insert. */
  readonly measured?: MeasuredInsert;
  readonly trial?: Trial;
  /** How long the copy may take. */
  readonly wishedCopyMs?: number;
  /** Of an earlier run, to tell what has changed. */
  readonly earlier?: Assessment;
}
