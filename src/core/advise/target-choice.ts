import type { CostEstimate, RuSizing, SimulatedRun, TargetChoice, VcoreSizing } from '../model/assessment.js';
import type { Estimate } from '../model/estimate.js';
import type { ClusterInventory } from '../model/facts.js';
import type { Finding } from '../model/finding.js';
import type { Reason } from '../model/method.js';
import type { TargetWish } from '../model/target-wishes.js';
import type { SourceUsage } from '../model/usage.js';
import { GIB, MIB, TIB } from '../model/units.js';
import { MAX_UNSHARDED_RU_BYTES } from '../size/limits.js';
import { dataCollections, totalSize } from '../size/totals.js';

/** Every reason for or against one of the two services. Closed, so that words can be complete. */
export const TARGET_REASON_IDS = [
  'no-blockers',
  'blockers',
  'more-warnings',
  'documents-over-2mb',
  'needs-shard-keys',
  'hot-partition',
  'transactions-across-collections',
  'transactions-as-known',
  'text-search',
  'text-search-unsupported',
  'joins-in-use',
  'joins-charged-by-read',
  'point-reads-prevail',
  'cheaper',
  'cost-alike',
  'cost-unknown',
  'little-data',
  'spreads-without-end',
  'global-writes',
  'regions-for-reading',
  'elastic',
  'scaled-by-hand',
  'latency-promised',
  'usage-unknown',
] as const;
export type TargetReasonId = (typeof TARGET_REASON_IDS)[number];

export type ServiceKind = TargetChoice['reasons'][number]['target'];

export interface ServiceFacts {
  readonly findings: readonly Finding[];
  readonly cost?: CostEstimate;
  /** RU: the copy as it was simulated. */
  readonly expectedRun?: SimulatedRun;
}

export interface TargetChoiceInput {
  readonly ru: ServiceFacts & { readonly sizing?: RuSizing };
  readonly vcore: ServiceFacts & { readonly sizing?: VcoreSizing };
  readonly inventory: ClusterInventory;
  readonly usage?: SourceUsage;
  readonly wants?: readonly TargetWish[];
}

/** Points: a blocker outweighs everything, a matter of taste nothing. Judged, as is the distance below which both will do. */
const POINTS = { blocker: 40, much: 12, some: 6, little: 3, none: 0 } as const;
const CLEAR = 10;
/** So many more warnings say something; one or two more do not. */
const MANY_WARNINGS = 3;
/** What every RU account takes: see `largestDocument`. */
const SMALL_DOCUMENT = 2 * MIB;
/** The smallest disk of a vCore cluster: see `VCORE_DISKS`. */
const LITTLE_DATA = 32 * GIB;
/** Where more than one shard is advised on vCore: see `ONE_SHARD_GIB`. */
const MUCH_DATA = 4 * TIB;
/** Stages that put documents of several collections, or many documents, together: on RU each document that is read is charged. */
const JOINS: ReadonlySet<string> = new Set([
  '$lookup',
  '$graphLookup',
  '$facet',
  '$unionWith',
  '$bucketAuto',
  '$setWindowFields',
]);
/** Of queries that compare a field with one value. */
const POINT_READS = 0.9;
/** Fewer say nothing of what prevails. Judged. */
const ENOUGH_QUERIES = 100;

/**
 * RU or vCore, by what is known of the source and of both assessments. The answer is `either` unless one side is clearly ahead, and every reason that was weighed is told, also those that speak
 * against the answer. What each service is for: learn.microsoft.com/azure/cosmos-db/mongodb/choose-model.
 */
export function adviseTarget(input: TargetChoiceInput): TargetChoice {
  const weighed = new Weighed();
  weighFindings(weighed, input);
  weighData(weighed, input);
  weighUse(weighed, input);
  weighCost(weighed, input);
  weighWishes(weighed, input);
  return weighed.choice();
}

class Weighed {
  private readonly reasons: { target: ServiceKind; reason: Reason }[] = [];
  private readonly points: Record<ServiceKind, number> = { 'cosmos-ru': 0, 'cosmos-vcore': 0 };

  pro(target: ServiceKind, points: number, id: TargetReasonId, params: Reason['params'] = {}): void {
    this.points[target] += points;
    this.reasons.push({ target, reason: { id, params, weight: '+' } });
  }

  con(target: ServiceKind, points: number, id: TargetReasonId, params: Reason['params'] = {}): void {
    this.points[target] -= points;
    this.reasons.push({ target, reason: { id, params, weight: '-' } });
  }

  choice(): TargetChoice {
    const ahead = this.points['cosmos-ru'] - this.points['cosmos-vcore'];
    const advised = ahead >= CLEAR ? 'cosmos-ru' : ahead <= -CLEAR ? 'cosmos-vcore' : 'either';
    return { advised, reasons: this.reasons };
  }
}

const SIDES = ['cosmos-ru', 'cosmos-vcore'] as const;

function weighFindings(weighed: Weighed, { ru, vcore }: TargetChoiceInput): void {
  const count = (side: ServiceKind, severity: Finding['severity']): number =>
    (side === 'cosmos-ru' ? ru : vcore).findings.filter((f) => f.severity === severity).length;
  for (const side of SIDES) {
    const blockers = count(side, 'blocker');
    if (blockers > 0) weighed.con(side, POINTS.blocker, 'blockers', { count: blockers });
    else weighed.pro(side, POINTS.none, 'no-blockers');
  }
  const more = count('cosmos-ru', 'warning') - count('cosmos-vcore', 'warning');
  if (Math.abs(more) < MANY_WARNINGS) return;
  weighed.con(more > 0 ? 'cosmos-ru' : 'cosmos-vcore', POINTS.some, 'more-warnings', { count: Math.abs(more) });
}

function weighData(weighed: Weighed, { inventory, ru }: TargetChoiceInput): void {
  const data = dataCollections(inventory.collections);
  const { logicalBytes, storageBytes } = totalSize(data);
  const large = data.filter((c) => (c.sample?.largestBytes ?? 0) > SMALL_DOCUMENT).length;
  if (large > 0) weighed.con('cosmos-ru', POINTS.much, 'documents-over-2mb', { collections: large });
  const unsharded = data.filter((c) => !c.shardKey && c.logicalBytes > MAX_UNSHARDED_RU_BYTES).length;
  if (unsharded > 0)
    weighed.con('cosmos-ru', POINTS.some, 'needs-shard-keys', {
      collections: unsharded,
      limitBytes: MAX_UNSHARDED_RU_BYTES,
    });
  if (ru.expectedRun?.limitedBy === 'hot-partition') weighed.con('cosmos-ru', POINTS.some, 'hot-partition');
  if (storageBytes > 0 && storageBytes < LITTLE_DATA)
    weighed.pro('cosmos-vcore', POINTS.little, 'little-data', { sizeBytes: storageBytes });
  if (logicalBytes > MUCH_DATA)
    weighed.pro('cosmos-ru', POINTS.some, 'spreads-without-end', { sizeBytes: logicalBytes });
}

function weighUse(weighed: Weighed, { usage, inventory }: TargetChoiceInput): void {
  const hasTextIndex = inventory.collections.some(({ indexes }) =>
    indexes.some(({ key }) => key.some(([, value]) => value === 'text')),
  );
  const uses = (name: string): boolean => usage?.features.some((f) => f.name === name) ?? false;
  if (hasTextIndex || uses('$text')) {
    weighed.con('cosmos-ru', POINTS.much, 'text-search-unsupported');
    weighed.pro('cosmos-vcore', POINTS.none, 'text-search');
  }
  if (!usage) {
    for (const side of SIDES) weighed.pro(side, POINTS.none, 'usage-unknown');
    return;
  }
  const transactions = usage.transactionsCommitted ?? 0;
  if (transactions > 0 || uses('commitTransaction')) {
    weighed.con('cosmos-ru', POINTS.much, 'transactions-across-collections', { count: transactions });
    weighed.pro('cosmos-vcore', POINTS.none, 'transactions-as-known');
  }
  const joins = [...new Set(usage.features.map(({ name }) => name).filter((name) => JOINS.has(name)))];
  if (joins.length > 0) {
    weighed.pro('cosmos-vcore', POINTS.some, 'joins-in-use', { names: joins.join(', ') });
    weighed.con('cosmos-ru', POINTS.little, 'joins-charged-by-read', { names: joins.join(', ') });
  }
  const points = usage.fields.reduce((sum, f) => sum + f.equality, 0);
  const queries = points + usage.fields.reduce((sum, f) => sum + f.otherwise, 0);
  if (queries >= ENOUGH_QUERIES && points / queries >= POINT_READS && joins.length === 0)
    weighed.pro('cosmos-ru', POINTS.some, 'point-reads-prevail', { percent: Math.round((points / queries) * 100) });
}

/** Estimates that overlap say nothing of which is cheaper. */
function weighCost(weighed: Weighed, { ru, vcore }: TargetChoiceInput): void {
  const [byRu, byVcore] = [leastOf(ru.cost), leastOf(vcore.cost)];
  if (!byRu || !byVcore) {
    if (!byRu) weighed.pro('cosmos-ru', POINTS.none, 'cost-unknown');
    if (!byVcore) weighed.pro('cosmos-vcore', POINTS.none, 'cost-unknown');
    return;
  }
  const currency = ru.cost?.currency ?? '';
  if (currency === vcore.cost?.currency) {
    if (byRu.high < byVcore.low)
      return weighed.pro('cosmos-ru', POINTS.much, 'cheaper', costParams(byRu, byVcore, currency));
    if (byVcore.high < byRu.low)
      return weighed.pro('cosmos-vcore', POINTS.much, 'cheaper', costParams(byVcore, byRu, currency));
  }
  weighed.pro('cosmos-ru', POINTS.none, 'cost-alike', costParams(byRu, byVcore, currency));
  weighed.pro('cosmos-vcore', POINTS.none, 'cost-alike', costParams(byVcore, byRu, currency));
}

/** The cheapest way of paying that is possible. */
function leastOf(cost: CostEstimate | undefined): Estimate | undefined {
  const possible = (cost?.options ?? []).flatMap(({ possible: can, monthly }) => (can && monthly ? [monthly] : []));
  return possible.reduce<Estimate | undefined>(
    (least, m) => (!least || m.expected < least.expected ? m : least),
    undefined,
  );
}

function costParams(own: Estimate, other: Estimate, currency: string): Reason['params'] {
  return { low: own.low, high: own.high, otherLow: other.low, otherHigh: other.high, currency };
}

function weighWishes(weighed: Weighed, { wants = [] }: TargetChoiceInput): void {
  if (wants.includes('global-writes')) {
    weighed.pro('cosmos-ru', POINTS.much, 'global-writes');
    weighed.con('cosmos-vcore', POINTS.some, 'regions-for-reading');
  }
  if (wants.includes('elastic')) {
    weighed.pro('cosmos-ru', POINTS.some, 'elastic');
    weighed.con('cosmos-vcore', POINTS.little, 'scaled-by-hand');
  }
  if (wants.includes('low-latency')) weighed.pro('cosmos-ru', POINTS.some, 'latency-promised');
}
