import { advise } from '../advise/advise.js';
import type { AdviceInput, AdviceWishes } from '../advise/facts.js';
import { assess, type AssessInput } from '../assess/assess.js';
import type { HeldTarget, MethodPricing } from '../cost/method-cost.js';
import type { Throughput } from '../model/facts.js';
import type { Finding } from '../model/finding.js';
import type { MethodId, Recommendation } from '../model/method.js';
import { formatNamespace } from '../model/namespace.js';
import type { Tuning } from '../model/plan.js';
import type { SourceUsage } from '../model/usage.js';
import { milliseconds, ruPerSecond, type Milliseconds } from '../model/units.js';
import { selectedCollections } from '../plan/make-plan.js';
import { exactly } from '../size/bands.js';
import { MANUAL_RU_PER_SECOND } from '../size/limits.js';
import { dataCollections, migrationCharge } from '../size/totals.js';
import { usableRate } from '../size/usable-rate.js';
import type { FixedTuning } from '../tune/limits.js';
import { tune, tuneInputFor } from '../tune/tune.js';
import { givenThroughput, simulatedCopy, type CopyInput } from './simulated-copy.js';

export interface DecideInput extends CopyInput {
  /** RU targets: throughput of every new collection. */
  readonly throughput?: Throughput;
  /** What the source is used for: how much is written, and how far its oplog reaches back. */
  readonly usage?: SourceUsage;
  readonly fixed?: FixedTuning;
  /** What each method costs is reckoned by these. */
  readonly pricing?: Omit<MethodPricing, 'held'>;
  readonly wishes?: AdviceWishes;
  readonly settings?: AdviceInput['settings'];
  /** Chosen by the user; without it the recommended one. */
  readonly method?: MethodId;
}

export interface Decisions {
  readonly recommendation: Recommendation;
  readonly findings: readonly Finding[];
  /** Absent where only the target's kind is known. */
  readonly tuning?: Tuning;
  /** RU/s that the whole copy gets on average; absent where nobody said, and where the target does not meter. */
  readonly ruPerSecond?: number;
  /** RU targets whose throughput nobody said: how long each method is expected to take with the least that a new collection can have, which accounts give by themselves. */
  readonly leastThroughputMs?: ReadonlyMap<MethodId, Milliseconds>;
}

/** Everything that follows from the facts and the user's choices: what wizard and command line show, and what goes into the plan. @throws MigrationError `bad-number`. */
export function decide(input: DecideInput): Decisions {
  const pace = decidePace(input);
  const { recommended } = pace.recommendation;
  const expectedCopyMs = expectedCopy(input.method ?? recommended, pace);
  const { online } = input.wishes ?? {};
  return {
    ...pace,
    findings: decideFindings(
      {
        ...input,
        ...(online === undefined ? {} : { online }),
        ...(expectedCopyMs === undefined ? {} : { expectedCopyMs }),
      },
      recommended,
    ),
  };
}

/** How long the data takes by a method: where nobody said a throughput, with the least, which is what new collections then have. */
export function expectedCopy(
  method: MethodId,
  { recommendation, leastThroughputMs }: Omit<Decisions, 'findings'>,
): number | undefined {
  return (
    leastThroughputMs?.get(method) ??
    recommendation.ranked.find((ranked) => ranked.method === method)?.durationMs.expected
  );
}

/** All but the findings, which hang on no number but the time of the copy: numbers are tried out one after another. @throws MigrationError `bad-number`. */
export function decidePace(input: DecideInput): Omit<Decisions, 'findings'> {
  const { throughput } = input;
  const tuning = tuningOf(input);
  const rate = rateFor(input, throughput, tuning);
  const leastRate =
    rate === undefined && throughput === undefined ? rateFor(input, LEAST_THROUGHPUT, tuning) : undefined;
  return {
    recommendation: advise(adviceInput(input, rate, throughput, tuning)),
    ...(tuning ? { tuning } : {}),
    ...(rate === undefined ? {} : { ruPerSecond: rate }),
    ...(leastRate === undefined
      ? {}
      : {
          leastThroughputMs: new Map(
            advise(adviceInput(input, leastRate, LEAST_THROUGHPUT, tuning)).ranked.map(
              (m) => [m.method, m.durationMs.expected] as const,
            ),
          ),
        }),
  };
}

/** Absent where only the target's kind is known. */
function tuningOf(input: DecideInput): Tuning | undefined {
  const { inventory, selection, target, targetCluster, throughput, insert = {}, trial } = input;
  if (!targetCluster) return undefined;
  const ruPerDocument = insert.ruPerDocument ?? trial?.ruPerDocument;
  return tune({
    ...tuneInputFor({
      collections: selectedCollections(inventory, selection),
      target,
      // An insert that was timed says more than a ping.
      cluster:
        insert.latencyMs === undefined
          ? targetCluster
          : { ...targetCluster, latencyMs: milliseconds(insert.latencyMs) },
      ...(throughput === undefined ? {} : { throughput }),
      ...(input.ruPerSecond === undefined ? {} : { ruPerSecond: input.ruPerSecond }),
      ...(ruPerDocument === undefined ? {} : { ruPerDocument }),
    }),
    ...(input.fixed === undefined ? {} : { fixed: input.fixed }),
  });
}

function rateFor(input: DecideInput, common: Throughput | undefined, tuning: Tuning | undefined): number | undefined {
  const { inventory, selection, target, insert = {}, trial } = input;
  if (target.kind !== 'cosmos-ru') return undefined;
  const collections = selectedCollections(inventory, selection);
  const ruPerDocument = insert.ruPerDocument ?? trial?.ruPerDocument;
  return usableRate({
    ...(common === undefined ? {} : { throughput: common }),
    collectionThroughput: givenThroughput(input, common, collections),
    collections,
    ...(ruPerDocument === undefined ? {} : { ruPerDocument }),
    ...(input.scans === undefined ? {} : { scans: input.scans }),
    parallelCollections: tuning?.parallelCollections ?? 1,
  });
}

function adviceInput(
  input: DecideInput,
  rate: number | undefined,
  common: Throughput | undefined,
  tuning: Tuning | undefined,
): AdviceInput {
  const { inventory, selection, target, throughput, insert = {}, trial, settings } = input;
  const ruPerDocument = insert.ruPerDocument ?? trial?.ruPerDocument;
  const simulated = simulatedCopy(input, common, tuning);
  return {
    ...(simulated === undefined ? {} : { simulated }),
    inventory,
    target,
    selection,
    wishes: input.wishes ?? {},
    serverless: throughput?.kind === 'serverless',
    ...(rate === undefined ? {} : { targetRuPerSecond: rate, ...provisionedBeyond(rate, input, common) }),
    ...(ruPerDocument === undefined ? {} : { ruPerDocument }),
    ...(input.scans === undefined ? {} : { scans: input.scans }),
    ...(trial === undefined ? {} : { trial }),
    ...(input.usage === undefined ? {} : { usage: input.usage }),
    ...(settings === undefined ? {} : { settings }),
    ...(input.pricing === undefined ? {} : { pricing: { ...input.pricing, held: heldTarget(input, common) } }),
  };
}

/** All that the collections have together, where a copy gets less of it. */
function provisionedBeyond(
  rate: number,
  input: DecideInput,
  common: Throughput | undefined,
): Pick<AdviceInput, 'provisionedRuPerSecond'> {
  const held = heldTarget(input, common);
  const together = held.kind === 'throughput' ? held.manual + held.autoscale : 0;
  return together > rate ? { provisionedRuPerSecond: together } : {};
}

/** What is paid for while the data is moved, by what was said of it. */
function heldTarget(input: DecideInput, common: Throughput | undefined): HeldTarget {
  const { inventory, selection, target, scans, insert = {}, trial } = input;
  if (target.kind === 'mongodb') return { kind: 'own' };
  if (target.kind === 'cosmos-vcore') return { kind: 'not-known', gap: 'cluster-not-sized' };
  const collections = dataCollections(selectedCollections(inventory, selection));
  if (common?.kind === 'serverless') {
    const ruPerDocument = insert.ruPerDocument ?? trial?.ruPerDocument;
    const charge = migrationCharge(collections, {
      ...(ruPerDocument === undefined ? {} : { ruPerDocument }),
      ...(scans === undefined ? {} : { scans }),
    });
    return { kind: 'serverless', ru: exactly(charge.total) };
  }
  const given = givenThroughput(input, common, collections);
  let [manual, autoscale] = [0, 0];
  for (const { ns } of collections) {
    const throughput = given[formatNamespace(ns)];
    if (throughput?.kind === 'manual') manual += throughput.ruPerSecond;
    else if (throughput?.kind === 'autoscale') autoscale += throughput.maxRuPerSecond;
    else return { kind: 'not-known', gap: 'throughput-not-said' };
  }
  return { kind: 'throughput', manual, autoscale, by: 'said' };
}

/** What the methods are ranked by, for these facts and choices; `targetRuPerSecond` is left out where nobody said a throughput. @throws MigrationError `bad-number`. */
export function adviceInputOf(input: DecideInput): AdviceInput {
  const { throughput } = input;
  const tuning = tuningOf(input);
  return adviceInput(input, rateFor(input, throughput, tuning), throughput, tuning);
}

/** What a collection is given that is made without a word about it. Source: learn.microsoft.com/azure/cosmos-db/set-throughput. */
const LEAST_THROUGHPUT: Throughput = { kind: 'manual', ruPerSecond: ruPerSecond(MANUAL_RU_PER_SECOND.least) };

/** `recommended` counts where the user has chosen no method. */
export function decideFindings(
  input: Pick<DecideInput, 'inventory' | 'selection' | 'target' | 'shardKeys' | 'method'> &
    Pick<AssessInput, 'scans' | 'usage' | 'online' | 'expectedCopyMs' | 'requiredRuPerSecond'>,
  recommended: MethodId,
): readonly Finding[] {
  const { inventory, selection, target, shardKeys, scans, usage, online, expectedCopyMs } = input;
  return assess({
    inventory,
    target,
    selection,
    ...(shardKeys === undefined ? {} : { shardKeys }),
    ...(scans === undefined ? {} : { scans }),
    ...(usage === undefined ? {} : { usage }),
    ...(online === undefined ? {} : { online }),
    ...(expectedCopyMs === undefined ? {} : { expectedCopyMs }),
    ...(input.requiredRuPerSecond === undefined ? {} : { requiredRuPerSecond: input.requiredRuPerSecond }),
    method: input.method ?? recommended,
  }).findings;
}
