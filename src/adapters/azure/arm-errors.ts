/** What ARM's refusals become. The words of a reply are redacted before anybody sees them. */
import { MigrationError, type ErrorFacts } from '../../core/model/error.js';
import { redact } from '../../core/model/redact.js';
import { at, recordOf, type JsonRecord } from '../json.js';
import type { ArmReply, ArmRequest } from './ports.js';

interface Told {
  readonly secrets: readonly string[];
}

/** Why ARM refused; each has its words in `words`. */
type RefusalReason =
  | 'not-allowed'
  | 'not-found'
  | 'conflict'
  | 'not-registered'
  | 'too-many-requests'
  | 'operation-failed'
  | 'not-understood'
  | 'refused';

/** Details lie in details; deeper than this nobody reads. */
const DEEPEST_DETAIL = 5;
/** Of one message. Judged: more than anybody reads of a refusal. */
const LONGEST_MESSAGE = 2_000;

/** A status that is not waited out, or an operation that has failed. */
export function refusal(request: ArmRequest, reply: ArmReply, told: Told, reason?: RefusalReason): MigrationError {
  const said = wordsOf(reply.body, told);
  return new MigrationError('azure-refused', {
    reason: reason ?? reasonOf(reply.status, said.azureCode),
    status: reply.status,
    ...requestFacts(request),
    ...said,
    ...requestId(reply),
  });
}

export function signInNeeded(request: ArmRequest, reply: ArmReply, told: Told): MigrationError {
  return new MigrationError('azure-sign-in-needed', {
    reason: 'token-refused',
    ...requestFacts(request),
    ...wordsOf(reply.body, told),
  });
}

/** `unclear`: it may have arrived, and doing it twice is not the same. */
export function brokenLine(
  request: ArmRequest,
  cause: unknown,
  told: Told,
  reason: 'unclear' | 'no-answer',
): MigrationError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const message = redact(inner instanceof Error ? inner.message : String(inner), told.secrets);
  return new MigrationError('azure-unreachable', { reason, message, ...requestFacts(request) }, { cause });
}

/** True for ARM's answer that there is no such thing. */
export function isNotFound(error: unknown): boolean {
  return MigrationError.is(error, 'azure-refused') && error.facts['status'] === 404;
}

function reasonOf(status: number, code: string | undefined): RefusalReason {
  if (code === 'MissingSubscriptionRegistration') return 'not-registered';
  if (status === 403) return 'not-allowed';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  if (status === 429) return 'too-many-requests';
  return 'refused';
}

/** The path holds names, no secrets; the query may. */
function requestFacts(request: ArmRequest): ErrorFacts {
  return { request: `${request.method} ${request.path.replace(/[?#].*$/s, '')}` };
}

function requestId(reply: ArmReply): ErrorFacts {
  const id = reply.headers['x-ms-correlation-request-id'] ?? reply.headers['x-ms-request-id'];
  return id === undefined ? {} : { requestId: id };
}

function wordsOf(body: unknown, told: Told): { readonly azureCode?: string; readonly message?: string } {
  const error = recordOf(at(body, 'error') ?? at(body, 'properties', 'error') ?? body);
  const code = error['code'];
  const said = [...messagesOf(error, 0)];
  const message = said.length > 0 ? said.join(' ') : typeof body === 'string' ? body : '';
  return {
    ...(typeof code === 'string' ? { azureCode: code } : {}),
    ...(message === '' ? {} : { message: redact(message, told.secrets).slice(0, LONGEST_MESSAGE) }),
  };
}

function messagesOf(error: JsonRecord, depth: number): Set<string> {
  const messages = new Set<string>();
  if (typeof error['message'] === 'string' && error['message'] !== '') messages.add(error['message'].trim());
  const details = error['details'];
  if (depth < DEEPEST_DETAIL && Array.isArray(details)) {
    for (const detail of details) for (const text of messagesOf(recordOf(detail), depth + 1)) messages.add(text);
  }
  return messages;
}
