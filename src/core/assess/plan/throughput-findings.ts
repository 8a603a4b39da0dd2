import type { Throughput } from '../../model/facts.js';
import { formatNamespace } from '../../model/namespace.js';
import { isFiles, type OfferedThroughput, type Plan, type PlannedCollection } from '../../model/plan.js';
import { ruPerSecond } from '../../model/units.js';
import { figureOf } from '../../plan/throughput-raise.js';
import { AUTOSCALE_RU_PER_SECOND, MANUAL_RU_PER_SECOND, MAX_UNSHARDED_RU_PER_SECOND } from '../../size/limits.js';
import { planFinding, type JsonPath, type PlanFinding, type PlanFix } from './plan-finding.js';

/** A copy of one collection that takes longer than this is told of. Judged: a migration that is watched over ends within a day. */
const LONG_SECONDS = 24 * 3600;
/** Largest throughput without a support ticket. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
const MOST_RU_PER_SECOND = 1_000_000;

type OfferedKind = OfferedThroughput['kind'];

const OFFER = { manual: MANUAL_RU_PER_SECOND, autoscale: AUTOSCALE_RU_PER_SECOND } as const;

/** Rounded up to what can be offered, and within what a collection can have. Undefined where it cannot have so much. */
function offered(kind: OfferedKind, wanted: number, sharded: boolean): OfferedThroughput | undefined {
  const { least, step } = OFFER[kind];
  const figure = Math.max(least, Math.ceil(wanted / step) * step);
  if (figure > (sharded ? MOST_RU_PER_SECOND : MAX_UNSHARDED_RU_PER_SECOND)) return undefined;
  return kind === 'manual' ? { kind, ruPerSecond: ruPerSecond(figure) } : { kind, maxRuPerSecond: ruPerSecond(figure) };
}

function settingOf(throughput: OfferedThroughput, ats: readonly JsonPath[]): PlanFix {
  return {
    id: throughput.kind === 'manual' ? 'set-manual-throughput' : 'set-autoscale',
    params: { ruPerSecond: figureOf(throughput) },
    edits: ats.map((at) => ({ at: [...at, 'throughput'], value: throughput })),
  };
}

/** The request units of writing a collection once; undefined where nothing is known of a document's charge. */
function unitsOf({ documents }: PlannedCollection, { tuning }: Pick<Plan, 'tuning'>): number | undefined {
  return tuning.ruPerDocument === undefined ? undefined : documents * tuning.ruPerDocument;
}

function isOffered(throughput: Throughput | undefined): throughput is OfferedThroughput {
  return throughput?.kind === 'manual' || throughput?.kind === 'autoscale';
}

/** What the throughput of one collection comes to, RU targets only. */
export function throughputFindings(plan: Plan, collection: PlannedCollection, at: JsonPath): readonly PlanFinding[] {
  const { throughput, shardKey, source: ns } = collection;
  if (plan.targetKind !== 'cosmos-ru' || collection.options.view || !isOffered(throughput)) return [];
  const sharded = shardKey !== undefined;
  const figure = figureOf(throughput);
  const { least, step } = OFFER[throughput.kind];
  const place = [...at, 'throughput', 'kind'];
  const same = (wanted: number): PlanFix[] => {
    const next = offered(throughput.kind, wanted, sharded);
    return next ? [settingOf(next, [at])] : [];
  };
  if (!sharded && figure > MAX_UNSHARDED_RU_PER_SECOND) {
    const params = { ruPerSecond: figure, limit: MAX_UNSHARDED_RU_PER_SECOND };
    const finding = planFinding('plan-throughput-over-partition', params, ns);
    return [{ finding, at: place, fixes: same(MAX_UNSHARDED_RU_PER_SECOND) }];
  }
  if (figure < least || figure % step !== 0) {
    const finding = planFinding('plan-throughput-refused', { ruPerSecond: figure, least, step }, ns);
    return [{ finding, at: place, fixes: same(figure) }];
  }
  const budget = formatNamespace(collection.target);
  const raise = plan.throughputRaises?.find((one) => one.budget === budget);
  const rate = raise ? figureOf(raise.raiseTo) : figure;
  const units = unitsOf(collection, plan);
  if (units === undefined || units / rate <= LONG_SECONDS) return [];
  const finding = planFinding('plan-copy-takes-long', { ms: (units / rate) * 1000, ruPerSecond: rate }, ns);
  // What is raised for the time of the copy is decided elsewhere.
  const fixes = raise ? [] : enough(units, sharded).map((one) => settingOf(one, [at]));
  return [{ finding, at: place, fixes }];
}

function enough(units: number, sharded: boolean): readonly OfferedThroughput[] {
  return (['manual', 'autoscale'] as const).flatMap((kind) => offered(kind, units / LONG_SECONDS, sharded) ?? []);
}

/** Collections whose throughput the plan leaves to the account: told once for all. */
export function unsaidThroughput(plan: Plan): readonly PlanFinding[] {
  if (plan.targetKind !== 'cosmos-ru' || isFiles(plan.target)) return [];
  const open = plan.collections.flatMap((collection, i) =>
    collection.options.view || collection.throughput ? [] : [{ collection, at: ['collections', i] }],
  );
  if (open.length === 0) return [];
  const ats = open.map(({ at }) => at);
  const wanted = Math.max(...open.map(({ collection }) => (unitsOf(collection, plan) ?? 0) / LONG_SECONDS));
  const sharded = open.every(({ collection }) => collection.shardKey !== undefined);
  const least = (kind: OfferedKind): PlanFix[] => {
    const most = sharded ? MOST_RU_PER_SECOND : MAX_UNSHARDED_RU_PER_SECOND;
    const one = offered(kind, Math.min(wanted, most), sharded);
    return one ? [settingOf(one, ats)] : [];
  };
  const serverless: PlanFix = {
    id: 'set-serverless',
    params: {},
    edits: ats.map((at) => ({ at: [...at, 'throughput'], value: { kind: 'serverless' } })),
  };
  const finding = planFinding('plan-throughput-unsaid', { collections: open.length });
  return [{ finding, at: ['targetKind'], fixes: [...least('manual'), ...least('autoscale'), serverless] }];
}
