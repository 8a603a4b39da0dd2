import { advise } from '../advise/advise.js';
import type { AdviceInput } from '../advise/facts.js';
import { whatWouldChange } from '../advise/what-would-change.js';
import { estimateCost } from '../cost/estimate-cost.js';
import type { HeldTarget } from '../cost/method-cost.js';
import { regionsOf, type Regions } from '../cost/regions.js';
import { adviceInputOf, type DecideInput } from '../decide/decide.js';
import { simulatedCopy } from '../decide/simulated-copy.js';
import type {
  IndexTranslation,
  RuBudgetSizing,
  RuSizing,
  ShardKeyAdvice,
  SimulatedRun,
  TargetAssessment,
  VcoreSizing,
} from '../model/assessment.js';
import { formatNamespace } from '../model/namespace.js';
import { selectedCollections } from '../plan/make-plan.js';
import { adviseShardKey } from '../shard-key/advise-shard-key.js';
import { requiredRuPerSecond } from '../size/required-ru.js';
import { sizeForRu } from '../size/ru-sizing.js';
import { dataCollections } from '../size/totals.js';
import { sizeForVcore } from '../size/vcore-sizing.js';
import { assess, type AssessInput } from './assess.js';
import { indexTranslations } from './index-translations.js';
import type { AssessedTarget, AssessmentInput } from './assessment-input.js';
import type { Rule } from './rule.js';
import { sizedThroughput, type SizedThroughput } from './sized-throughput.js';

/** Findings, sizes, cost, method and expected run for one target. @throws MigrationError `bad-number`. */
export function assessTarget(target: AssessedTarget, input: AssessmentInput, rules: readonly Rule[]): TargetAssessment {
  const { description, cluster } = target;
  const { inventory, wishes = {}, usage, prices } = input;
  const isRu = description.kind === 'cosmos-ru';
  const collections = selectedCollections(inventory, input.selection);
  const facts = factsFor(target, input);
  const indexes = indexTranslations(facts);
  const ru = isRu ? ruSizing(target, input, indexes) : undefined;
  const vcore =
    description.kind === 'cosmos-vcore'
      ? sizeForVcore({ collections, indexes, ...(usage ? { usage } : {}) })
      : undefined;
  const shardKeys = shardKeyAdvice(target, input, ru);
  // What nobody said is what the sizing asks for.
  const sized =
    ru && ru.collections.length > 0 && input.throughput === undefined
      ? sizedThroughput(ru, dataCollections(collections), indexes)
      : undefined;
  const { advice, expectedRun } = advised(target, input, { ru, vcore, sized });
  const recommendation = advise(advice);
  const recommended = recommendation.ranked.find(({ method }) => method === recommendation.recommended);
  const copyMs =
    recommendation.recommended === 'direct-copy' && expectedRun
      ? expectedRun.durationMs
      : recommended && { unit: 'milliseconds' as const, ...recommended.durationMs, assumptions: [] };
  const { findings, failedRules } = assess(
    {
      ...facts,
      indexes,
      method: recommendation.recommended,
      ...(wishes.online === undefined ? {} : { online: wishes.online }),
      ...(copyMs ? { expectedCopyMs: copyMs.expected } : {}),
      ...(ru ? { requiredRuPerSecond: requiredRuPerSecond(ru) } : {}),
    },
    rules,
  );
  const cost =
    ru || vcore
      ? estimateCost({
          prices,
          ...(ru ? { ru } : {}),
          ...(vcore ? { vcore } : {}),
          regions: regionsFor(target, input),
          ...(copyMs ? { copyMs } : {}),
        })
      : undefined;
  return {
    target: {
      kind: description.kind,
      version: description.versionArray.join('.'),
      probed: cluster !== undefined,
      capabilities: [...description.capabilities],
    },
    findings,
    failedRules,
    indexes,
    shardKeys,
    ...(ru ? { ru } : {}),
    ...(vcore ? { vcore } : {}),
    ...(cost ? { cost } : {}),
    recommendation,
    whatWouldChange: whatWouldChange(advice),
    ...(expectedRun && recommendation.recommended === 'direct-copy' ? { expectedRun } : {}),
  };
}

function factsFor({ description }: AssessedTarget, input: AssessmentInput): AssessInput {
  const { inventory, selection, scans, shardKeys, usage } = input;
  return {
    inventory,
    target: description,
    selection,
    scans,
    ...(shardKeys ? { shardKeys } : {}),
    ...(usage ? { usage } : {}),
  };
}

function ruSizing(
  { description }: AssessedTarget,
  { inventory, selection, scans, usage, shardKeys, wishedCopyMs, measured }: AssessmentInput,
  indexes: readonly IndexTranslation[],
): RuSizing {
  return sizeForRu({
    collections: selectedCollections(inventory, selection),
    indexes,
    scans,
    target: description,
    ...(usage ? { usage } : {}),
    ...(shardKeys ? { shardKeys } : {}),
    ...(wishedCopyMs === undefined ? {} : { wishedCopyMs }),
    ...(measured ? { measured } : {}),
  });
}

function shardKeyAdvice(
  { description }: AssessedTarget,
  { inventory, selection, scans, usage }: AssessmentInput,
  ru: RuSizing | undefined,
): readonly ShardKeyAdvice[] {
  if (description.kind === 'mongodb') return [];
  const scanOf = new Map(scans.map((scan) => [formatNamespace(scan.ns), scan]));
  const sizingOf = new Map(ru?.collections.map((sizing) => [formatNamespace(sizing.ns), sizing]));
  return dataCollections(selectedCollections(inventory, selection)).map((collection) => {
    const name = formatNamespace(collection.ns);
    const scan = scanOf.get(name);
    const sizing = sizingOf.get(name);
    return adviseShardKey({
      collection,
      target: description,
      ...(scan ? { scan } : {}),
      ...(usage ? { usage } : {}),
      ...(sizing ? { sizing, partitions: sizing.partitions.expected } : {}),
    });
  });
}

/** What the wizard goes by, too. */
function decideInput(assessed: AssessedTarget, input: AssessmentInput): DecideInput {
  const { description, cluster } = assessed;
  const { inventory, selection, throughput, collectionThroughput, shardKeys, measured, trial, wishes, usage, scans } =
    input;
  const { settings } = input;
  return {
    inventory,
    selection,
    target: description,
    ...(cluster ? { targetCluster: cluster } : {}),
    ...(throughput ? { throughput } : {}),
    ...(collectionThroughput ? { collectionThroughput } : {}),
    ...(shardKeys ? { shardKeys } : {}),
    ...(measured ? { insert: measured } : {}),
    ...(trial ? { trial } : {}),
    ...(wishes ? { wishes } : {}),
    ...(usage ? { usage } : {}),
    ...(settings ? { settings } : {}),
    pricing: { prices: input.prices, ...regionsFor(assessed, input) },
    scans,
  };
}

interface Sized {
  readonly ru: RuSizing | undefined;
  readonly vcore: VcoreSizing | undefined;
  readonly sized: SizedThroughput | undefined;
}

interface Advised {
  readonly advice: AdviceInput;
  /** Absent for an RU target whose throughput nobody said, and that there is no sizing of. */
  readonly expectedRun: SimulatedRun | undefined;
}

/** As `decide` does it; where nobody said a throughput, with the one that was sized. */
function advised(assessed: AssessedTarget, input: AssessmentInput, { ru, vcore, sized }: Sized): Advised {
  const decided = decideInput(assessed, input);
  const advice = adviceInputOf(decided);
  if (vcore) return { advice: heldAs(advice, heldCluster(vcore)), expectedRun: advice.simulated };
  if (!sized || advice.simulated) return { advice, expectedRun: advice.simulated };
  const expectedRun = simulatedCopy(
    {
      ...decided,
      collectionThroughput: { ...sized.collections, ...input.collectionThroughput },
      sharedRuPerSecond: sized.shared,
    },
    undefined,
    undefined,
  );
  // Of an account that was looked at, its owner says the throughput: the wizard shows the same.
  if (assessed.cluster || advice.targetRuPerSecond !== undefined) return { advice, expectedRun };
  const usable = usableRate(sized, expectedRun);
  return {
    advice: {
      ...(ru ? heldAs(advice, heldThroughput(ru)) : advice),
      targetRuPerSecond: usable,
      ...(usable < sized.ruPerSecond ? { provisionedRuPerSecond: sized.ruPerSecond } : {}),
      ...(expectedRun ? { simulated: expectedRun } : {}),
    },
    expectedRun,
  };
}

/** What was said counts before what was read of the target. */
function regionsFor({ account }: AssessedTarget, { regions, wants }: AssessmentInput): Regions {
  return regionsOf({ regions, wants, account });
}

function heldAs(advice: AdviceInput, held: HeldTarget): AdviceInput {
  return advice.pricing ? { ...advice, pricing: { ...advice.pricing, held } } : advice;
}

/** All budgets as they are sized for the copy, whether they are raised for it or not. */
function heldThroughput({ budgets = [] }: RuSizing): HeldTarget {
  const sum = (of: (budget: RuBudgetSizing) => number): number => budgets.reduce((all, budget) => all + of(budget), 0);
  const whileCopying = ({ boost, steady }: RuBudgetSizing): number => boost ?? steady;
  return {
    kind: 'throughput',
    manual: sum(whileCopying),
    autoscale: 0,
    first: sum((budget) => Math.max(whileCopying(budget), budget.createWith ?? 0)),
    by: 'sized',
  };
}

/** The tier that it has while data is copied, which may be larger than the one for everyday life. */
function heldCluster({ tier, shards, highAvailability, reasons }: VcoreSizing): HeldTarget {
  const larger = reasons.find(({ id }) => id === 'larger-while-copying')?.params['tier'];
  return {
    kind: 'cluster',
    tier: typeof larger === 'string' ? larger : tier,
    shards,
    nodes: shards * (highAvailability ? 2 : 1),
  };
}

/** RU/s that a whole copy gets on average: what one database does not use is no help to another. */
function usableRate({ ruPerSecond }: SizedThroughput, simulated: SimulatedRun | undefined): number {
  // Where there are no documents nothing is written, and no rate can be told.
  return simulated && simulated.utilisation > 0 ? ruPerSecond * simulated.utilisation : ruPerSecond;
}
