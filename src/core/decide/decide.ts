import { advise } from '../advise/advise.js';
import type { AdviceInput, AdviceWishes } from '../advise/facts.js';
import { assess } from '../assess/assess.js';
import type { ClusterFacts, ClusterInventory, Throughput } from '../model/facts.js';
import type { Finding } from '../model/finding.js';
import type { MethodId, Recommendation } from '../model/method.js';
import type { NamespaceSelection } from '../model/namespace.js';
import type { Tuning } from '../model/plan.js';
import { milliseconds } from '../model/units.js';
import { selectedCollections } from '../plan/make-plan.js';
import type { TargetDescription } from '../plan/target.js';
import { usableRate } from '../size/usable-rate.js';
import type { FixedTuning } from '../tune/limits.js';
import { tune, tuneInputFor } from '../tune/tune.js';

export interface DecideInput {
  readonly inventory: ClusterInventory;
  readonly selection: NamespaceSelection;
  readonly target: TargetDescription;
  /** What the probe of the target learnt; absent where only its kind is known. */
  readonly targetCluster?: ClusterFacts;
  /** RU targets: throughput of every new collection, and of single ones by source namespace. */
  readonly throughput?: Throughput;
  /** How much a shared or serverless throughput is. */
  readonly ruPerSecond?: number;
  readonly collectionThroughput?: Readonly<Record<string, Throughput>>;
  readonly shardKeys?: Readonly<Record<string, string>>;
  /** Measured, or said by the user: RU of an insert, and how long one takes. */
  readonly insert?: { readonly ruPerDocument?: number; readonly latencyMs?: number };
  readonly fixed?: FixedTuning;
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
}

/** Everything that follows from the facts and the user's choices: what wizard and command line show, and what goes into the plan. @throws MigrationError `bad-number`. */
export function decide(input: DecideInput): Decisions {
  const pace = decidePace(input);
  return { ...pace, findings: decideFindings(input, pace.recommendation.recommended) };
}

/** All but the findings, which do not hang on numbers: those are tried out one after another. @throws MigrationError `bad-number`. */
export function decidePace(input: Omit<DecideInput, 'shardKeys'>): Omit<Decisions, 'findings'> {
  const { inventory, selection, target, targetCluster, throughput, insert = {} } = input;
  const collections = selectedCollections(inventory, selection);
  const charge = insert.ruPerDocument === undefined ? {} : { ruPerDocument: insert.ruPerDocument };
  const tuning =
    targetCluster &&
    tune({
      ...tuneInputFor({
        collections,
        target,
        // An insert that was timed says more than a ping.
        cluster:
          insert.latencyMs === undefined
            ? targetCluster
            : { ...targetCluster, latencyMs: milliseconds(insert.latencyMs) },
        ...(throughput === undefined ? {} : { throughput }),
        ...(input.ruPerSecond === undefined ? {} : { ruPerSecond: input.ruPerSecond }),
        ...charge,
      }),
      ...(input.fixed === undefined ? {} : { fixed: input.fixed }),
    });
  const ruPerSecond =
    target.kind === 'cosmos-ru'
      ? usableRate({
          ...(throughput === undefined ? {} : { throughput }),
          collectionThroughput: input.collectionThroughput ?? {},
          collections,
          ...charge,
          parallelCollections: tuning?.parallelCollections ?? 1,
        })
      : undefined;
  const recommendation = advise({
    inventory,
    target,
    selection,
    wishes: input.wishes ?? {},
    serverless: throughput?.kind === 'serverless',
    ...(ruPerSecond === undefined ? {} : { targetRuPerSecond: ruPerSecond }),
    ...charge,
    ...(input.settings === undefined ? {} : { settings: input.settings }),
  });
  return {
    recommendation,
    ...(tuning ? { tuning } : {}),
    ...(ruPerSecond === undefined ? {} : { ruPerSecond }),
  };
}

/** `recommended` counts where the user has chosen no method. */
export function decideFindings(
  input: Pick<DecideInput, 'inventory' | 'selection' | 'target' | 'shardKeys' | 'method'>,
  recommended: MethodId,
): readonly Finding[] {
  const { inventory, selection, target, shardKeys } = input;
  return assess({
    inventory,
    target,
    selection,
    ...(shardKeys === undefined ? {} : { shardKeys }),
    method: input.method ?? recommended,
  });
}
