/** Has a Spark job on Databricks copy the documents of a plan, and follows it. What is deployed are the artefacts, unchanged. */
import { randomBytes } from 'node:crypto';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { Clock, ClusterSession } from '../../engine/ports.js';
import { STEP_LINE, type RemoteCopy, type RemoteCopyJob, type RemoteEnd } from '../../engine/remote-ports.js';
import { sparkJob } from '../../handoff/spark/job.js';
import { leftToOthers } from '../../handoff/spark/plan-json.js';
import { sparkArtefacts, sparkHandoffOf } from '../../handoff/spark/spark-artefacts.js';
import type { DatabricksClient, JobRun } from './databricks-client.js';
import { SparkState } from './spark-state.js';

export interface DatabricksCopyParts {
  readonly client: DatabricksClient;
  /** Of the target: the job's progress, dead letters and results are read there. */
  readonly target: ClusterSession;
  readonly clock: Clock;
  /** Milliseconds between two looks at the job; 10,000 where it is left out. */
  readonly pollMs?: number;
  /** Literals that are taken out of every message. */
  readonly secrets?: readonly string[];
  /** What to put into the secret scope first, where the user has asked for that. */
  readonly putSecrets?: { readonly sourceUri: string; readonly targetUri: string };
}

/** A cluster takes minutes to come up, and a copy hours. */
const POLL_MS = 10_000;
const SECRET_KEYS = ['source-uri', 'target-uri'] as const;
/** `life_cycle_state` of a run that is over (Jobs API, RunLifeCycleState). */
const OVER: ReadonlySet<string> = new Set(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR']);
const SUCCESS = 'SUCCESS';
/** Names in the journal. */
const STATE = 'databricks-state';
const FOLDER = 'databricks-folder';
const JOB = 'databricks-job';
const RUN = 'databricks-run';

/** A copy by Spark on Databricks, as a run of this product starts it, follows it, takes it up again and cleans it away. */
export function databricksCopy(parts: DatabricksCopyParts): RemoteCopy {
  return {
    check: (job) => check(parts, job),
    copy: (job) => new Following(parts, job).copy(),
  };
}

async function check(
  { client, putSecrets }: DatabricksCopyParts,
  { plan, collections, signal }: Parameters<NonNullable<RemoteCopy['check']>>[0],
): Promise<void> {
  const handoff = sparkHandoffOf(plan);
  sparkArtefacts(plan);
  for (const collection of collections) {
    const why = leftToOthers(collection);
    if (why !== undefined) {
      const ns = formatNamespace(collection.source);
      throw new MigrationError('bad-plan', { reason: 'spark-left-out', ns, why });
    }
  }
  if (putSecrets) return;
  const keys = new Set(await client.secretKeys(handoff.secretScope, signal));
  const missing = SECRET_KEYS.filter((key) => !keys.has(key));
  if (missing.length > 0)
    throw new MigrationError('databricks-refused', {
      reason: 'secrets-missing',
      scope: handoff.secretScope,
      keys: missing.join(', '),
    });
}

type Made = RemoteCopyJob['earlier'][string];

class Following {
  readonly #parts: DatabricksCopyParts;
  readonly #job: RemoteCopyJob;
  /** What there is in Databricks, as the journal has it. */
  readonly #made: Map<string, Made>;

  constructor(parts: DatabricksCopyParts, job: RemoteCopyJob) {
    this.#parts = parts;
    this.#job = job;
    this.#made = new Map(Object.entries(job.earlier));
  }

  async copy(): Promise<RemoteEnd> {
    const { plan, signal } = this.#job;
    const name = await this.#name();
    const state = new SparkState(this.#parts.target, name, this.#parts.secrets);
    const going = this.#made.get(RUN);
    let runId = going?.phase === 'started' ? going.id : undefined;
    if (runId === undefined) {
      const folder = await this.#deploy(name);
      const jobId = await this.#createJob(name, folder);
      runId = await this.#start(jobId, name);
    } else this.#say(`run ${runId} is taken up again`);
    let end: JobRun;
    try {
      end = await this.#follow(runId, state);
    } catch (error) {
      if (signal.aborted) await this.#stop(runId);
      throw error;
    }
    await this.#note({ what: RUN, phase: 'ended', id: runId, outcome: end.result ?? end.lifeCycle });
    this.#job.onCounts(await state.counts(this.#brought()));
    const letters = await state.fetchDeadLetters(this.#job.deadLetters, signal);
    if (letters > 0) this.#say(`${letters} dead letters fetched`);
    if (end.result !== SUCCESS) return { kind: 'failed', reasons: await this.#reasons(end, state) };
    const isVerified = plan.verification.depth === 'full' || sparkHandoffOf(plan).mode === 'transform';
    const verification = isVerified ? await state.results(signal) : undefined;
    await this.#cleanUp(state);
    return verification === undefined ? { kind: 'done' } : { kind: 'done', verification };
  }

  /** Of what the job remembers, and another once that is removed: who runs a finished copy again has a source that has moved on. */
  async #name(): Promise<string> {
    const { plan } = this.#job;
    const known = this.#made.get(STATE);
    if (known?.id !== undefined && known.phase !== 'removed') return known.id;
    const name = `${plan.id.slice(0, 24).toLowerCase()}-${randomBytes(4).toString('hex')}`;
    await this.#note({ what: STATE, phase: 'intent', id: name });
    return name;
  }

  async #deploy(name: string): Promise<string> {
    const { client, putSecrets } = this.#parts;
    const { plan, signal, onCommand } = this.#job;
    const { secretScope } = sparkHandoffOf(plan);
    if (putSecrets) {
      onCommand(`databricks secrets put-secret ${secretScope} ${SECRET_KEYS.join(' | ')}`);
      await client.putSecret(secretScope, 'source-uri', putSecrets.sourceUri, signal);
      await client.putSecret(secretScope, 'target-uri', putSecrets.targetUri, signal);
    }
    const folder = `/Workspace/Users/${await client.me(signal)}/mongo-cosmos-migration/${name}`;
    await this.#note({ what: FOLDER, phase: 'intent', id: folder });
    onCommand(`databricks workspace import-dir . ${folder}`);
    const { files } = sparkArtefacts(plan);
    const folders = new Set(files.map(({ path }) => `${folder}/${path}`.replace(/\/[^/]*$/, '')));
    for (const one of folders) await client.makeFolder(one, signal);
    for (const { path, text } of files) await client.putFile(`${folder}/${path}`, text, signal);
    await this.#note({ what: FOLDER, phase: 'started', id: folder });
    this.#say(`${files.length} files in ${folder}`);
    return folder;
  }

  async #createJob(name: string, folder: string): Promise<string> {
    const { client } = this.#parts;
    const { plan, signal, onCommand } = this.#job;
    const job = {
      ...sparkJob(plan, sparkHandoffOf(plan), (notebook) => `${folder}/src/${notebook}`),
      name: `Migration ${name}`,
    };
    await this.#note({ what: JOB, phase: 'intent', id: job.name });
    onCommand(`databricks jobs create --json @${folder}/job.json`);
    // A process that ended between the making and the noting has left one of this name, which no other run has.
    const jobId = (await client.findJob(job.name, signal)) ?? (await client.createJob(job, signal));
    await this.#note({ what: JOB, phase: 'started', id: jobId });
    return jobId;
  }

  async #start(jobId: string, name: string): Promise<string> {
    const { client } = this.#parts;
    const { signal, onCommand } = this.#job;
    // Noted before and used again after a crash, so that it is one run.
    const known = this.#made.get(RUN);
    const token = (known?.phase === 'intent' ? known.id : undefined) ?? randomBytes(16).toString('hex');
    await this.#note({ what: RUN, phase: 'intent', id: token });
    onCommand(`databricks jobs run-now ${jobId}`);
    const runId = await client.runJob(jobId, { run: name }, token, signal);
    await this.#note({ what: RUN, phase: 'started', id: runId });
    return runId;
  }

  async #follow(runId: string, state: SparkState): Promise<JobRun> {
    const { client, clock, pollMs = POLL_MS } = this.#parts;
    const { signal, onCounts } = this.#job;
    const told = new Map<string, string>();
    for (let isFirst = true; ; isFirst = false) {
      const run = await client.run(runId, signal);
      if (isFirst && run.url !== undefined) this.#say(run.url);
      for (const task of run.tasks) {
        const now = task.result ?? task.lifeCycle;
        if (told.get(task.key) !== now) this.#say(`task ${task.key}: ${now}`);
        told.set(task.key, now);
      }
      onCounts(await state.counts(this.#brought(), signal));
      if (OVER.has(run.lifeCycle)) return run;
      await clock.sleep(pollMs, signal);
    }
  }

  /** Paused, cancelled or stopped: the job is stopped there, whatever comes of it here. */
  async #stop(runId: string): Promise<void> {
    const { client, target, clock, pollMs = POLL_MS } = this.#parts;
    const { signal } = this.#job;
    await client.cancelRun(runId);
    let run = await client.run(runId);
    for (; !OVER.has(run.lifeCycle); run = await client.run(runId)) await clock.sleep(Math.min(pollMs, 2_000));
    await this.#note({ what: RUN, phase: 'ended', id: runId, outcome: run.result ?? run.lifeCycle });
    const state = new SparkState(target, await this.#name(), this.#parts.secrets);
    await state.fetchDeadLetters(this.#job.deadLetters);
    this.#job.onCounts(await state.counts(this.#brought()));
    // A pause is gone on from, by the same job's ranges.
    if (signal.reason === 'cancelled') await this.#cleanUp(state);
  }

  async #reasons(end: JobRun, state: SparkState): Promise<Extract<RemoteEnd, { kind: 'failed' }>['reasons']> {
    const reasons = await state.failures(this.#job.signal);
    if (reasons.length > 0) return reasons;
    const task = end.tasks.find(({ result }) => result !== undefined && result !== SUCCESS);
    const params = { outcome: end.result ?? end.lifeCycle, task: task?.key ?? '', message: end.message };
    return [{ id: 'spark-run-ended', params }];
  }

  /** Takes away what this run has made: job, files, and the job's memory on the target. */
  async #cleanUp(state: SparkState): Promise<void> {
    const { client } = this.#parts;
    const [job, folder] = [this.#made.get(JOB), this.#made.get(FOLDER)];
    if (job?.phase === 'started' && job.id !== undefined) {
      await client.removeJob(job.id);
      await this.#note({ what: JOB, phase: 'removed', id: job.id });
    }
    if (folder?.id !== undefined) {
      await client.removeFolder(folder.id);
      await this.#note({ what: FOLDER, phase: 'removed', id: folder.id });
    }
    await state.drop();
    await this.#note({ what: STATE, phase: 'removed' });
  }

  async #note(entry: { readonly what: string } & Made): Promise<void> {
    await this.#job.note(entry);
    this.#made.set(entry.what, entry);
  }

  #brought(): RemoteCopyJob['collections'] {
    return this.#job.plan.collections.filter((c) => leftToOthers(c) === undefined);
  }

  #say(text: string): void {
    this.#job.onLine({ tool: 'databricks', kind: STEP_LINE, text });
  }
}
