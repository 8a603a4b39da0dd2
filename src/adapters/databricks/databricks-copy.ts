/** Has a Spark job on Databricks copy the documents of a plan, and follows it. What is deployed are the artefacts, unchanged. */
import { randomBytes } from 'node:crypto';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { Verdict } from '../../engine/journal/record.js';
import type { Clock, ClusterSession } from '../../engine/ports.js';
import {
  notStopped,
  whyOf,
  STEP_LINE,
  type RemoteCancelJob,
  type RemoteCopy,
  type RemoteCopyJob,
  type RemoteEnd,
} from '../../engine/remote-ports.js';
import type { VerificationResult } from '../../engine/verify/result.js';
import { sparkJob, type SparkJob } from '../../handoff/spark/job.js';
import { leftToOthers } from '../../handoff/spark/plan-json.js';
import { sparkArtefacts, sparkHandoffOf } from '../../handoff/spark/spark-artefacts.js';
import type { DatabricksClient, JobRun } from './databricks-client.js';
import {
  FOLDER,
  isOver,
  JOB,
  jobName,
  Made,
  NOT_FOUND,
  outcomeOf,
  RUN,
  STATE,
  stopRuns,
  takeAway,
  type Teardown,
} from './databricks-made.js';
import { SparkCounts } from './spark-counts.js';
import { SparkState } from './spark-state.js';

export interface DatabricksCopyParts {
  readonly client: DatabricksClient;
  /** Of the target: the job's progress, dead letters and results are read there. */
  readonly target: ClusterSession;
  readonly clock: Clock;
  /** Literals that are taken out of every message. */
  readonly secrets?: readonly string[];
  /** What to put into the secret scope first, where the user has asked for that. */
  readonly putSecrets?: { readonly sourceUri: string; readonly targetUri: string };
}

/** A cluster takes minutes to come up, and a copy hours. */
const POLL_MS = 10_000;
const SECRET_KEYS = ['source-uri', 'target-uri'] as const;
const SUCCESS = 'SUCCESS';
/** Judged: an answer that is lost so many times in a row is no accident. */
const MOST_CREATIONS = 3;
/** What was on its way when its answer was lost is done by then. */
const CREATED_BY_THEN_MS = 5_000;

/** A copy by Spark on Databricks, as a run of this product starts it, follows it, takes it up again and cleans it away. */
export function databricksCopy(parts: DatabricksCopyParts): RemoteCopy {
  return {
    check: (job) => check(parts, job),
    copy: (job) => new Following(parts, job).copy(),
    cancel: (job) => cancel(parts, job),
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

class Following {
  readonly #parts: DatabricksCopyParts;
  readonly #job: RemoteCopyJob;
  readonly #made: Made;
  #counts: SparkCounts | undefined;

  constructor(parts: DatabricksCopyParts, job: RemoteCopyJob) {
    this.#parts = parts;
    this.#job = job;
    this.#made = new Made(job);
  }

  async copy(): Promise<RemoteEnd> {
    try {
      return (await this.#finished()) ?? (await this.#carryOut());
    } catch (error) {
      if (this.#job.signal.aborted) await this.#stop();
      throw error;
    }
  }

  /** Of a job whose end an earlier attempt has seen, and was cut off before all else was done. Undefined where there is none. */
  async #finished(): Promise<RemoteEnd | undefined> {
    const [known, run] = [this.#made.get(STATE), this.#made.get(RUN)];
    if (known?.id === undefined || run?.phase !== 'ended' || run.outcome !== SUCCESS) return undefined;
    const state = this.#state(known.id);
    const verification = await this.#results(state);
    if (verification === undefined || this.#isComplete(verification)) {
      this.#say(`run ${run.id ?? ''} has ended before, as ${SUCCESS}`);
      return this.#done(state, verification);
    }
    // Cut off while its memory was dropped: what it had found is lost.
    await takeAway(this.#teardown(), state);
    return undefined;
  }

  async #carryOut(): Promise<RemoteEnd> {
    const name = await this.#name();
    const state = this.#state(name);
    this.#counts = await SparkCounts.begin(state, this.#job, this.#brought());
    const { id, end } = (await this.#takenUp()) ?? (await this.#started(name));
    await this.#made.note({ what: RUN, phase: 'ended', id, outcome: outcomeOf(end) });
    await this.#tellCounts();
    if (end?.result !== SUCCESS) {
      await fetchDeadLetters(state, this.#job);
      return { kind: 'failed', reasons: await this.#reasons(end, state) };
    }
    return this.#done(state, await this.#results(state));
  }

  async #done(state: SparkState, verification: readonly VerificationResult[] | undefined): Promise<RemoteEnd> {
    await fetchDeadLetters(state, this.#job);
    const cleanUp = (): Promise<void> => takeAway(this.#teardown(), state);
    return { kind: 'done', cleanUp, ...(verification === undefined ? {} : { verification }) };
  }

  /** What the job has found; undefined where it was not to compare. */
  async #results(state: SparkState): Promise<readonly VerificationResult[] | undefined> {
    const { plan, signal } = this.#job;
    const compares = plan.verification.depth === 'full' || sparkHandoffOf(plan).mode === 'transform';
    return compares ? state.results(signal) : undefined;
  }

  #isComplete(results: readonly VerificationResult[]): boolean {
    const found = new Set(results.map(({ ns }) => ns));
    return this.#brought().every(({ target }) => found.has(formatNamespace(target)));
  }

  /** Of what the job remembers, and another once that is removed: who runs a finished copy again has a source that has moved on. */
  async #name(): Promise<string> {
    const { plan } = this.#job;
    const known = this.#made.get(STATE);
    if (known?.id !== undefined) return known.id;
    const name = `${plan.id.slice(0, 24).toLowerCase()}-${randomBytes(4).toString('hex')}`;
    await this.#made.note({ what: STATE, phase: 'intent', id: name });
    return name;
  }

  /** Follows what an earlier attempt has started, to its end. */
  async #takenUp(): Promise<Ended | undefined> {
    const going = this.#made.get(RUN);
    if (going?.phase !== 'started' || going.id === undefined) return undefined;
    const { id } = going;
    this.#say(`run ${id} is taken up again`);
    const end = await this.#follow(id);
    if (end !== undefined) return { id, end };
    // Only runs that are over can be deleted (Jobs API, runs/delete).
    this.#say(`run ${id} is not known in the workspace any more: another one is started`);
    await this.#made.note({ what: RUN, phase: 'ended', id, outcome: NOT_FOUND });
    return undefined;
  }

  async #started(name: string): Promise<Ended> {
    const folder = await this.#deploy(name);
    const jobId = await this.#createJob(name, folder);
    const id = await this.#start(jobId, name);
    return { id, end: await this.#follow(id) };
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
    // Whoever resumes may be somebody else: the job, if there is one, has its notebooks where they were put first.
    const folder =
      this.#made.get(FOLDER)?.id ?? `/Workspace/Users/${await client.me(signal)}/mongo-cosmos-migration/${name}`;
    await this.#made.note({ what: FOLDER, phase: 'intent', id: folder });
    onCommand(`databricks workspace import-dir . ${folder}`);
    const { files } = sparkArtefacts(plan);
    const folders = new Set(files.map(({ path }) => `${folder}/${path}`.replace(/\/[^/]*$/, '')));
    for (const one of folders) await client.makeFolder(one, signal);
    for (const { path, text } of files) await client.putFile(`${folder}/${path}`, text, signal);
    await this.#made.note({ what: FOLDER, phase: 'started', id: folder });
    this.#say(`${files.length} files in ${folder}`);
    return folder;
  }

  async #createJob(name: string, folder: string): Promise<string> {
    const { plan, onCommand } = this.#job;
    const job = {
      ...sparkJob(plan, sparkHandoffOf(plan), (notebook) => `${folder}/src/${notebook}`),
      name: jobName(name),
    };
    await this.#made.note({ what: JOB, phase: 'intent', id: job.name });
    onCommand(`databricks jobs create --json @${folder}/job.json`);
    const jobId = await this.#foundOrMade(job);
    await this.#made.note({ what: JOB, phase: 'started', id: jobId });
    return jobId;
  }

  /** A process that ended between the making and the noting, or an answer that was lost, has left a job of this name, which no other run has. */
  async #foundOrMade(job: SparkJob): Promise<string> {
    const { client, clock } = this.#parts;
    const { signal } = this.#job;
    for (let attempt = 1; ; attempt += 1) {
      const [found] = await client.findJobs(job.name, signal);
      if (found !== undefined) return found;
      try {
        return await client.createJob(job, signal);
      } catch (error) {
        if (!isUnclear(error) || attempt >= MOST_CREATIONS) throw error;
        await clock.sleep(CREATED_BY_THEN_MS, signal);
      }
    }
  }

  async #start(jobId: string, name: string): Promise<string> {
    const { client } = this.#parts;
    const { signal, onCommand } = this.#job;
    // Noted before and used again after a crash, so that it is one run.
    const known = this.#made.get(RUN);
    const token = (known?.phase === 'intent' ? known.id : undefined) ?? randomBytes(16).toString('hex');
    await this.#made.note({ what: RUN, phase: 'intent', id: token });
    onCommand(`databricks jobs run-now ${jobId}`);
    const runId = await client.runJob(jobId, { run: name }, token, signal);
    await this.#made.note({ what: RUN, phase: 'started', id: runId });
    return runId;
  }

  /** To its end; undefined where the workspace does not know the run any more. */
  async #follow(runId: string): Promise<JobRun | undefined> {
    const { client, clock } = this.#parts;
    const { signal } = this.#job;
    const told = new Map<string, string>();
    for (let isFirst = true; ; isFirst = false) {
      const run = await client.run(runId, signal);
      if (run === undefined) return undefined;
      if (isFirst && run.url !== undefined) this.#say(run.url);
      for (const task of run.tasks) {
        const now = task.result ?? task.lifeCycle;
        if (told.get(task.key) !== now) this.#say(`task ${task.key}: ${now}`);
        told.set(task.key, now);
      }
      await this.#tellCounts(signal);
      if (isOver(run)) return run;
      await clock.sleep(POLL_MS, signal);
    }
  }

  /** Paused, cancelled or stopped: the job is stopped there, whatever comes of it here. The signal has stopped all else, so this goes past it. */
  async #stop(): Promise<void> {
    const run = this.#made.get(RUN);
    try {
      await stopRuns(this.#teardown());
    } catch (error) {
      if (!MigrationError.is(error) || error.code === 'file-failed') throw error;
      const id = run?.phase === 'started' ? (run.id ?? '') : '';
      this.#say(`run ${id} could not be stopped: it goes on in the workspace`);
      throw notStopped('spark-run-goes-on', id, error);
    }
    const name = this.#made.get(STATE)?.id;
    if (name === undefined || run === undefined) return;
    await fetchDeadLetters(this.#state(name), this.#job);
    await this.#tellCounts();
  }

  async #reasons(
    end: JobRun | undefined,
    state: SparkState,
  ): Promise<Extract<RemoteEnd, { kind: 'failed' }>['reasons']> {
    const reasons = await state.failures(this.#job.signal);
    if (reasons.length > 0) return reasons;
    const task = end?.tasks.find(({ result }) => result !== undefined && result !== SUCCESS);
    const params = { outcome: outcomeOf(end), task: task?.key ?? '', message: end?.message ?? '' };
    return [{ id: 'spark-run-ended', params }];
  }

  async #tellCounts(signal?: AbortSignal): Promise<void> {
    if (this.#counts) this.#job.onCounts(await this.#counts.now(signal));
  }

  #state(name: string): SparkState {
    return new SparkState(this.#parts.target, name, this.#parts.secrets);
  }

  #teardown(): Teardown {
    return teardownOf(this.#parts, this.#made);
  }

  #brought(): RemoteCopyJob['collections'] {
    return this.#job.plan.collections.filter((c) => leftToOthers(c) === undefined);
  }

  #say(text: string): void {
    say(this.#job, text);
  }
}

/** Whether what was asked for was done is not known. */
function isUnclear(error: unknown): boolean {
  if (!MigrationError.is(error, 'databricks-refused')) return false;
  const { reason, status } = error.facts;
  return reason === 'unreachable' || (typeof status === 'number' && status >= 500);
}

interface Ended {
  readonly id: string;
  readonly end: JobRun | undefined;
}

function teardownOf({ client, clock }: DatabricksCopyParts, made: Made): Teardown {
  return { client, clock, made };
}

async function cancel(parts: DatabricksCopyParts, job: RemoteCancelJob): Promise<Verdict['reasons']> {
  const made = new Made(job);
  const name = made.get(STATE)?.id;
  if (name === undefined) return [];
  const state = new SparkState(parts.target, name, parts.secrets);
  const teardown = teardownOf(parts, made);
  try {
    await stopRuns(teardown);
    await fetchDeadLetters(state, job);
    await takeAway(teardown, state);
    say(job, 'job and files are taken away from the workspace');
    return [];
  } catch (error) {
    if (!MigrationError.is(error) || error.code === 'file-failed') throw error;
    return [{ id: 'spark-not-taken-away', params: { message: whyOf(error) } }];
  }
}

async function fetchDeadLetters(state: SparkState, job: Pick<RemoteCopyJob, 'deadLetters' | 'onLine'>): Promise<void> {
  const letters = await state.fetchDeadLetters(job.deadLetters);
  if (letters > 0) say(job, `${letters} dead letters fetched`);
}

function say({ onLine }: Pick<RemoteCopyJob, 'onLine'>, text: string): void {
  onLine({ tool: 'databricks', kind: STEP_LINE, text });
}
