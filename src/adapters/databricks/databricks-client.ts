/** The few calls of the Databricks REST API that a migration needs. Paths and fields: docs.databricks.com/api. */
import { MigrationError, type ErrorFacts } from '../../core/model/error.js';
import { DATABRICKS_SCOPE } from '../../core/model/handoff.js';
import { redact } from '../../core/model/redact.js';
import type { Clock } from '../../engine/ports.js';
import type { SparkJob } from '../../handoff/spark/job.js';
import type { TokenSource } from '../azure/ports.js';
import { recordOf } from '../json.js';

/** Judged: calls are answered within seconds; an answer that is not here by then is lost. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Waits from 1 s, doubled, to 60 s, or as the workspace says: two minutes in all, then whoever asked is told. Judged. */
const MOST_TRIES = 8;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** Not carried out, so that everything may be sent again; in the second list it is not known, so that only what is repeatable is. */
const REFUSED_FOR_NOW: ReadonlySet<number> = new Set([429, 503]);
const BROKEN_FOR_NOW: ReadonlySet<number> = new Set([500, 502, 504]);

export interface DatabricksClientOptions {
  /** `https://adb-....azuredatabricks.net`; http on loopback alone, for tests. */
  readonly workspaceUrl: string;
  readonly tokens: TokenSource;
  readonly clock: Clock;
  /** Taken out of every message. */
  readonly secrets?: readonly string[];
}

/** How a job's run is: `state` in the words of the Jobs API. */
export interface JobRun {
  readonly lifeCycle: string;
  readonly result: string | undefined;
  readonly message: string;
  readonly url: string | undefined;
  /** Tasks by key. */
  readonly tasks: readonly { readonly key: string; readonly lifeCycle: string; readonly result: string | undefined }[];
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
  /** Doing it twice does what doing it once does. */
  readonly repeatable: boolean;
}

/** @throws MigrationError `bad-option` for an address that is neither https nor this machine's; `databricks-refused` from every call. */
export class DatabricksClient {
  readonly #options: DatabricksClientOptions;
  readonly #origin: string;

  constructor(options: DatabricksClientOptions) {
    this.#options = options;
    const url = new URL(options.workspaceUrl);
    const isLocal = url.protocol === 'http:' && url.hostname === '127.0.0.1';
    if (url.protocol !== 'https:' && !isLocal)
      throw new MigrationError('bad-option', { option: 'workspaceUrl', reason: 'endpoint' });
    this.#origin = url.origin;
  }

  /** Name of whose token it is, as the workspace's folders have it. */
  async me(signal?: AbortSignal): Promise<string> {
    const reply = await this.#call({ method: 'GET', path: '/api/2.0/preview/scim/v2/Me', repeatable: true }, signal);
    return text(reply, 'userName');
  }

  async makeFolder(path: string, signal?: AbortSignal): Promise<void> {
    await this.#call({ method: 'POST', path: '/api/2.0/workspace/mkdirs', body: { path }, repeatable: true }, signal);
  }

  /** Puts a file there, in the place of an older one. Python whose first line says so becomes a notebook, and loses its extension. */
  async putFile(path: string, content: string, signal?: AbortSignal): Promise<void> {
    const body = { path, format: 'AUTO', content: Buffer.from(content).toString('base64'), overwrite: true };
    await this.#call({ method: 'POST', path: '/api/2.0/workspace/import', body, repeatable: true }, signal);
  }

  async removeFolder(path: string, signal?: AbortSignal): Promise<void> {
    const body = { path, recursive: true };
    await this.#unlessGone({ method: 'POST', path: '/api/2.0/workspace/delete', body, repeatable: true }, signal);
  }

  /** Not sent again where it is not known what became of it: two jobs may have one name. */
  async createJob(job: SparkJob, signal?: AbortSignal): Promise<string> {
    const reply = await this.#call(
      { method: 'POST', path: '/api/2.2/jobs/create', body: { ...job }, repeatable: false },
      signal,
    );
    return id(reply, 'job_id');
  }

  /** The jobs of this very name. */
  async findJobs(name: string, signal?: AbortSignal): Promise<readonly string[]> {
    const reply = await this.#call(
      { method: 'GET', path: '/api/2.2/jobs/list', query: { name }, repeatable: true },
      signal,
    );
    return listOf(reply, 'jobs').map((job) => id(job, 'job_id'));
  }

  async removeJob(jobId: string, signal?: AbortSignal): Promise<void> {
    const body = { job_id: Number(jobId) };
    await this.#unlessGone({ method: 'POST', path: '/api/2.2/jobs/delete', body, repeatable: true }, signal);
  }

  /** Starts a run; `token` (64 characters at most) makes it one, however often it is asked for. */
  async runJob(
    jobId: string,
    parameters: Readonly<Record<string, string>>,
    token: string,
    signal?: AbortSignal,
  ): Promise<string> {
    const body = { job_id: Number(jobId), job_parameters: parameters, idempotency_token: token };
    const reply = await this.#call({ method: 'POST', path: '/api/2.2/jobs/run-now', body, repeatable: true }, signal);
    return id(reply, 'run_id');
  }

  /** Undefined where the workspace does not know the run, or not any more: it keeps them for some weeks. */
  async run(runId: string, signal?: AbortSignal): Promise<JobRun | undefined> {
    const reply = await this.#unlessGone(
      { method: 'GET', path: '/api/2.2/jobs/runs/get', query: { run_id: runId }, repeatable: true },
      signal,
    );
    if (reply === undefined) return undefined;
    const tasks = listOf(reply, 'tasks');
    const state = stateOf(reply);
    return {
      ...state,
      message: redact(state.message, this.#options.secrets ?? []),
      url: typeof reply['run_page_url'] === 'string' ? reply['run_page_url'] : undefined,
      tasks: tasks.map((task) => ({ key: text(task, 'task_key'), ...stateOf(task) })),
    };
  }

  /** Runs of a job that are not over. */
  async activeRuns(jobId: string, signal?: AbortSignal): Promise<readonly string[]> {
    const query = { job_id: jobId, active_only: 'true' };
    const call: Call = { method: 'GET', path: '/api/2.2/jobs/runs/list', query, repeatable: true };
    const reply = await this.#unlessGone(call, signal);
    return reply === undefined ? [] : listOf(reply, 'runs').map((run) => id(run, 'run_id'));
  }

  async cancelRun(runId: string, signal?: AbortSignal): Promise<void> {
    const body = { run_id: Number(runId) };
    await this.#unlessGone({ method: 'POST', path: '/api/2.2/jobs/runs/cancel', body, repeatable: true }, signal);
  }

  /** Makes the scope where it is not there, and puts one secret into it. */
  async putSecret(scope: string, key: string, value: string, signal?: AbortSignal): Promise<void> {
    try {
      const path = '/api/2.0/secrets/scopes/create';
      await this.#call({ method: 'POST', path, body: { scope }, repeatable: true }, signal);
    } catch (error) {
      if (!MigrationError.is(error, 'databricks-refused') || error.facts['errorCode'] !== 'RESOURCE_ALREADY_EXISTS')
        throw error;
    }
    const body = { scope, key, string_value: value };
    await this.#call({ method: 'POST', path: '/api/2.0/secrets/put', body, repeatable: true }, signal);
  }

  /** Keys of a scope's secrets; empty where the scope is not there. */
  async secretKeys(scope: string, signal?: AbortSignal): Promise<readonly string[]> {
    const call: Call = { method: 'GET', path: '/api/2.0/secrets/list', query: { scope }, repeatable: true };
    const reply = await this.#unlessGone(call, signal);
    return listOf(reply ?? {}, 'secrets').map((secret) => text(secret, 'key'));
  }

  async #unlessGone(call: Call, signal?: AbortSignal): Promise<Record<string, unknown> | undefined> {
    try {
      return await this.#call(call, signal);
    } catch (error) {
      if (MigrationError.is(error, 'databricks-refused') && isGone(error.facts)) return undefined;
      throw error;
    }
  }

  async #call(call: Call, signal?: AbortSignal): Promise<Record<string, unknown>> {
    const { tokens, clock } = this.#options;
    let token = await tokens.token(DATABRICKS_SCOPE);
    let isRenewed = false;
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      const reply = await this.#send(call, token, signal);
      if (reply !== undefined && reply.ok) return reply.body;
      if (reply !== undefined && !isRenewed && isTokenRefused(reply)) {
        isRenewed = true;
        token = await tokens.token(DATABRICKS_SCOPE, { renew: true });
        continue;
      }
      const isForNow =
        reply === undefined || BROKEN_FOR_NOW.has(reply.status) ? call.repeatable : REFUSED_FOR_NOW.has(reply.status);
      if (!isForNow || attempt >= MOST_TRIES) throw this.#refusal(call, reply);
      const told = reply?.retryAfterMs;
      await clock.sleep(told ?? Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1)), signal);
    }
  }

  async #send(call: Call, token: string, signal: AbortSignal | undefined): Promise<Reply | undefined> {
    const url = new URL(call.path, this.#origin);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    const limit = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    try {
      const response = await fetch(url, {
        method: call.method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
        redirect: 'error',
        // What changes something is let come to its end, so that it is known what there is.
        signal: signal && call.method === 'GET' ? AbortSignal.any([signal, limit]) : limit,
      });
      const body = objectOf(await response.text());
      const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
      return {
        ok: response.ok,
        status: response.status,
        body,
        retryAfterMs: Number.isFinite(seconds) ? Math.min(LONGEST_WAIT_MS, seconds * 1000) : undefined,
      };
    } catch {
      return undefined;
    }
  }

  #refusal(call: Call, reply: Reply | undefined): MigrationError {
    const said = typeof reply?.body['message'] === 'string' ? reply.body['message'] : '';
    const code = reply?.body['error_code'];
    return new MigrationError('databricks-refused', {
      request: `${call.method} ${call.path}`,
      reason:
        reply === undefined ? 'unreachable' : reply.status === 401 || reply.status === 403 ? 'not-allowed' : 'refused',
      ...(reply === undefined ? {} : { status: reply.status }),
      ...(typeof code === 'string' ? { errorCode: code } : {}),
      message: redact(said, this.#options.secrets ?? []),
    });
  }
}

interface Reply {
  readonly ok: boolean;
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly retryAfterMs: number | undefined;
}

/**
 * A token that is over is told by 401, by 403, and has been told by 400, as clients of the API report
 * (github.com/databrickslabs/splunk-integration/issues/55, github.com/databricks/databricks-vscode/issues/583).
 */
function isTokenRefused({ status, body }: Reply): boolean {
  return status === 401 || status === 403 || (status === 400 && /expired/i.test(String(body['message'])));
}

/** Of runs and jobs it is told by 400, too (databricks-sdk-go, the exceptions of its errors package). */
function isGone({ status, errorCode, message }: ErrorFacts): boolean {
  const isSaid = errorCode === 'INVALID_PARAMETER_VALUE' && /does not exist/.test(String(message));
  return status === 404 || (status === 400 && isSaid);
}

function listOf(reply: Record<string, unknown>, name: string): Record<string, unknown>[] {
  return Array.isArray(reply[name]) ? (reply[name] as Record<string, unknown>[]) : [];
}

function objectOf(textOfBody: string): Record<string, unknown> {
  try {
    return recordOf(JSON.parse(textOfBody));
  } catch {
    return {};
  }
}

function stateOf(reply: Record<string, unknown>): { lifeCycle: string; result: string | undefined; message: string } {
  const state = (reply['state'] ?? {}) as Record<string, unknown>;
  return {
    lifeCycle: text(state, 'life_cycle_state'),
    result: typeof state['result_state'] === 'string' ? state['result_state'] : undefined,
    message: typeof state['state_message'] === 'string' ? state['state_message'] : '',
  };
}

function text(reply: Record<string, unknown>, name: string): string {
  const value = reply[name];
  if (typeof value === 'string') return value;
  throw new MigrationError('databricks-refused', { reason: 'not-understood', request: name });
}

function id(reply: Record<string, unknown>, name: string): string {
  const value = reply[name];
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  throw new MigrationError('databricks-refused', { reason: 'not-understood', request: name });
}
