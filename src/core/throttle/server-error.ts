/**
 * What a target means by its error codes, as far as a writer must know.
 * Codes and texts: Azure Cosmos DB for MongoDB error page and observed replies (request rate 16500, server-side retry given up 50),
 * Azure DocumentDB's engine (size refusal as code 2 at command level), MongoDB's error_codes.yml for the rest.
 */
export type ServerErrorMeaning =
  /** The target has no budget left; the operation can be sent again. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number | undefined; readonly timedOut: boolean }
  /** A document with this `_id` (or unique key) is there already. */
  | { readonly kind: 'duplicate' }
  /** This very document will never be taken. `known`: by a code or text that is about one document and no other. */
  | { readonly kind: 'refused'; readonly known: boolean }
  /** Nothing about the document: the whole write cannot go on (rights, shutdown, no such command). */
  | { readonly kind: 'fatal' };

/** Request rate too large. Source: learn.microsoft.com/azure/cosmos-db/mongodb/error-codes-solutions, as the next one. */
export const CODE_TOO_MANY_REQUESTS = 16500;
export const CODE_EXCEEDED_TIME_LIMIT = 50;
/** DuplicateKey (MongoDB's error_codes.yml). */
export const CODE_DUPLICATE_KEY = 11000;
/** DocumentValidationFailure: the one code besides 11000 through which the database tools carry on (mongo-tools common/db/db.go). */
export const CODE_DOCUMENT_VALIDATION_FAILURE = 121;

const RETRY_AFTER = /RetryAfterMs=(\d+)/;
/** The stored procedure of the 2019 back end, which wraps the throttle in its text and, in some replies, in another code. */
const LEGACY_THROTTLE = /Request rate is large/i;

/** A logical partition that has reached its size for good (HTTP 403/1014): no waiting helps, whatever code it comes with. */
const PARTITION_FULL = /reached maximum size/i;
/** WriteConflict, LockTimeout: nothing was written, and the next try will do. */
const TRANSIENT_CODES = new Set([112, 24]);

/** Errors of the session, the node or the command, never of one document. */
const FATAL_CODES = new Set([
  6, 7, 13, 18, 26, 59, 73, 89, 91, 115, 166, 189, 202, 211, 262, 9001, 10107, 10058, 11600, 11601, 11602, 13388, 13435,
  13436, 14031, 20,
]);

/** Command-level codes that speak of one document of the batch. With other codes a whole command error is fatal. */
const DOCUMENT_CODES_AT_COMMAND_LEVEL = new Set([16, 22, 52, 53, 61, 66, 121, 10334, 17280, 17419, 17420]);
const DOCUMENT_TEXT_AT_COMMAND_LEVEL =
  /Request size is too large|larger than MaxDocumentSize|object to insert too large|corrupt BSON|reached maximum size/i;

/** Reads one entry of `writeErrors`. */
export function meaningOfWriteError(code: number, message: string): ServerErrorMeaning {
  const throttle = readThrottle(code, message);
  if (throttle) return throttle;
  if (code === CODE_DUPLICATE_KEY || code === 11001 || code === 12582) return { kind: 'duplicate' };
  return FATAL_CODES.has(code) ? { kind: 'fatal' } : { kind: 'refused', known: isOfOneDocument(code, message) };
}

/** Reads a whole reply with `ok: 0`. `refused` means: a document of the batch is at fault, which one is not said. */
export function meaningOfCommandError(code: number, message: string): ServerErrorMeaning {
  const throttle = readThrottle(code, message);
  if (throttle) return throttle;
  if (code === CODE_DUPLICATE_KEY) return { kind: 'duplicate' };
  if (DOCUMENT_CODES_AT_COMMAND_LEVEL.has(code) || DOCUMENT_TEXT_AT_COMMAND_LEVEL.test(message))
    return { kind: 'refused', known: isOfOneDocument(code, message) };
  return { kind: 'fatal' };
}

/** A partition that is full refuses all that belongs to it, whatever is in the documents. */
function isOfOneDocument(code: number, message: string): boolean {
  if (PARTITION_FULL.test(message)) return false;
  return DOCUMENT_CODES_AT_COMMAND_LEVEL.has(code) || DOCUMENT_TEXT_AT_COMMAND_LEVEL.test(message);
}

function readThrottle(code: number, message: string): ServerErrorMeaning | undefined {
  if (PARTITION_FULL.test(message)) return undefined;
  if (TRANSIENT_CODES.has(code)) return { kind: 'throttled', retryAfterMs: undefined, timedOut: false };
  if (code === CODE_TOO_MANY_REQUESTS || LEGACY_THROTTLE.test(message)) {
    const told = RETRY_AFTER.exec(message)?.[1];
    return { kind: 'throttled', retryAfterMs: told === undefined ? undefined : Number(told), timedOut: false };
  }
  if (code === CODE_EXCEEDED_TIME_LIMIT) return { kind: 'throttled', retryAfterMs: undefined, timedOut: true };
  return undefined;
}

/** Without advice of the server: start near the values seen in practice (8 to 292 ms) and double up to this. */
const FIRST_BACKOFF_MS = 50;
const LONGEST_BACKOFF_MS = 2_000;
/** Advice above this is not followed to its end: a budget is renewed by the second, and the service itself gives up after a minute. */
const LONGEST_ADVISED_MS = 60_000;
/** Spreads what was refused together. Judged. */
const JITTER = 0.2;

/**
 * Milliseconds to wait before attempt `attempt` (1 = first retry): the server's advice or exponential backoff, plus up to a fifth of it
 * at random, so that many connections do not come back in the same millisecond.
 */
export function retryDelayMs(attempt: number, advisedMs: number | undefined, random: () => number): number {
  const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(attempt - 1, 10));
  // No time at all is no advice: a target that says so again and again must not be asked without a pause.
  const base = advisedMs ? Math.min(LONGEST_ADVISED_MS, advisedMs) : backoff;
  return Math.ceil(base + random() * base * JITTER);
}
