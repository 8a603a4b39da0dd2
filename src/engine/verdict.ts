import type { DeadLetterSink } from '../core/model/dead-letter.js';
import type { IndexReport, PreparedCollection } from './prepare/outcome.js';
import type { Verdict } from './journal/record.js';
import type { VerificationResult } from './verify/result.js';

type VerdictReason = Verdict['reasons'][number];

export interface VerdictInput {
  readonly verification: readonly VerificationResult[];
  readonly prepared: readonly PreparedCollection[];
  readonly indexes: readonly IndexReport[];
  readonly deadLetters: Pick<DeadLetterSink, 'count'>;
  /** Namespaces of the source that the plan leaves out for a reason other than the user's choice. */
  readonly leftOut: number;
}

/**
 * The verdict of a run that came to its end. `completed` needs every collection proven equal, every index and option accounted for and
 * no dead letter. Documents that are missing for no known reason make the run `failed-resumable`: running it again brings them.
 */
export function judge(input: VerdictInput): Verdict {
  const reasons: VerdictReason[] = [];
  let missing = 0;
  for (const result of input.verification) {
    const differences = result.kind === 'equal' ? undefined : result.differences;
    missing += differences?.missing ?? 0;
    if (result.kind === 'different') {
      const { missing: lost, extra, different, definition } = result.differences;
      reasons.push({
        id: 'verification-differs',
        params: { ns: result.ns, missing: lost, extra, different, definition: definition.length },
      });
    } else if (result.kind === 'unverified') {
      reasons.push({ id: 'not-verified', params: { ns: result.ns, why: result.why } });
    }
  }
  for (const { ns, outcome } of input.prepared) {
    if (outcome.kind === 'failed')
      reasons.push({ id: 'collection-not-created', params: { ns, code: outcome.code, message: outcome.message } });
  }
  for (const { ns, index, outcome } of input.indexes) {
    if (outcome.kind === 'failed')
      reasons.push({ id: 'index-failed', params: { ns, index, code: outcome.code, message: outcome.message } });
    else if (outcome.kind === 'skipped') reasons.push({ id: 'index-skipped', params: { ns, index, why: outcome.why } });
  }
  const dead = input.deadLetters.count();
  if (dead > 0) reasons.push({ id: 'dead-letters', params: { documents: dead } });
  if (input.leftOut > 0) reasons.push({ id: 'namespaces-left-out', params: { namespaces: input.leftOut } });
  if (missing > 0)
    return {
      state: 'failed-resumable',
      reasons: [{ id: 'documents-missing', params: { documents: missing } }, ...reasons],
    };
  return { state: reasons.length === 0 ? 'completed' : 'completed-with-findings', reasons };
}
