import type { DeadLetterSink } from '../core/model/dead-letter.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { RelayedCounts } from './native-ports.js';
import type { IndexReport, PreparedCollection } from './prepare/outcome.js';
import type { Verdict } from './journal/record.js';
import type { VerificationResult } from './verify/result.js';

type VerdictReason = Verdict['reasons'][number];

/** Skipped indexes that nothing is missing for: another index of the target serves their queries, or the plan leaves their field behind. */
const NOT_MISSED: ReadonlySet<string> = new Set(['shard-key-indexed', 'duplicate-by-key', 'field-dropped']);

export interface VerdictInput {
  /** `db.coll` on the target of everything that the plan brings. */
  readonly planned: readonly string[];
  readonly verification: readonly VerificationResult[];
  readonly prepared: readonly PreparedCollection[];
  readonly indexes: readonly IndexReport[];
  readonly deadLetters: Pick<DeadLetterSink, 'count'>;
  /** Namespaces of the source that the plan leaves out for a reason other than the user's choice. */
  readonly leftOut: number;
  /** What the relay counted in this process. */
  readonly relayed: readonly Pick<RelayedCounts, 'ns' | 'failed' | 'conflicts'>[];
  /** The plan leaves documents with the same `_id` and other bytes as they are on the target. */
  readonly keepsConflicts: boolean;
  /** Documents have travelled as CSV, which does not give back what was there. */
  readonly isLossy?: boolean;
}

/**
 * The verdict of a run that came to its end. `completed` needs every planned collection proven equal, every index and option accounted for and
 * no dead letter. Documents that are missing for no known reason make the run `failed-resumable`: running it again brings them. So do writes that
 * the target refused, a collection that could not be created and one that nobody looked at, where verification does not prove that all is there.
 */
export function judge(input: VerdictInput): Verdict {
  const reasons: VerdictReason[] = [];
  let missing = 0;
  let incomplete = false;
  const results = new Map(input.verification.map((result) => [result.ns, result]));
  const isOpen = (ns: string): boolean => (results.get(ns)?.kind ?? 'unverified') === 'unverified';
  for (const ns of input.planned) {
    if (results.has(ns)) continue;
    incomplete = true;
    reasons.push({ id: 'not-verified', params: { ns, why: 'no-result' } });
  }
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
    if (outcome.kind !== 'failed') continue;
    incomplete ||= isOpen(ns);
    reasons.push({ id: 'collection-not-created', params: { ns, code: outcome.code, message: outcome.message } });
  }
  for (const { ns: namespace, failed, conflicts } of input.relayed) {
    const ns = formatNamespace(namespace);
    if (!isOpen(ns)) continue;
    if (failed > 0) {
      incomplete = true;
      reasons.push({ id: 'writes-refused', params: { ns, documents: failed } });
    }
    if (conflicts > 0 && input.keepsConflicts)
      reasons.push({ id: 'conflicts-left', params: { ns, documents: conflicts } });
  }
  for (const { ns, index, outcome } of input.indexes) {
    if (outcome.kind === 'failed')
      reasons.push({ id: 'index-failed', params: { ns, index, code: outcome.code, message: outcome.message } });
    else if (outcome.kind === 'skipped' && !NOT_MISSED.has(outcome.why))
      reasons.push({ id: 'index-skipped', params: { ns, index, why: outcome.why } });
  }
  if (input.isLossy) reasons.push({ id: 'csv-not-equal', params: {} });
  const dead = input.deadLetters.count();
  if (dead > 0) reasons.push({ id: 'dead-letters', params: { documents: dead } });
  if (input.leftOut > 0) reasons.push({ id: 'namespaces-left-out', params: { namespaces: input.leftOut } });
  if (missing > 0)
    return {
      state: 'failed-resumable',
      reasons: [{ id: 'documents-missing', params: { documents: missing } }, ...reasons],
    };
  if (incomplete) return { state: 'failed-resumable', reasons };
  return { state: reasons.length === 0 ? 'completed' : 'completed-with-findings', reasons };
}
