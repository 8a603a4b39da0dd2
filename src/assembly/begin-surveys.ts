/** What a direct copy asks its source before the first document, asked while the run is still being opened. */
import { RawCopySource } from '../adapters/mongo/raw-copy-source.js';
import { readersFor } from '../core/tune/direct-copy.js';
import type { CopyCeilings, Plan } from '../core/model/plan.js';
import { Surveys } from '../engine/copy/survey.js';
import type { Clock } from '../engine/ports.js';
import { copySourceOnSide, onSide } from '../engine/sided-session.js';
import { asCluster, type RunSide } from './compose-run.js';

export interface SurveyStart {
  readonly ceilings: CopyCeilings;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Begins; undefined where the method reads no ranges. To be stopped by the caller, whatever becomes of the run. Errors come out where a survey is asked for. */
export function beginSurveys(
  plan: Plan,
  source: RunSide,
  { ceilings, clock, signal }: SurveyStart,
): Surveys | undefined {
  if (plan.method !== 'direct-copy') return undefined;
  const { session } = asCluster(source);
  const surveys = new Surveys({
    plan,
    session: onSide(session, 'source'),
    source: copySourceOnSide(new RawCopySource(session)),
    readers: () => readersFor(plan, session.facts.latencyMs, ceilings),
    clock,
    random: Math.random,
    signal,
  });
  surveys.begin(plan.collections);
  return surveys;
}
