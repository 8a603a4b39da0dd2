/** Single documents that a Copy activity did not bring: the target itself is asked what it has against each. */
import { formatNamespace } from '../../core/model/namespace.js';
import type { DeadLetterSink } from '../../core/model/dead-letter.js';
import { MigrationError } from '../../core/model/error.js';
import { meaningOfWriteError } from '../../core/throttle/server-error.js';
import type { Clock, ClusterSession } from '../../engine/ports.js';
import type { CopyRange } from '../../handoff/data-factory/copy-range.js';
import { queryOf } from './data-factory-ranges.js';

export interface SettleParts {
  readonly source: ClusterSession;
  readonly target: ClusterSession;
  readonly deadLetters: DeadLetterSink;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly readPreference: string;
}

/** Documents read at a time. Judged: each is written alone, which takes far longer than reading it. */
const BATCH = 100;
/** First and longest wait where a throttled target names none: its budget is new every second. Judged. */
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 5_000;
/** Some minutes: then it is no throttle that passes. */
const MOST_TRIES = 60;

/**
 * Reads the documents of the range and puts each on the target, byte by byte; what the target refuses becomes a dead letter with the target's own words. So a
 * copy that failed for another reason costs no document. @throws MigrationError where the refusal is about something else than the document.
 */
export async function settleRange(
  range: CopyRange,
  shardKey: readonly string[],
  parts: SettleParts,
): Promise<{ readonly copied: number; readonly deadLetters: number }> {
  let copied = 0;
  let deadLetters = 0;
  const { source, signal, readPreference } = parts;
  const find = {
    batchSize: BATCH,
    readPreference,
    ...(range.bounds.kind === 'whole' ? {} : { filter: queryOf(range.bounds) }),
  };
  for await (const { documents } of source.findRaw(range.source, find, signal)) {
    for (const document of documents) {
      if (await settle(document, range, shardKey, parts)) copied += 1;
      else deadLetters += 1;
    }
  }
  return { copied, deadLetters };
}

async function settle(
  document: Buffer,
  { target: ns }: CopyRange,
  shardKey: readonly string[],
  { target, deadLetters, clock, signal }: SettleParts,
): Promise<boolean> {
  for (let attempts = 1; ; attempts += 1) {
    signal.throwIfAborted();
    try {
      await target.replaceRaw(ns, document, shardKey.length > 0 ? { shardKey } : {});
      return true;
    } catch (error) {
      if (!MigrationError.is(error, 'command-failed')) throw error;
      const code = Number(error.facts['serverCode'] ?? 0);
      const message = String(error.facts['message'] ?? '');
      const meaning = meaningOfWriteError(code, message);
      if (meaning.kind === 'fatal') throw error;
      if (meaning.kind !== 'throttled') {
        await deadLetters.add(ns, document, { code, message, attempts });
        return false;
      }
      if (attempts >= MOST_TRIES)
        throw new MigrationError('connection-lost', { reason: 'throttled', namespace: formatNamespace(ns), message });
      const own = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
      await clock.sleep(meaning.retryAfterMs ?? own, signal);
    }
  }
}
