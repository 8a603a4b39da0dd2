/** The door through which driver errors come in: each leaves as a MigrationError with a closed code, facts and no secret. */
import { MalformedBson } from '../../core/bson/raw-document.js';
import { MigrationError, type ErrorFacts } from '../../core/model/error.js';
import { redact } from '../../core/model/redact.js';

export interface ErrorContext {
  readonly secrets: readonly string[];
  /** Whether the connection string names a user: tells "not logged in" from "not allowed". */
  readonly hasCredentials: boolean;
  readonly command?: string;
  readonly namespace?: string;
}

interface ServerError extends Error {
  readonly code?: number;
  readonly codeName?: string;
  readonly errmsg?: string;
  /** RU accounts answer `errMsg` to their own commands (facts, section 2.9). */
  readonly errorResponse?: { readonly errMsg?: string };
}

/** Server codes; https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml. 8000 is Atlas's own. */
export const SERVER_CODE = {
  unauthorized: 13,
  authenticationFailed: 18,
  namespaceNotFound: 26,
  cursorNotFound: 43,
  exceededTimeLimit: 50,
  commandNotFound: 59,
  bsonObjectTooLarge: 10_334,
  duplicateKey: 11_000,
  throttled: 16_500,
  atlasError: 8000,
  notSupportedByAmazon: 303,
} as const;

/**
 * Codes by which a server says that it is going away or is no longer the primary; 391 (ReauthenticationRequired) that what the connection logged in with has
 * run out (a token of OIDC): a new connection logs in anew. The driver sees to that itself on its own.
 */
const CONNECTION_CODES: ReadonlySet<number> = new Set([
  6, 7, 89, 91, 189, 391, 9001, 10_107, 11_600, 11_602, 13_435, 13_436,
]);
/** FailedToSatisfyReadPreference, NetworkInterfaceExceededTimeLimit: what a router says besides of a shard that has no primary just now. */
const SHARD_CODES: ReadonlySet<number> = new Set([133, 202]);

/** True where a server says that its connection is of no more use. */
export function saysGoodbye(code: number | string | undefined): boolean {
  return typeof code === 'number' && CONNECTION_CODES.has(code);
}

/** True for a code in `writeErrors` that says nothing about the document: its server, or its shard, is going away or is no primary any more. */
export function isServerAway(code: number): boolean {
  return CONNECTION_CODES.has(code) || SHARD_CODES.has(code);
}

/** UserNotFound, AuthenticationFailed, MechanismUnavailable: refused logins. */
const LOGIN_CODES: ReadonlySet<number> = new Set([11, SERVER_CODE.authenticationFailed, 334]);

const NETWORK_ERRORS: ReadonlySet<string> = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoPoolClearedError',
  'MongoPoolClearedOnNetworkError',
  'PoolClearedOnNetworkError',
  'MongoPoolClosedError',
  'MongoServerClosedError',
  'MongoTopologyClosedError',
  'MongoWaitQueueTimeoutError',
  'WaitQueueTimeoutError',
  'MongoNotConnectedError',
  'MongoClientClosedError',
]);

const USAGE_ERRORS: ReadonlySet<string> = new Set([
  'MongoParseError',
  'MongoInvalidArgumentError',
  'MongoMissingCredentialsError',
  'MongoAPIError',
]);

/** True for an error that a server answered with, whichever driver generation made it. */
export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && 'errorResponse' in error && error.name.startsWith('Mongo');
}

/** A socket's own words, which the driver passes on as they are where a large message was still being written. */
const SOCKET_ERRORS: ReadonlySet<unknown> = new Set([
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTCONN',
  'EPIPE',
  'ETIMEDOUT',
  'ERR_SOCKET_CLOSED',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_WRITE_AFTER_END',
]);

function isNetworkError(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (NETWORK_ERRORS.has(error.name) || SOCKET_ERRORS.has((error as NodeJS.ErrnoException).code))
  );
}

/** The server's code of an error, before or after it came through the door. */
export function serverCode(error: unknown): number | undefined {
  if (isServerError(error)) return typeof error.code === 'number' ? error.code : undefined;
  if (MigrationError.is(error)) return typeof error.facts.serverCode === 'number' ? error.facts.serverCode : undefined;
  return undefined;
}

/** A stand-in for the original error: driver errors hang on to options, topologies and sockets, and with them to credentials. */
export function safeCause(error: unknown, secrets: readonly string[]): Error {
  const original = error instanceof Error ? error : new Error(String(error));
  const cause = new Error(redact(original.message, secrets));
  cause.name = original.name;
  cause.stack = redact(original.stack ?? cause.message, secrets);
  return cause;
}

function hasLabel(error: Error, label: string): boolean {
  const { hasErrorLabel } = error as { hasErrorLabel?: (label: string) => boolean };
  return typeof hasErrorLabel === 'function' && hasErrorLabel.call(error, label);
}

function serverFacts(error: ServerError, context: ErrorContext): ErrorFacts {
  return {
    ...(typeof error.code === 'number' ? { serverCode: error.code } : {}),
    ...(error.codeName === undefined ? {} : { codeName: error.codeName }),
    ...useFacts(context),
    message: redact(error.errmsg ?? error.errorResponse?.errMsg ?? error.message, context.secrets),
  };
}

function useFacts(context: ErrorContext): ErrorFacts {
  return {
    ...(context.command === undefined ? {} : { command: context.command }),
    ...(context.namespace === undefined ? {} : { namespace: context.namespace }),
  };
}

function fromServer(error: ServerError, context: ErrorContext): MigrationError {
  const cause = safeCause(error, context.secrets);
  const facts = serverFacts(error, context);
  const make = (code: MigrationError['code'], more: ErrorFacts = {}): MigrationError =>
    new MigrationError(code, { ...facts, ...more }, { cause });
  const loggingIn = hasLabel(error, 'HandshakeError');
  if (loggingIn || (error.code !== undefined && LOGIN_CODES.has(error.code))) {
    return make('authentication-failed', { reason: error.code === 334 ? 'mechanism' : 'refused' });
  }
  if (error.code === SERVER_CODE.unauthorized || error.code === SERVER_CODE.atlasError) {
    return context.hasCredentials
      ? make('missing-privilege')
      : make('authentication-failed', { reason: 'no-credentials' });
  }
  if (error.code !== undefined && CONNECTION_CODES.has(error.code)) return make('connection-lost');
  return make('command-failed');
}

/** Any error as a MigrationError. One that is already is passed on. Abort reasons that are MigrationErrors stay themselves. */
export function toMigrationError(error: unknown, context: ErrorContext): MigrationError {
  if (MigrationError.is(error)) return error;
  const cause = safeCause(error, context.secrets);
  if (isServerError(error)) return fromServer(error, context);
  if (isNetworkError(error)) {
    const reason = error.name === 'MongoServerSelectionError' ? 'no-server' : 'network';
    return new MigrationError('connection-lost', { reason, ...useFacts(context), message: cause.message }, { cause });
  }
  if (error instanceof Error && error.name === 'AbortError')
    return new MigrationError('cancelled', useFacts(context), { cause });
  if (error instanceof Error && error.name === 'MongoCompatibilityError') {
    return new MigrationError(
      'unsupported-server-version',
      { ...useFacts(context), message: cause.message },
      { cause },
    );
  }
  if (error instanceof Error && USAGE_ERRORS.has(error.name)) {
    return new MigrationError('bad-connection-string', { reason: 'bad-option', message: cause.message }, { cause });
  }
  return new MigrationError('internal', { ...useFacts(context), message: cause.message }, { cause });
}

/** What an aborted signal means: its own reason where that is a MigrationError, else `cancelled`. */
export function abortError(signal: AbortSignal): MigrationError {
  return MigrationError.is(signal.reason) ? signal.reason : new MigrationError('cancelled');
}

/** Settles with the promise, or rejects as soon as the signal aborts; the promise's own end is then of no interest any more. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  promise.catch(() => undefined);
  if (signal.aborted) throw abortError(signal);
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortError(signal));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

/**
 * CursorNotFound, CappedPositionLost, QueryPlanKilled, CursorKilled, ExceededTimeLimit, Interrupted: the server has ended a cursor (idle, restart,
 * failover, an index or collection that changed under it). 50 is an RU account's word for a read that it retried by itself for too long (facts, section 2.8).
 */
const CURSOR_CODES: ReadonlySet<number | undefined> = new Set([
  SERVER_CODE.cursorNotFound,
  SERVER_CODE.exceededTimeLimit,
  136,
  175,
  237,
  262,
  11_601,
]);

/**
 * A cursor that the server no longer has is a lost connection to the caller: read on from the last document. So is a reply that is no BSON, of which
 * nothing can be believed.
 */
export function lostCursor(error: unknown, namespace: string): unknown {
  if (error instanceof MalformedBson)
    return new MigrationError('connection-lost', { reason: 'malformed-reply', namespace }, { cause: error });
  const code = serverCode(error);
  if (code === undefined || !CURSOR_CODES.has(code)) return error;
  return new MigrationError(
    'connection-lost',
    { reason: 'cursor-lost', serverCode: code, namespace },
    { cause: error },
  );
}
