import { MigrationError } from '../../core/model/error.js';
import type { Clock } from '../../engine/ports.js';
import { brokenLine, refusal, signInNeeded } from './arm-errors.js';
import { at, textAt } from '../json.js';
import type { ArmClient, ArmReply, ArmRequest, TokenSource } from './ports.js';

export const PUBLIC_ARM = 'https://management.azure.com';

export interface ArmClientOptions {
  readonly tokens: TokenSource;
  readonly clock: Clock;
  /** Of the cloud, e.g. `https://management.usgovcloudapi.net`. A loopback address may be http: a test's. */
  readonly endpoint?: string;
  /** Whom the tokens are for; the endpoint with `/.default`. */
  readonly scope?: string;
  /** Literals that are taken out of every message: what was sent may come back in one. */
  readonly secrets?: readonly string[];
}

/** A request that ARM has not answered by then is lost. */
const REQUEST_TIMEOUT_MS = 90_000;
/** ARM says how long to wait; without a word: from 1 s, doubled, to 60 s. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_OWN_WAIT_MS = 60_000;
/** Longer than this is not waited for one request, refusals included: whoever started it is told. ARM's own longest window is an hour, and is told in `Retry-After`. */
const PATIENCE_MS = 15 * 60_000;
/** Between two looks at a long-running operation that does not say it. */
const POLL_MS = 5_000;

/** Asked again after a while: too many requests, and what is broken for a moment. */
const REFUSED_FOR_NOW: ReadonlySet<number> = new Set([429, 503]);
const BROKEN_FOR_NOW: ReadonlySet<number> = new Set([408, 500, 502, 504]);

/**
 * One client for every call to ARM, on `fetch`. The token goes to the endpoint alone: addresses of next pages and of operations that lead elsewhere are refused.
 * @throws MigrationError `bad-option` where the endpoint is neither https nor on this machine.
 */
export function createArmClient(options: ArmClientOptions): ArmClient {
  const endpoint = checkedEndpoint(options.endpoint ?? PUBLIC_ARM);
  const { clock } = options;
  const scope = options.scope ?? `${endpoint.origin}/.default`;
  const told = { secrets: options.secrets ?? [] };

  async function send(request: ArmRequest, signal?: AbortSignal): Promise<ArmReply> {
    const address = addressOf(endpoint, request);
    const isRepeatable = request.method !== 'POST' || request.repeatable === true;
    let token = await options.tokens.token(scope);
    let isRenewed = false;
    let waited = 0;
    for (let attempt = 0; ; attempt += 1) {
      signal?.throwIfAborted();
      const answer = await ask(address, request, token, signal);
      if (answer.kind === 'broken' && !isRepeatable) throw brokenLine(request, answer.cause, told, 'unclear');
      if (answer.kind === 'reply') {
        const { reply } = answer;
        if (reply.status < 300) return reply;
        if (reply.status === 401 && !isRenewed) {
          isRenewed = true;
          token = await options.tokens.token(scope, { renew: true });
          continue;
        }
        if (reply.status === 401) throw signInNeeded(request, reply, told);
        const isForNow = REFUSED_FOR_NOW.has(reply.status) || (isRepeatable && BROKEN_FOR_NOW.has(reply.status));
        if (!isForNow) throw refusal(request, reply, told);
      }
      const wait = answer.kind === 'reply' ? (retryAfter(answer.reply, clock) ?? ownWait(attempt)) : ownWait(attempt);
      waited += wait;
      if (waited > PATIENCE_MS) {
        if (answer.kind === 'reply') throw refusal(request, answer.reply, told);
        throw brokenLine(request, answer.cause, told, 'no-answer');
      }
      await clock.sleep(wait, signal);
    }
  }

  async function sendAndWait(request: ArmRequest, signal?: AbortSignal): Promise<ArmReply> {
    const first = await send(request, signal);
    const operation = first.headers['azure-asyncoperation'];
    if (operation !== undefined) {
      await followOperation(request, operation, first, signal);
      if (request.method === 'PUT' || request.method === 'PATCH') return send(resourceOf(request), signal);
      const result = first.headers['location'];
      if (request.method !== 'POST' || result === undefined) return first;
      return followLocation(result, first, signal);
    }
    const location = first.headers['location'];
    if (first.status === 202 && location !== undefined) return followLocation(location, first, signal);
    if (request.method === 'PUT' || request.method === 'PATCH') return followResource(request, first, signal);
    return first;
  }

  async function followOperation(
    request: ArmRequest,
    path: string,
    first: ArmReply,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (let last = first; ;) {
      await clock.sleep(retryAfter(last, clock) ?? POLL_MS, signal);
      last = await send({ method: 'GET', path }, signal);
      const state = textAt(last.body, 'status') ?? textAt(last.body, 'properties', 'provisioningState');
      if (isSuccess(state)) return;
      if (isFailure(state)) throw refusal(request, last, told, 'operation-failed');
      if (state === undefined) throw refusal(request, last, told, 'not-understood');
    }
  }

  async function followLocation(path: string, first: ArmReply, signal: AbortSignal | undefined): Promise<ArmReply> {
    for (let last = first; ;) {
      await clock.sleep(retryAfter(last, clock) ?? POLL_MS, signal);
      last = await send({ method: 'GET', path }, signal);
      if (last.status !== 202) return last;
    }
  }

  /** Without an address of an operation, the resource itself says how far it is. */
  async function followResource(
    request: ArmRequest,
    first: ArmReply,
    signal: AbortSignal | undefined,
  ): Promise<ArmReply> {
    for (let last = first; ;) {
      const state = textAt(last.body, 'properties', 'provisioningState');
      if (state === undefined || isSuccess(state)) return last;
      if (isFailure(state)) throw refusal(request, last, told, 'operation-failed');
      await clock.sleep(retryAfter(last, clock) ?? POLL_MS, signal);
      last = await send(resourceOf(request), signal);
    }
  }

  async function list(request: ArmRequest, signal?: AbortSignal): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    const seen = new Set<string>();
    for (let next: ArmRequest | undefined = request; next !== undefined;) {
      const reply: ArmReply = await send(next, signal);
      const page = at(reply.body, 'value');
      if (!Array.isArray(page)) throw refusal(request, reply, told, 'not-understood');
      items.push(...(page as unknown[]));
      const link = textAt(reply.body, 'nextLink');
      if (link !== undefined && seen.has(link)) throw refusal(request, reply, told, 'not-understood');
      if (link !== undefined) seen.add(link);
      next = link === undefined ? undefined : { method: 'GET', path: link };
    }
    return items;
  }

  return { send, sendAndWait, list };
}

type Answer =
  | { readonly kind: 'reply'; readonly reply: ArmReply }
  /** No answer, or not a whole one: whether the request arrived is not known. */
  | { readonly kind: 'broken'; readonly cause: unknown };

async function ask(address: URL, request: ArmRequest, token: string, signal: AbortSignal | undefined): Promise<Answer> {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  try {
    const response = await fetch(address, {
      method: request.method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      // ARM does not redirect; whoever does is not to be followed with a token.
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    const text = await response.text();
    return {
      kind: 'reply',
      reply: { status: response.status, headers: Object.fromEntries(response.headers), body: parsed(text) },
    };
  } catch (cause) {
    signal?.throwIfAborted();
    return { kind: 'broken', cause };
  }
}

/** What is no JSON stays text: pages of a proxy in between, above all. */
function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function checkedEndpoint(text: string): URL {
  let endpoint: URL | undefined;
  try {
    endpoint = new URL(text);
  } catch {
    // Told below.
  }
  const isSafe = endpoint?.protocol === 'https:' || (endpoint?.protocol === 'http:' && isLoopback(endpoint.hostname));
  if (!endpoint || !isSafe) throw new MigrationError('bad-option', { option: 'azure endpoint', reason: 'endpoint' });
  return endpoint;
}

function isLoopback(host: string): boolean {
  return host === '127.0.0.1' || host === 'localhost' || host === '[::1]';
}

function addressOf(endpoint: URL, request: ArmRequest): URL {
  const address = new URL(request.path, endpoint);
  const isOurs =
    address.origin === endpoint.origin ||
    (address.protocol === 'https:' && address.port === '' && address.hostname.endsWith(`.${endpoint.hostname}`));
  if (!isOurs || address.username !== '' || address.password !== '') {
    throw new MigrationError('azure-refused', { reason: 'foreign-address', host: address.host });
  }
  if (request.apiVersion !== undefined) address.searchParams.set('api-version', request.apiVersion);
  for (const [name, value] of Object.entries(request.query ?? {})) address.searchParams.set(name, value);
  return address;
}

function resourceOf(request: ArmRequest): ArmRequest {
  const { path, apiVersion } = request;
  return { method: 'GET', path, ...(apiVersion === undefined ? {} : { apiVersion }) };
}

/** Milliseconds; the header holds seconds or a date (RFC 9110, 10.2.3). */
function retryAfter(reply: ArmReply, clock: Clock): number | undefined {
  const text = reply.headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - clock.now());
}

function ownWait(attempt: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_OWN_WAIT_MS);
}

function isSuccess(state: string | undefined): boolean {
  return state?.toLowerCase() === 'succeeded';
}

function isFailure(state: string | undefined): boolean {
  return /^(failed|cancell?ed)$/i.test(state ?? '');
}
