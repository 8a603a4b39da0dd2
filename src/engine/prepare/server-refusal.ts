import { MigrationError } from '../../core/model/error.js';
import { redact } from '../../core/model/redact.js';
import { CODE_TOO_MANY_REQUESTS } from '../../core/throttle/server-error.js';
import type { Clock } from '../ports.js';

/** What preparing and index building are given besides the plan and the target. */
export interface PrepareContext {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Literals that must not show up in messages. */
  readonly secrets?: readonly string[];
}

export interface Refusal {
  /** The server's error code; 0 where the refusal is ours. */
  readonly code: number;
  /** The server's words, redacted. */
  readonly message: string;
}

/** NamespaceNotFound (MongoDB's error_codes.yml). */
export const NAMESPACE_NOT_FOUND = 26;
/** Waits without advice of the target, whose budget is new every second. */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** 25 throughput updates and 500 creations are allowed in 5 minutes (cosmos-db concepts-limits): what is refused for longer is no passing throttle. */
const LONGEST_THROTTLE_MS = 6 * 60 * 1000;

/** A refusal by the server as data. Everything else (lost connection, cancelled) is thrown on: it is about the run, not about one collection. */
export function refusalOf(error: unknown, secrets: readonly string[] = []): Refusal {
  if (!MigrationError.is(error, 'command-failed') && !MigrationError.is(error, 'missing-privilege')) throw error;
  const { serverCode, message } = error.facts;
  return {
    code: typeof serverCode === 'number' ? serverCode : 0,
    message: redact(typeof message === 'string' ? message : error.code, secrets),
  };
}

/** The server's code in a `MigrationError`; undefined for other errors, and where the server gave none. */
export function serverCodeOf(error: unknown): number | undefined {
  if (!MigrationError.is(error)) return undefined;
  return typeof error.facts['serverCode'] === 'number' ? error.facts['serverCode'] : undefined;
}

/**
 * Repeats a command that an RU target refuses for lack of request units, as long as it is told to wait or with doubling waits.
 * @throws whatever else the command throws, and the throttle itself after 6 minutes without a break.
 */
export async function throughThrottle<T>(context: PrepareContext, command: () => Promise<T>): Promise<T> {
  const since = context.clock.now();
  for (let attempt = 0; ; attempt += 1) {
    context.signal?.throwIfAborted();
    try {
      return await command();
    } catch (error) {
      if (serverCodeOf(error) !== CODE_TOO_MANY_REQUESTS || context.clock.now() - since > LONGEST_THROTTLE_MS)
        throw error;
      const message = MigrationError.is(error) ? String(error.facts['message'] ?? '') : '';
      const told = /RetryAfterMs=(\d+)/.exec(message)?.[1];
      const wait =
        told === undefined ? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10)) : Number(told);
      await context.clock.sleep(Math.max(1, wait), context.signal);
    }
  }
}
