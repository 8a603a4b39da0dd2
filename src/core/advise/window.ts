/** How long a method takes against the time that there is: the window without writes, and what the oplog remembers. */
import { estimateVerification } from '../size/duration.js';
import type { DurationEstimate } from '../size/duration.js';
import type { MethodId } from '../model/method.js';
import type { AdviceFacts } from './facts.js';
import type { KnownReason } from './reason-ids.js';
import { POINTS, type Verdict } from './verdict.js';

const HOUR_MS = 3_600_000;
/** An oplog is turned over faster on a busy day than it was on average. Judged. */
const OPLOG_RESERVE = 2;

export interface TimeVerdict {
  readonly points: number;
  readonly reasons: readonly KnownReason[];
  readonly needs: readonly KnownReason[];
}

const NOTHING: TimeVerdict = { points: 0, reasons: [], needs: [] };

/** What the duration of a possible method says for or against it. */
export function judgeTime(
  method: MethodId,
  verdict: Verdict,
  duration: DurationEstimate,
  facts: AdviceFacts,
): TimeVerdict {
  if (!verdict.possible) return NOTHING;
  return verdict.writes === 'stop' ? judgeStop(method, duration, facts) : judgeOplog(duration, facts);
}

/** Writes stop from the first document to the end of the check. */
function judgeStop(method: MethodId, duration: DurationEstimate, facts: AdviceFacts): TimeVerdict {
  const { windowHours } = facts.wishes;
  if (windowHours === undefined) return NOTHING;
  const after = afterMs(method, facts);
  const [expectedMs, highMs] = [duration.expected + after.expected, duration.high + after.high];
  const windowMs = windowHours * HOUR_MS;
  const told = (points: number, id: KnownReason['id'], weight: '+' | '-'): TimeVerdict => ({
    points,
    reasons: [{ id, params: { expectedMs, highMs, windowMs }, weight }],
    needs: [],
  });
  if (expectedMs > windowMs) return told(-POINTS.wish, 'exceeds-window', '-');
  if (highMs > windowMs) return told(-POINTS.some, 'may-exceed-window', '-');
  return told(POINTS.small, 'fits-window', '+');
}

/** Of indexes and verification, which target and request units make as slow for every method; a method that does not take the source's digests on its way reads the source as well. */
function afterMs(
  method: MethodId,
  { simulated, documents, logicalBytes }: AdviceFacts,
): { expected: number; high: number } {
  const reading = estimateVerification({ documents, logicalBytes });
  if (!simulated?.phases) return reading;
  const { indexesMs, verificationMs } = simulated.phases;
  const least = method === 'direct-copy' ? { expected: 0, high: 0 } : reading;
  return {
    expected: indexesMs.expected + Math.max(verificationMs.expected, least.expected),
    high: indexesMs.high + Math.max(verificationMs.high, least.high),
  };
}

/** Changes are read from where the copy began: the oplog has to reach back as far when it ends. */
function judgeOplog(duration: DurationEstimate, { oplogWindowMs, wishes }: AdviceFacts): TimeVerdict {
  const cutover: readonly KnownReason[] =
    wishes.windowHours === undefined ? [] : [{ id: 'window-only-for-cutover', params: {}, weight: '+' }];
  const points = wishes.windowHours === undefined ? 0 : POINTS.some;
  const copyMs = duration.expected;
  if (oplogWindowMs === undefined) {
    const needs: readonly KnownReason[] = [
      { id: 'need-oplog-for-copy', params: { copyMs: duration.high }, weight: '-' },
    ];
    return { points, reasons: cutover, needs };
  }
  const params = { copyMs, windowMs: oplogWindowMs };
  if (oplogWindowMs < copyMs * OPLOG_RESERVE) {
    const short: KnownReason = { id: 'oplog-shorter-than-copy', params, weight: '-' };
    return { points: points - POINTS.wish, reasons: [...cutover, short], needs: [] };
  }
  const covers: KnownReason = { id: 'oplog-covers-copy', params, weight: '+' };
  return { points: points + POINTS.small, reasons: [...cutover, covers], needs: [] };
}
