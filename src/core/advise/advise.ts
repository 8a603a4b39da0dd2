import { methodCost, type MovedData } from '../cost/method-cost.js';
import type { SimulatedRun } from '../model/assessment.js';
import type { MethodId, RankedMethod, Reason, Recommendation } from '../model/method.js';
import { milliseconds } from '../model/units.js';
import { estimateDuration, type DurationEstimate } from '../size/duration.js';
import { adviceFacts, type AdviceFacts, type AdviceInput } from './facts.js';
import type { Method } from './method.js';
import { dataFactory } from './methods/data-factory.js';
import { directCopy } from './methods/direct-copy.js';
import { dms } from './methods/dms.js';
import { dumpRestore } from './methods/dump-restore.js';
import { exportImport } from './methods/export-import.js';
import { sparkDatabricks } from './methods/spark-databricks.js';
import { studio3t } from './methods/studio-3t.js';
import type { Verdict } from './verdict.js';
import { judgeTime } from './window.js';

/** Every method; where scores are equal, the earlier one wins: what needs less to be set up. */
const METHODS: readonly Method[] = [directCopy, dumpRestore, dms, dataFactory, sparkDatabricks, exportImport, studio3t];

/** What is recommended and carried out everywhere: wizard, tree and command line. */
export const CARRIED_OUT: ReadonlySet<MethodId> = new Set(METHODS.map(({ id }) => id));

/**
 * Ranks every method for these facts, possible ones first, best first. `recommended` is the first; where none is possible, its reasons say why.
 * @throws MigrationError `bad-number` for figures that are negative or not finite.
 */
export function advise(input: AdviceInput): Recommendation {
  const facts = adviceFacts(input);
  const judged = METHODS.map((method) => judge(method, facts));
  judged.sort((a, b) => Number(b.verdict.possible) - Number(a.verdict.possible) || b.verdict.score - a.verdict.score);
  const [recommended] = judged;
  const ranked = judged.map(({ method, verdict, duration }, i): RankedMethod => {
    const { possible, score, reasons, needs } = verdict;
    const { low, expected, high } = duration;
    const { pricing } = input;
    const cost = possible && pricing ? methodCost(method, duration, movedData(facts), pricing) : undefined;
    return {
      method,
      rank: i + 1,
      possible,
      score,
      reasons,
      needs,
      durationMs: { low, expected, high },
      ...(cost === undefined ? {} : { cost }),
    };
  });
  return {
    ranked,
    recommended: recommended?.method ?? 'direct-copy',
    assumptions: [...facts.assumptions, ...(recommended?.duration.assumptions ?? [])],
  };
}

function movedData({ target, documents, logicalBytes, ruPerSecond, ruPerDocument, wishes }: AdviceFacts): MovedData {
  return {
    targetKind: target.kind,
    documents,
    logicalBytes,
    ...(ruPerSecond === undefined ? {} : { ruPerSecond }),
    ...(ruPerDocument === undefined ? {} : { ruPerDocument }),
    ...(wishes.ownsStudio3t ? { ownsStudio3t: true } : {}),
  };
}

interface Judged {
  readonly method: MethodId;
  readonly verdict: Verdict;
  readonly duration: DurationEstimate;
}

function judge({ id, judge: judgeMethod }: Method, facts: AdviceFacts): Judged {
  const verdict = judgeMethod(facts);
  const duration = durationOf(id, facts);
  const time = judgeTime(id, verdict, duration, facts);
  return {
    method: id,
    duration,
    verdict: {
      ...verdict,
      score: verdict.score + time.points,
      reasons: [...verdict.reasons, ...time.reasons],
      needs: [...verdict.needs, ...time.needs],
    },
  };
}

/** How documents are spread over partitions decides when the fullest is done: told with every time that rests on it. */
const SPREADS: ReadonlyMap<string, Reason['weight']> = new Map([
  ['simulated-spread-measured', '+'],
  ['simulated-spread-even', '-'],
]);

function spreadAssumptions({ durationMs }: SimulatedRun): readonly Reason[] {
  return durationMs.assumptions.flatMap(({ id, params }): Reason[] => {
    const weight = SPREADS.get(id);
    return weight === undefined ? [] : [{ id, params, weight }];
  });
}

/** What holds a simulated copy up that holds every method up. */
const BY_CHARGE: ReadonlySet<SimulatedRun['limitedBy']> = new Set(['request-units', 'hot-partition']);

function durationOf(method: MethodId, facts: AdviceFacts): DurationEstimate {
  const { documents, logicalBytes, totalRu, ruPerSecond, provisionedRuPerSecond, simulated } = facts;
  // What request units allow is the same for whoever writes: methods are compared by one band of it.
  const chargeMs = simulated && BY_CHARGE.has(simulated.limitedBy) ? simulated.durationMs : undefined;
  const estimated = estimateDuration({
    method,
    documents,
    logicalBytes,
    ...(method === 'direct-copy' && facts.trial !== undefined ? { trial: facts.trial } : {}),
    ...(totalRu !== undefined ? { totalRu } : {}),
    ...(ruPerSecond !== undefined ? { ruPerSecond } : {}),
    ...(chargeMs !== undefined ? { chargeMs } : {}),
    ...(provisionedRuPerSecond !== undefined ? { provisionedRuPerSecond } : {}),
  });
  if (!simulated || (method !== 'direct-copy' && !chargeMs)) return estimated;
  const spread = spreadAssumptions(simulated);
  if (method !== 'direct-copy') return { ...estimated, assumptions: [...estimated.assumptions, ...spread] };
  const { low, expected, high } = simulated.durationMs;
  return {
    low: milliseconds(low),
    expected: milliseconds(expected),
    high: milliseconds(high),
    assumptions: [
      ...estimated.assumptions,
      { id: 'speed-simulated', params: { limitedBy: simulated.limitedBy }, weight: '+' },
      ...spread,
    ],
  };
}
