/** What a direct copy asks its source before the first document, asked while the run is still being opened. */
import { RawCopySource } from '../adapters/mongo/raw-copy-source.js';
import type { CopyCeilings, Plan } from '../core/model/plan.js';
import { beginSurveys, type Surveys } from '../engine/copy/survey.js';
import type { Clock } from '../engine/ports.js';
import { copySourceOnSide, onSide } from '../engine/sided-session.js';
import { asCluster, type RunSide } from './compose-run.js';

export interface SurveyStart {
  readonly ceilings: CopyCeilings;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** As {@link beginSurveys}, before anything is known; undefined where the method reads no ranges. */
export function beginEarlySurveys(
  plan: Plan,
  source: RunSide,
  { ceilings, clock, signal }: SurveyStart,
): Surveys | undefined {
  if (plan.method !== 'direct-copy') return undefined;
  const { session } = asCluster(source);
  return beginSurveys({
    plan,
    session: onSide(session, 'source'),
    source: copySourceOnSide(new RawCopySource(session)),
    ceilings: () => ceilings,
    clock,
    random: Math.random,
    signal,
  });
}
