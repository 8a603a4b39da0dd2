/** Jobs of a modelled workspace and their runs: notebooks run unchanged on a real local Spark, one after another in one application, as on a job cluster. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkFields, checkJob, Refused, type Fields } from './closed-world.js';
import type { WorkspaceFiles } from './workspace-files.js';

const JOB_CLUSTER = fileURLToPath(new URL('job_cluster.py', import.meta.url));
/** Two executors with a core each, in processes of their own. */
const TWO_EXECUTORS = 'local-cluster[2,1,1024]';

export interface ClusterOptions {
  /** Spark's master; `threads`: no Spark, for what has nothing to do with it. */
  readonly master?: string;
  readonly conf?: Readonly<Record<string, string>>;
}

interface Cluster extends ClusterOptions {
  readonly python: string;
  /** Where the workspace's files lie. */
  readonly folder: string;
  readonly files: WorkspaceFiles;
  readonly scopes: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Resolves when a cluster may come up. */
  readonly onCluster: () => Promise<void>;
}

interface Run {
  readonly id: number;
  readonly job: number;
  readonly token: string;
  readonly tasks: { readonly key: string; lifeCycle: string; result?: string }[];
  lifeCycle: string;
  result?: string;
  message: string;
  process?: ChildProcess;
  output: string;
  over: Promise<void>;
}

interface Job {
  readonly id: number;
  readonly settings: JobSettings;
}

interface JobSettings {
  readonly name: string;
  readonly max_concurrent_runs: number;
  readonly parameters: readonly { readonly name: string; readonly default: string }[];
  readonly job_clusters: readonly { readonly new_cluster: { readonly spark_env_vars?: Record<string, string> } }[];
  readonly tasks: readonly {
    readonly task_key: string;
    readonly max_retries: number;
    readonly notebook_task: { readonly notebook_path: string };
  }[];
}

export class WorkspaceJobs {
  readonly jobs = new Map<number, Job>();
  readonly runs = new Map<number, Run>();
  readonly most = { jobs: 0, runs: 0, madeJobs: 0 };
  #ids = 1000;

  constructor(private readonly cluster: Cluster) {}

  create(q: Fields): Fields {
    checkJob(q);
    const settings = q as unknown as JobSettings;
    for (const { notebook_task } of settings.tasks) {
      if (this.cluster.files.kindOf(notebook_task.notebook_path) !== 'NOTEBOOK')
        throw new Refused(400, 'INVALID_PARAMETER_VALUE', `no notebook ${notebook_task.notebook_path}`);
    }
    const id = this.#ids++;
    this.jobs.set(id, { id, settings });
    this.most.madeJobs += 1;
    this.most.jobs = Math.max(this.most.jobs, this.jobs.size);
    return { job_id: id };
  }

  list(q: Fields): Fields {
    checkFields(q, { name: 'string' });
    const found = [...this.jobs.values()].filter(({ settings }) => settings.name === q['name']);
    return found.length === 0 ? {} : { jobs: found.map(({ id, settings }) => ({ job_id: id, settings })) };
  }

  runNow(q: Fields): Fields {
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
      job: job.id,
      token,
      tasks: job.settings.tasks.map(({ task_key }) => ({ key: task_key, lifeCycle: 'BLOCKED' })),
      lifeCycle: 'PENDING',
      message: '',
      output: '',
      over: Promise.resolve(),
    };
    const others = this.#activeRuns(job.id);
    this.runs.set(run.id, run);
    if (others.length >= job.settings.max_concurrent_runs) {
      run.lifeCycle = 'SKIPPED';
      run.message = 'Skipping this run because the limit of 1 maximum concurrent runs has been reached.';
      return { run_id: run.id };
    }
    this.most.runs = Math.max(this.most.runs, others.length + 1);
    this.#startCluster(job, run, parameters);
    return { run_id: run.id };
  }

  #startCluster({ settings }: Job, run: Run, parameters: Record<string, string>): void {
    const child = spawn(this.cluster.python, [JOB_CLUSTER], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that executors end with it.
      detached: true,
      env: {
        ...process.env,
        ...settings.job_clusters[0]?.new_cluster.spark_env_vars,
        SPARK_LOCAL_IP: '127.0.0.1',
        TMPDIR: this.cluster.folder,
      },
    });
    run.process = child;
    const order = {
      master: this.cluster.master ?? TWO_EXECUTORS,
      conf: {
        'spark.ui.enabled': 'false',
        'spark.driver.host': '127.0.0.1',
        'spark.driver.bindAddress': '127.0.0.1',
        'spark.sql.warehouse.dir': join(this.cluster.folder, 'warehouse'),
        'spark.local.dir': join(this.cluster.folder, 'spark'),
        'spark.executor.memory': '512m',
        ...this.cluster.conf,
      },
      workspace: this.cluster.folder,
      secrets: Object.fromEntries([...this.cluster.scopes].map(([scope, keys]) => [scope, Object.fromEntries(keys)])),
      tasks: settings.tasks.map((task) => ({
        key: task.task_key,
        notebook: task.notebook_task.notebook_path,
        retries: task.max_retries,
        parameters,
      })),
    };
    // Ended before its cluster was up.
    child.stdin.on('error', () => undefined);
    void this.cluster.onCluster().then(() => child.stdin.end(`${JSON.stringify(order)}\n`));
    const hear = (line: string): void => {
      run.output += `${line}\n`;
      if (line.startsWith('@@')) this.#told(run, JSON.parse(line.slice(2)) as Told);
    };
    createInterface({ input: child.stdout }).on('line', hear);
    createInterface({ input: child.stderr }).on('line', hear);
    const closed = once(child, 'close') as Promise<[number | null]>;
    run.over = closed.then(([code]) => {
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

  #activeRuns(job: number): readonly Run[] {
    return [...this.runs.values()].filter(
      (run) => run.job === job && !['TERMINATED', 'SKIPPED'].includes(run.lifeCycle),
    );
  }

  delete(q: Fields): Fields {
    checkFields(q, { job_id: 'number' });
    if (!this.jobs.delete(Number(q['job_id']))) throw new Refused(404, 'RESOURCE_DOES_NOT_EXIST', 'no such job');
    return {};
  }

  listRuns(q: Fields): Fields {
    checkFields(q, { job_id: 'string', active_only: 'string' });
    if (q['active_only'] !== 'true') throw new Refused(400, 'INVALID_PARAMETER_VALUE', 'this model lists active ones');
    const found = this.#activeRuns(Number(q['job_id']));
    return found.length === 0 ? {} : { runs: found.map(({ id }) => ({ run_id: id })) };
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

  get(q: Fields): Fields {
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

  cancel(q: Fields): Fields {
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
