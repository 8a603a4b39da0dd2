/**
 * A model of a Databricks workspace: the REST calls that a migration makes, strict about path, method, fields and tokens, on a real local Spark. A job's notebooks run
 * unchanged, one after another in one Spark application, as on a job cluster. It is a model: clusters come up at once, names of nodes and runtimes are not
 * looked up, notebooks' output is not kept.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TokenSource } from '../../../src/adapters/azure/ports.js';
import { MigrationError } from '../../../src/core/model/error.js';
import { setUpSpark } from '../../../scripts/setup-spark.js';
import { makeTempFolder } from '../temp.js';
import { AUDIENCE, bodyOf, checkFields, Refused, type Fields } from './closed-world.js';
import { WorkspaceFiles } from './workspace-files.js';
import { WorkspaceJobs, type ClusterOptions } from './workspace-jobs.js';

const USER = 'mover@example.net';

export interface WorkspaceOptions extends ClusterOptions {
  /** Every n-th call is refused with 429 first. */
  readonly busyEvery?: number;
}

/** A request, counted over all of them from 1. */
export interface SeenCall {
  /** Method and path. */
  readonly name: string;
  readonly number: number;
  /** Something may be another way afterwards. */
  readonly changes: boolean;
}

/** In the place of what the model would have answered. */
export interface GivenAnswer {
  readonly status: number;
  readonly code?: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WorkspaceHooks {
  /** `asked`: before it takes effect; `done`: when it has, and the answer is not sent yet. */
  /** A cluster takes minutes to come up. */
  readonly onCluster?: () => Promise<void>;
  readonly onCall?: (call: SeenCall, when: 'asked' | 'done') => 'hang-up' | GivenAnswer | undefined;
}

export interface Workspace extends AsyncDisposable {
  readonly url: string;
  readonly tokens: TokenSource;
  readonly scopes: Map<string, Map<string, string>>;
  /** Paths of what lies there, notebooks without extension. */
  files(): string[];
  jobs(): string[];
  /** Everything that runs have printed so far. */
  output(): string;
  /** Everything that was asked, as text. */
  readonly asked: string[];
  /** Ends the cluster of the run that is going on, executors and driver, at once. */
  crash(): void;
  isRunning(): boolean;
  hooks: WorkspaceHooks;
  /** Everything that was asked and done, in its order. */
  readonly calls: readonly SeenCall[];
  /** Runs that there ever were, in their order, those that were skipped included. */
  runs(): readonly { readonly id: number; readonly lifeCycle: string; readonly result?: string }[];
  /** How many jobs, and runs that go on, there were at most at the same time, and jobs over all. */
  readonly most: { readonly jobs: number; readonly runs: number; readonly madeJobs: number };
  /** Resolves when nothing goes on any more. */
  allRunsOver(): Promise<void>;
  /** What a person does on the page of the run. */
  cancelRuns(): void;
  /** The weeks for which runs are kept are over. */
  forgetRuns(): void;
  /** The token that was given out is over; asked to renew it, the model gives another, unless nobody is signed in any more. */
  expireToken(how?: { readonly status?: 401 | 403; readonly isSignedOut?: boolean }): void;
  close(): Promise<void>;
}

export async function startWorkspace(options: WorkspaceOptions = {}): Promise<Workspace> {
  const { python } = await setUpSpark();
  const folder = await makeTempFolder('databricks');
  const model = new Model(folder.path, python, options);
  const server = createServer((request, response) => void model.serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    await model.jobs.end();
    server.closeAllConnections();
    server.close();
    await folder.remove();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    // The first one has run out by the time that it is used.
    tokens: {
      token: (scope, how) =>
        Promise.resolve(how?.renew && scope === AUDIENCE ? model.tokens.renewed() : model.tokens.given),
    },
    scopes: model.scopes,
    files: () => model.files.paths(),
    jobs: () => [...model.jobs.jobs.values()].map(({ settings }) => settings.name),
    output: () => [...model.jobs.runs.values()].map(({ output }) => output).join('\n'),
    asked: model.asked,
    crash: () => model.jobs.crash(),
    get hooks() {
      return model.hooks;
    },
    set hooks(hooks) {
      model.hooks = hooks;
    },
    calls: model.calls,
    runs: () => [...model.jobs.runs.values()],
    most: model.jobs.most,
    allRunsOver: async () => void (await Promise.all([...model.jobs.runs.values()].map(({ over }) => over))),
    cancelRuns: () => {
      for (const { id } of model.jobs.runs.values()) model.jobs.cancel({ run_id: id });
    },
    forgetRuns: () => model.jobs.runs.clear(),
    expireToken: (how) => model.tokens.expire(how),
    isRunning: () => [...model.jobs.runs.values()].some(({ process }) => process !== undefined),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Of one user. */
class Tokens {
  given = 'run-out-token';
  status = 401;
  #valid: string | undefined = 'fresh-token-1';
  #count = 1;

  accepts(header: string | undefined): boolean {
    return this.#valid !== undefined && header === `Bearer ${this.#valid}`;
  }

  renewed(): string {
    if (this.#valid === undefined) throw new MigrationError('azure-sign-in-needed', { reason: 'not-signed-in' });
    this.given = this.#valid;
    return this.given;
  }

  expire({ status = 401, isSignedOut = false }: { status?: 401 | 403; isSignedOut?: boolean } = {}): void {
    this.status = status;
    this.#count += 1;
    this.#valid = isSignedOut ? undefined : `fresh-token-${this.#count}`;
  }
}

type Reply = Readonly<Record<string, unknown>>;
type Route = (fields: Fields) => Reply | Promise<Reply>;

class Model {
  readonly tokens = new Tokens();
  hooks: WorkspaceHooks = {};
  readonly calls: SeenCall[] = [];
  readonly scopes = new Map<string, Map<string, string>>();
  readonly files: WorkspaceFiles;
  readonly jobs: WorkspaceJobs;
  readonly asked: string[] = [];
  #calls = 0;

  constructor(
    folder: string,
    python: string,
    private readonly options: WorkspaceOptions,
  ) {
    this.files = new WorkspaceFiles(folder, USER);
    const onCluster = async (): Promise<void> => this.hooks.onCluster?.();
    this.jobs = new WorkspaceJobs({ ...options, python, folder, files: this.files, scopes: this.scopes, onCluster });
  }

  readonly #routes: Readonly<Record<string, Route>> = {
    'GET /api/2.0/preview/scim/v2/Me': (q) => (checkFields(q, {}), { userName: USER }),
    'POST /api/2.0/workspace/mkdirs': (q) => this.files.mkdirs(q),
    'POST /api/2.0/workspace/import': (q) => this.files.import(q),
    'POST /api/2.0/workspace/delete': (q) => this.files.delete(q),
    'POST /api/2.2/jobs/create': (q) => this.jobs.create(q),
    'GET /api/2.2/jobs/list': (q) => this.jobs.list(q),
    'POST /api/2.2/jobs/run-now': (q) => this.jobs.runNow(q),
    'GET /api/2.2/jobs/runs/get': (q) => this.jobs.get(q),
    'GET /api/2.2/jobs/runs/list': (q) => this.jobs.listRuns(q),
    'POST /api/2.2/jobs/runs/cancel': (q) => this.jobs.cancel(q),
    'POST /api/2.2/jobs/delete': (q) => this.jobs.delete(q),
    'POST /api/2.0/secrets/scopes/create': (q) => {
      checkFields(q, { scope: 'string' });
      const scope = String(q['scope']);
      if (this.scopes.has(scope)) throw new Refused(400, 'RESOURCE_ALREADY_EXISTS', `Scope ${scope} already exists!`);
      this.scopes.set(scope, new Map());
      return {};
    },
    'POST /api/2.0/secrets/put': (q) => {
      checkFields(q, { scope: 'string', key: 'string', string_value: 'string' });
      this.#scope(q).set(String(q['key']), String(q['string_value']));
      return {};
    },
    'GET /api/2.0/secrets/list': (q) => {
      checkFields(q, { scope: 'string' });
      return { secrets: [...this.#scope(q).keys()].map((key) => ({ key })) };
    },
  };

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (status: number, body: Reply, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    };
    try {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const text = await bodyOf(request);
      if (!this.tokens.accepts(request.headers.authorization)) {
        answer(this.tokens.status, { error_code: String(this.tokens.status), message: 'Invalid access token.' });
        return;
      }
      this.#calls += 1;
      const name = `${request.method} ${url.pathname}`;
      const call = { name, number: this.#calls, changes: request.method !== 'GET' };
      const given = this.hooks.onCall?.(call, 'asked');
      if (given === 'hang-up') {
        request.socket.destroy();
        return;
      }
      if (given) {
        answer(given.status, { error_code: given.code ?? '', message: given.message ?? '' }, given.headers);
        return;
      }
      if (this.options.busyEvery !== undefined && this.#calls % this.options.busyEvery === 0) {
        answer(429, { error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'slow down' }, { 'retry-after': '0' });
        return;
      }
      this.asked.push(name.includes('secrets/put') ? name : `${name} ${url.search} ${text}`);
      const route = this.#routes[name];
      if (!route) throw new Refused(404, 'ENDPOINT_NOT_FOUND', `No API found for '${name}'`);
      if (request.method === 'GET' && text !== '') throw new Refused(400, 'MALFORMED_REQUEST', 'a body with GET');
      const fields = request.method === 'GET' ? Object.fromEntries(url.searchParams) : (JSON.parse(text) as Fields);
      const reply = await route(fields);
      this.calls.push(call);
      if (this.hooks.onCall?.(call, 'done') === 'hang-up') request.socket.destroy();
      else answer(200, reply);
    } catch (error) {
      if (!(error instanceof Refused)) answer(500, { error_code: 'INTERNAL_ERROR', message: String(error) });
      else answer(error.status, { error_code: error.code, message: error.message });
    }
  }

  #scope(q: Fields): Map<string, string> {
    const scope = this.scopes.get(String(q['scope']));
    if (!scope) throw new Refused(404, 'RESOURCE_DOES_NOT_EXIST', `Scope ${String(q['scope'])} does not exist!`);
    return scope;
  }
}
