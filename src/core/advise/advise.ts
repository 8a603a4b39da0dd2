import type { MethodId, RankedMethod, Reason, Recommendation } from '../model/method.js';
import { estimateDuration } from '../size/duration.js';
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

/** Every method; where scores are equal, the earlier one wins: what needs less to be set up. */
const METHODS: readonly Method[] = [directCopy, dumpRestore, dms, dataFactory, sparkDatabricks, exportImport, studio3t];

/** What is recommended and carried out everywhere: wizard, tree and command line. */
export const CARRIED_OUT: ReadonlySet<MethodId> = new Set<MethodId>(['direct-copy', 'dump-restore', 'export-import']);

/**
 * Ranks every method for these facts, possible ones first, best first. `recommended` is the best that is possible and that this version carries out itself; where a
 * better one exists, the recommended one says so (`better-not-available`). Where none is both, it is the best possible one, to be carried out by hand.
 * @throws MigrationError `bad-number` for figures that are negative or not finite.
 */
export function advise(input: AdviceInput): Recommendation {
  const facts = adviceFacts(input);
  const available = input.available ?? CARRIED_OUT;
  const judged = METHODS.map((method) => ({ method, verdict: method.judge(facts) }));
  judged.sort((a, b) => Number(b.verdict.possible) - Number(a.verdict.possible) || b.verdict.score - a.verdict.score);
  const best = judged.find((j) => j.verdict.possible) ?? judged[0];
  const recommended = judged.find((j) => j.verdict.possible && available.has(j.method.id)) ?? best;
  const ranked = judged.map(({ method, verdict }, i) => {
    const isSecond = method === recommended?.method && best && best.method !== method;
    const extra: readonly Reason[] = isSecond
      ? [{ id: 'better-not-available', params: { method: best.method.id }, weight: '-' }]
      : [];
    return rank(method.id, verdict, facts, i + 1, available.has(method.id), extra);
  });
  return {
    ranked: ranked.map((r) => r.method),
    recommended: recommended?.method.id ?? 'direct-copy',
    assumptions: [
      ...facts.assumptions,
      ...(ranked.find((r) => r.method.method === recommended?.method.id)?.assumptions ?? []),
    ],
  };
}

function rank(
  method: MethodId,
  verdict: Verdict,
  facts: AdviceFacts,
  place: number,
  available: boolean,
  extra: readonly Reason[],
): { readonly method: RankedMethod; readonly assumptions: readonly Reason[] } {
  const { documents, logicalBytes, totalRu, ruPerSecond } = facts;
  const { assumptions, ...durationMs } = estimateDuration({
    method,
    documents,
    logicalBytes,
    ...(method === 'direct-copy' && facts.trial !== undefined ? { trial: facts.trial } : {}),
    ...(totalRu !== undefined ? { totalRu } : {}),
    ...(ruPerSecond !== undefined ? { ruPerSecond } : {}),
  });
  const { possible, score, reasons, needs } = verdict;
  return {
    method: { method, rank: place, possible, available, score, reasons: [...reasons, ...extra], needs, durationMs },
    assumptions,
  };
}
