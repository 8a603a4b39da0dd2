/**
 * A model of a Databricks workspace: the REST calls that a migration makes, strict about path, method, fields and tokens, on a real local Spark. A job's notebooks run
 * unchanged, one after another in one Spark application, as on a job cluster. It is a model: clusters come up at once, names of nodes and runtimes are not
 * looked up, notebooks' output is not kept.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TokenSource } from '../../../src/adapters/azure/ports.js';
import { setUpSpark } from '../../../scripts/setup-spark.js';
import { makeTempFolder } from '../temp.js';
import { AUDIENCE, bodyOf, checkJob, checkFields, Refused, type Fields } from './closed-world.js';

const JOB_CLUSTER = fileURLToPath(new URL('job_cluster.py', import.meta.url));
const USER = 'mover@example.net';
const NOTEBOOK = '# Databricks notebook source\n';
/** Two executors with a core each, in processes of their own. */
const TWO_EXECUTORS = 'local-cluster[2,1,1024]';

export interface WorkspaceOptions {
  /** Spark's master; `threads`: no Spark, for what has nothing to do with it. */
  readonly master?: string;
  readonly conf?: Readonly<Record<string, string>>;
  /** Every n-th call is refused with 429 first. */
  readonly busyEvery?: number;
}

interface Run {
  readonly id: number;
  readonly token: string;
  readonly tasks: { readonly key: string; lifeCycle: string; result?: string }[];
  lifeCycle: string;
  result?: string;
  message: string;
  process?: ChildProcess;
  output: string;
}

interface Job {
  readonly id: number;
  readonly settings: JobSettings;
}

interface JobSettings {
  readonly name: string;
  readonly parameters: readonly { readonly name: string; readonly default: string }[];
  readonly tasks: readonly {
    readonly task_key: string;
    readonly max_retries: number;
    readonly notebook_task: { readonly notebook_path: string };
  }[];
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
    await model.end();
    server.closeAllConnections();
    server.close();
    await folder.remove();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    // The first one has run out by the time that it is used.
    tokens: {
      token: (scope, how) => Promise.resolve(how?.renew && scope === AUDIENCE ? model.freshToken() : model.token),
    },
    scopes: model.scopes,
    files: () => [...model.objects.keys()].sort(),
    jobs: () => [...model.jobs.values()].map(({ settings }) => settings.name),
    output: () => [...model.runs.values()].map(({ output }) => output).join('\n'),
    asked: model.asked,
    crash: () => model.crash(),
    isRunning: () => [...model.runs.values()].some(({ process }) => process !== undefined),
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Reply = Readonly<Record<string, unknown>>;
type Route = (fields: Fields) => Reply | Promise<Reply>;

class Model {
  token = 'run-out-token';
  readonly #fresh = 'fresh-token-1';
  readonly scopes = new Map<string, Map<string, string>>();
  readonly objects = new Map<string, 'DIRECTORY' | 'NOTEBOOK' | 'FILE'>([['/Workspace/Users/' + USER, 'DIRECTORY']]);
  readonly jobs = new Map<number, Job>();
  readonly runs = new Map<number, Run>();
  readonly asked: string[] = [];
  #ids = 1000;
  #calls = 0;

  constructor(
    private readonly folder: string,
    private readonly python: string,
    private readonly options: WorkspaceOptions,
  ) {}

  freshToken(): string {
    this.token = this.#fresh;
    return this.#fresh;
  }

  readonly #routes: Readonly<Record<string, Route>> = {
    'GET /api/2.0/preview/scim/v2/Me': (q) => (checkFields(q, {}), { userName: USER }),
    'POST /api/2.0/workspace/mkdirs': (q) => this.#mkdirs(q),
    'POST /api/2.0/workspace/import': (q) => this.#import(q),
    'POST /api/2.0/workspace/delete': (q) => this.#delete(q),
    'POST /api/2.2/jobs/create': (q) => this.#create(q),
    'GET /api/2.2/jobs/list': (q) => this.#list(q),
    'POST /api/2.2/jobs/run-now': (q) => this.#runNow(q),
    'GET /api/2.2/jobs/runs/get': (q) => this.#get(q),
    'POST /api/2.2/jobs/runs/cancel': (q) => this.#cancel(q),
    'POST /api/2.2/jobs/delete': (q) => {
      checkFields(q, { job_id: 'number' });
      if (!this.jobs.delete(Number(q['job_id']))) throw new Refused(404, 'RESOURCE_DOES_NOT_EXIST', 'no such job');
      return {};
    },
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
      if (request.headers.authorization !== `Bearer ${this.#fresh}`) {
        answer(401, { error_code: '401', message: 'Credential was not sent or was of an unsupported type.' });
        return;
      }
      this.#calls += 1;
      if (this.options.busyEvery !== undefined && this.#calls % this.options.busyEvery === 0) {
        answer(429, { error_code: 'REQUEST_LIMIT_EXCEEDED', message: 'slow down' }, { 'retry-after': '0' });
        return;
      }
      const name = `${request.method} ${url.pathname}`;
      this.asked.push(name.includes('secrets/put') ? name : `${name} ${url.search} ${text}`);
      const route = this.#routes[name];
      if (!route) throw new Refused(404, 'ENDPOINT_NOT_FOUND', `No API found for '${name}'`);
      if (request.method === 'GET' && text !== '') throw new Refused(400, 'MALFORMED_REQUEST', 'a body with GET');
      const fields = request.method === 'GET' ? Object.fromEntries(url.searchParams) : (JSON.parse(text) as Fields);
      answer(200, await route(fields));
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

  #mkdirs(q: Fields): Reply {
    checkFields(q, { path: 'string' });
    let path = absolute(q['path']);
    for (; path !== '/' && !this.objects.has(path); path = dirname(path)) this.objects.set(path, 'DIRECTORY');
    return {};
  }

  async #import(q: Fields): Promise<Reply> {
    checkFields(q, { path: 'string', format: 'string', content: 'string', overwrite: 'boolean' });
    if (q['format'] !== 'AUTO') throw new Refused(400, 'INVALID_PARAMETER_VALUE', 'this model knows AUTO alone');
    const path = absolute(q['path']);
    const content = Buffer.from(String(q['content']), 'base64');
    if (content.length > 10 * 1024 * 1024) throw new Refused(400, 'MAX_NOTEBOOK_SIZE_EXCEEDED', 'over 10 MB');
    if (this.objects.get(dirname(path)) !== 'DIRECTORY')
      throw new Refused(404, 'RESOURCE_DOES_NOT_EXIST', `The parent folder (${dirname(path)}) does not exist.`);
    const isNotebook = path.endsWith('.py') && content.toString('utf8').startsWith(NOTEBOOK);
    const name = isNotebook ? path.slice(0, -3) : path;
    if (this.objects.has(name) && q['overwrite'] !== true)
      throw new Refused(400, 'RESOURCE_ALREADY_EXISTS', `${name} already exists`);
    this.objects.set(name, isNotebook ? 'NOTEBOOK' : 'FILE');
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    return {};
  }

  async #delete(q: Fields): Promise<Reply> {
    checkFields(q, { path: 'string', recursive: 'boolean' });
    const path = absolute(q['path']);
    if (!this.objects.has(path)) throw new Refused(404, 'RESOURCE_DOES_NOT_EXIST', `Path (${path}) doesn't exist.`);
    for (const one of [...this.objects.keys()])
      if (one === path || one.startsWith(`${path}/`)) this.objects.delete(one);
    await rm(join(this.folder, path), { recursive: true, force: true });
    return {};
  }

  #create(q: Fields): Reply {
    checkJob(q);
    const settings = q as unknown as JobSettings;
    for (const { notebook_task } of settings.tasks) {
      if (this.objects.get(notebook_task.notebook_path) !== 'NOTEBOOK')
        throw new Refused(400, 'INVALID_PARAMETER_VALUE', `no notebook ${notebook_task.notebook_path}`);
    }
    const id = this.#ids++;
    this.jobs.set(id, { id, settings });
    return { job_id: id };
  }

  #list(q: Fields): Reply {
    checkFields(q, { name: 'string' });
    const found = [...this.jobs.values()].filter(({ settings }) => settings.name === q['name']);
    return found.length === 0 ? {} : { jobs: found.map(({ id, settings }) => ({ job_id: id, settings })) };
  }

  #runNow(q: Fields): Reply {
    checkFields(q, { job_id: 'number', job_parameters: 'object', idempotency_token: 'string' });
    const job = this.jobs.get(Number(q['job_id']));
    if (!job) throw new Refused(400, 'INVALID_PARAMETER_VALUE', `Job ${String(q['job_id'])} does not exist.`);
    const token = String(q['idempotency_token']);
    if (token.length > 64) throw new Refused(400, 'INVALID_PARAMETER_VALUE', 'the token is too long');
    const known = [...this.runs.values()].find((run) => run.token === token);
    if (known) return { run_id: known.id };
    const given = q['job_parameters'] as Record<string, string>;
    const names = new Set(job.settings.parameters.map(({ name }) => name));
    for (const name of Object.keys(given))
      if (!names.has(name)) throw new Refused(400, 'INVALID_PARAMETER_VALUE', `no job parameter ${name}`);
    const parameters = { ...Object.fromEntries(job.settings.parameters.map((p) => [p.name, p.default])), ...given };
    const run: Run = {
      id: this.#ids++,
      token,
      tasks: job.settings.tasks.map(({ task_key }) => ({ key: task_key, lifeCycle: 'BLOCKED' })),
      lifeCycle: 'PENDING',
      message: '',
      output: '',
    };
    this.runs.set(run.id, run);
    this.#startCluster(job, run, parameters);
    return { run_id: run.id };
  }

  #startCluster({ settings }: Job, run: Run, parameters: Record<string, string>): void {
    const child = spawn(this.python, [JOB_CLUSTER], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that executors end with it.
      detached: true,
      env: { ...process.env, SPARK_LOCAL_IP: '127.0.0.1', TMPDIR: this.folder },
    });
    run.process = child;
    const order = {
      master: this.options.master ?? TWO_EXECUTORS,
      conf: {
        'spark.ui.enabled': 'false',
        'spark.driver.host': '127.0.0.1',
        'spark.driver.bindAddress': '127.0.0.1',
        'spark.sql.warehouse.dir': join(this.folder, 'warehouse'),
        'spark.local.dir': join(this.folder, 'spark'),
        'spark.executor.memory': '512m',
        ...this.options.conf,
      },
      workspace: this.folder,
      secrets: Object.fromEntries([...this.scopes].map(([scope, keys]) => [scope, Object.fromEntries(keys)])),
      tasks: settings.tasks.map((task) => ({
        key: task.task_key,
        notebook: task.notebook_task.notebook_path,
        retries: task.max_retries,
        parameters,
      })),
    };
    child.stdin.end(`${JSON.stringify(order)}\n`);
    const hear = (line: string): void => {
      run.output += `${line}\n`;
      if (line.startsWith('@@')) this.#told(run, JSON.parse(line.slice(2)) as Told);
    };
    createInterface({ input: child.stdout }).on('line', hear);
    createInterface({ input: child.stderr }).on('line', hear);
    child.once('close', (code) => {
      delete run.process;
      if (run.lifeCycle === 'TERMINATING') run.result = 'CANCELED';
      else if (code === 0) run.result = 'SUCCESS';
      else run.result = 'FAILED';
      for (const task of run.tasks) {
        if (task.lifeCycle === 'RUNNING') task.result = run.result;
        task.lifeCycle = task.lifeCycle === 'BLOCKED' ? 'SKIPPED' : 'TERMINATED';
      }
      run.lifeCycle = 'TERMINATED';
    });
  }

  #told(run: Run, told: Told): void {
    const task = run.tasks.find(({ key }) => key === told.task);
    if (told.kind === 'cluster-up' && run.lifeCycle === 'PENDING') run.lifeCycle = 'RUNNING';
    if (!task) return;
    if (told.kind === 'task-started') task.lifeCycle = 'RUNNING';
    else task.lifeCycle = 'TERMINATED';
    if (told.kind === 'task-done') task.result = 'SUCCESS';
    if (told.kind === 'task-failed') {
      task.result = 'FAILED';
      run.message = `Task ${task.key} failed: ${told.error ?? ''}`;
    }
  }

  #get(q: Fields): Reply {
    checkFields(q, { run_id: 'string' });
    const run = this.runs.get(Number(q['run_id']));
    if (!run) throw new Refused(400, 'INVALID_PARAMETER_VALUE', `Run ${String(q['run_id'])} does not exist.`);
    const state = ({ lifeCycle, result }: { lifeCycle: string; result?: string }, message = '') => ({
      life_cycle_state: lifeCycle,
      ...(result === undefined ? {} : { result_state: result }),
      state_message: message,
    });
    return {
      run_id: run.id,
      run_page_url: `https://workspace.example/#job/run/${run.id}`,
      state: state(run, run.message),
      tasks: run.tasks.map((task) => ({ task_key: task.key, state: state(task) })),
    };
  }

  #cancel(q: Fields): Reply {
    checkFields(q, { run_id: 'number' });
    const run = this.runs.get(Number(q['run_id']));
    if (!run) throw new Refused(404, 'RESOURCE_DOES_NOT_EXIST', 'no such run');
    if (run.process) run.lifeCycle = 'TERMINATING';
    kill(run.process);
    return {};
  }

  crash(): void {
    for (const run of this.runs.values()) kill(run.process);
  }

  async end(): Promise<void> {
    const going = [...this.runs.values()].flatMap(({ process }) => (process ? [process] : []));
    this.crash();
    for (const child of going) if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

interface Told {
  readonly kind: string;
  readonly task?: string;
  readonly error?: string;
}

function kill(child: ChildProcess | undefined): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

function absolute(path: unknown): string {
  const text = String(path);
  if (!text.startsWith('/Workspace/') || text.includes('..') || text.endsWith('/'))
    throw new Refused(400, 'INVALID_PARAMETER_VALUE', `Path (${text}) is not one of the workspace.`);
  return text;
}
