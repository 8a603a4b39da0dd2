/** What moving the data costs by each method: the target while it is written to, and whoever does the moving. */
import type { MethodCost } from '../model/cost.js';
import type { Assumption } from '../model/estimate.js';
import type { MethodId } from '../model/method.js';
import { requestUnits, ruPerSecond } from '../model/units.js';
import { sparkWorkers } from '../plan/spark-workers.js';
import { assume } from '../size/assumption-ids.js';
import { atLeast, exactly, mapBand, times, type Band } from '../size/bands.js';
import { SIZE_SOURCES } from '../size/sources.js';
import { copyPace, UNITS_PER_COPY } from '../tune/copy-activities.js';
import { billedHoursOf } from './billed-hours.js';
import type { CostGapId } from './cost-ids.js';
import { PricedLines } from './priced.js';
import { tierPriceId, type PriceList } from './price-list.js';
import { regionAssumption, type Regions } from './regions.js';

/** What of the target is paid for while the data is moved. */
export type HeldTarget =
  | {
      readonly kind: 'throughput';
      /** RU/s of all collections and databases together, by how they are paid for. */
      readonly manual: number;
      readonly autoscale: number;
      /** Manual RU/s of the first hour, where collections are made with more than they are copied with. */
      readonly first?: number;
      /** `sized`: nobody said it. */
      readonly by: 'sized' | 'said';
    }
  | { readonly kind: 'serverless'; /** RU of writing everything. */ readonly ru: Band }
  /** vCore: `nodes` with those that stand by. */
  | { readonly kind: 'cluster'; readonly tier: string; readonly shards: number; readonly nodes: number }
  /** Nobody said it. */
  | { readonly kind: 'not-known'; readonly gap: Extract<CostGapId, 'throughput-not-said' | 'cluster-not-sized'> }
  /** Servers of one's own. */
  | { readonly kind: 'own' };

export interface MethodPricing extends Regions {
  readonly prices: PriceList;
  readonly held: HeldTarget;
}

/** What is moved, and how fast the target takes it: what a service is made as large as it is for. */
export interface MovedData {
  readonly targetKind: 'cosmos-ru' | 'cosmos-vcore' | 'mongodb';
  readonly documents: number;
  readonly logicalBytes: number;
  readonly ruPerSecond?: number;
  readonly ruPerDocument?: number;
  readonly ownsStudio3t?: boolean;
}

const HOUR_MS = 3_600_000;

/**
 * The cost of one method that takes `durationMs`: the target's whole throughput or cluster for as long, and the method's own service, by the list of prices. What has no price is named, never guessed.
 * Building indexes and checking afterwards are not in it, nor is traffic.
 */
export function methodCost(method: MethodId, durationMs: Band, moved: MovedData, pricing: MethodPricing): MethodCost {
  const lines = new PricedLines(pricing.prices);
  const gaps: MethodCost['leftOut'][number][] = [];
  addTarget(lines, gaps, durationMs, pricing);
  addService(lines, gaps, method, durationMs, moved);
  return lines.method(gaps);
}

type Gaps = MethodCost['leftOut'][number][];

function addTarget(lines: PricedLines, gaps: Gaps, durationMs: Band, pricing: MethodPricing): void {
  const { held } = pricing;
  const hours = atLeast(billedHoursOf(durationMs), 1);
  switch (held.kind) {
    case 'own':
      return;
    case 'not-known':
      gaps.push({ id: held.gap, params: {} });
      return;
    case 'serverless':
      lines.add('migration', 'held-serverless', 'serverless', times(held.ru, 1e-6), { ru: held.ru.expected }, [
        assume('charge-only', 'judged'),
      ]);
      return;
    case 'cluster':
      addCluster(lines, held, hours);
      return;
    case 'throughput':
      addThroughput(lines, held, hours, pricing);
  }
}

function addCluster(
  lines: PricedLines,
  { tier, shards, nodes }: Extract<HeldTarget, { kind: 'cluster' }>,
  hours: Band,
): void {
  const price = tierPriceId(tier);
  if (!price) return;
  lines.add('migration', 'held-vcore', price, times(hours, nodes), { tier, nodes, hours: hours.expected }, [
    assume('held-while-moving', 'judged'),
    ...(nodes > shards
      ? [assume('availability-doubles', 'unverified', { shards, nodes }, SIZE_SOURCES.vcoreAvailability)]
      : []),
  ]);
}

function addThroughput(
  lines: PricedLines,
  { manual, autoscale, first = manual, by }: Extract<HeldTarget, { kind: 'throughput' }>,
  hours: Band,
  known: Regions,
): void {
  const { regions, multipleWriteRegions } = known;
  const about: readonly Assumption[] = [
    assume('held-while-moving', 'judged'),
    by === 'sized' ? assume('throughput-as-sized', 'judged') : assume('throughput-as-said', 'said'),
    assume('wall-clock-hours', 'published', {}, SIZE_SOURCES.bill),
    regionAssumption(known),
  ];
  const several = multipleWriteRegions ? '-multi-write' : '';
  if (manual > 0 || first > 0) {
    const units = mapBand(hours, (h) => ((first + manual * (h - 1)) / 100) * regions);
    const params = { ruPerSecond: manual, first, hours: hours.expected, regions };
    lines.add('migration', 'held-manual', `throughput-manual${several}`, units, params, about);
  }
  if (autoscale > 0) {
    const params = { maxRuPerSecond: autoscale, hours: hours.expected, regions };
    const units = times(hours, (autoscale / 100) * regions);
    lines.add('migration', 'held-autoscale', `throughput-autoscale${several}`, units, params, about);
  }
}

function addService(lines: PricedLines, gaps: Gaps, method: MethodId, durationMs: Band, moved: MovedData): void {
  const hours = mapBand(durationMs, (ms) => ms / HOUR_MS);
  const whileMoving = assume('service-while-moving', 'judged');
  const params = { ms: durationMs.expected };
  switch (method) {
    case 'data-factory': {
      const copies = parallelCopies(moved);
      const units = times(hours, copies * UNITS_PER_COPY);
      const said = { ...params, copies, units: UNITS_PER_COPY };
      lines.add('migration', 'data-factory-units', 'data-factory-unit', units, said, [
        assume('copies-at-once', 'judged', { copies, units: UNITS_PER_COPY }, SIZE_SOURCES.dataFactoryUnits),
      ]);
      gaps.push({ id: 'data-factory-runs', params: {} });
      return;
    }
    case 'spark-databricks': {
      const workers = sparkWorkersFor(moved);
      // The driver is a node as well.
      const nodes = workers + 1;
      lines.add('migration', 'databricks-nodes', 'databricks-node', times(hours, nodes), { ...params, nodes }, [
        assume('nodes-as-planned', 'judged', { workers }),
      ]);
      return;
    }
    case 'dms':
      lines.add('migration', 'dms-service', 'dms', times(hours, exactly(1)), params, [whileMoving]);
      return;
    case 'studio-3t':
      if (!moved.ownsStudio3t) gaps.push({ id: 'studio-3t-licence', params: {} });
      lines.add('migration', 'machine', 'machine', hours, params, [whileMoving]);
      return;
    case 'direct-copy':
    case 'dump-restore':
    case 'export-import':
      lines.add('migration', 'machine', 'machine', hours, params, [whileMoving]);
  }
}

function parallelCopies({ targetKind, ruPerSecond: rate, ruPerDocument }: MovedData): number {
  return copyPace({
    target: targetKind === 'cosmos-ru' ? 'ru' : 'vcore',
    ...(rate === undefined ? {} : { ruPerSecond: ruPerSecond(rate) }),
    ...(ruPerDocument === undefined ? {} : { ruPerDocument: requestUnits(ruPerDocument) }),
  }).parallelRanges;
}

function sparkWorkersFor({ documents, logicalBytes, ruPerSecond: rate, ruPerDocument }: MovedData): number {
  return sparkWorkers({
    documents,
    logicalBytes,
    tuning: {
      ...(rate === undefined ? {} : { ruPerSecond: ruPerSecond(rate) }),
      ...(ruPerDocument === undefined ? {} : { ruPerDocument: requestUnits(ruPerDocument) }),
    },
  });
}
