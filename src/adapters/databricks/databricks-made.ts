/** What a run has made and started in a workspace, as its journal has it, and how that is stopped and taken away again. */
import type { Clock } from '../../engine/ports.js';
import type { RemoteCancelJob } from '../../engine/remote-ports.js';
import type { DatabricksClient, JobRun } from './databricks-client.js';
import type { SparkState } from './spark-state.js';

/** Names in the journal. `STATE`: the job's memory on the target; `RUN`: first with the token that makes it one, then with its id. */
export const STATE = 'databricks-state';
export const FOLDER = 'databricks-folder';
export const JOB = 'databricks-job';
export const RUN = 'databricks-run';

/** `life_cycle_state` of a run that is over (Jobs API, RunLifeCycleState). */
const OVER: ReadonlySet<string> = new Set(['TERMINATED', 'SKIPPED', 'INTERNAL_ERROR']);
/** Of a run that the workspace does not know any more. */
export const NOT_FOUND = 'NotFound';
/** Between two looks at a run that was called off, for which somebody waits. Judged. */
const STOP_POLL_MS = 2_000;

export function isOver({ lifeCycle }: JobRun): boolean {
  return OVER.has(lifeCycle);
}

export function outcomeOf(run: JobRun | undefined): string {
  return run?.result ?? run?.lifeCycle ?? NOT_FOUND;
}

/** No other run has a job of this name. `state`: the name of the job's memory. */
export function jobName(state: string): string {
  return `Migration ${state}`;
}

type Thing = RemoteCancelJob['earlier'][string];

export class Made {
  readonly #things: Map<string, Thing>;
  readonly #note: RemoteCancelJob['note'];

  constructor({ earlier, note }: Pick<RemoteCancelJob, 'earlier' | 'note'>) {
    this.#things = new Map(Object.entries(earlier));
    this.#note = note;
  }

  /** Undefined where it was never asked for, or is taken away. */
  get(what: string): Thing | undefined {
    const thing = this.#things.get(what);
    return thing?.phase === 'removed' ? undefined : thing;
  }

  /** Resolves when it is written down. */
  async note(entry: { readonly what: string } & Thing): Promise<void> {
    await this.#note(entry);
    this.#things.set(entry.what, entry);
  }
}

export interface Teardown {
  readonly client: DatabricksClient;
  readonly clock: Clock;
  readonly made: Made;
}

/** Cancels what goes on, one run at most, and waits for its end. @throws MigrationError. */
export async function stopRuns({ client, clock, made }: Teardown): Promise<void> {
  for (const id of await goingOn(client, made)) {
    await client.cancelRun(id);
    let run = await client.run(id);
    for (; run && !isOver(run); run = await client.run(id)) await clock.sleep(STOP_POLL_MS);
    await made.note({ what: RUN, phase: 'ended', id, outcome: outcomeOf(run) });
  }
}

async function goingOn(client: DatabricksClient, made: Made): Promise<readonly string[]> {
  const [run, job] = [made.get(RUN), made.get(JOB)];
  if (run?.phase === 'started' && run.id !== undefined) return [run.id];
  // Its start was asked for, and the answer never came.
  return run?.phase === 'intent' && job?.phase === 'started' && job.id !== undefined ? client.activeRuns(job.id) : [];
}

/** Takes away the job, its files and its memory on the target. Safe to do again after a crash in the middle of it. @throws MigrationError. */
export async function takeAway({ client, made }: Pick<Teardown, 'client' | 'made'>, state: SparkState): Promise<void> {
  const [job, folder, memory] = [made.get(JOB), made.get(FOLDER), made.get(STATE)];
  if (job !== undefined) {
    // Where an answer was lost there may be one that the journal does not know.
    const named = memory?.id === undefined ? [] : await client.findJobs(jobName(memory.id));
    for (const id of new Set([...(job.phase === 'started' && job.id !== undefined ? [job.id] : []), ...named]))
      await client.removeJob(id);
    await made.note({ what: JOB, phase: 'removed', ...(job.id === undefined ? {} : { id: job.id }) });
  }
  if (folder?.id !== undefined) {
    await client.removeFolder(folder.id);
    await made.note({ what: FOLDER, phase: 'removed', id: folder.id });
  }
  if (made.get(RUN)?.phase === 'intent') await made.note({ what: RUN, phase: 'removed' });
  await state.drop();
  await made.note({ what: STATE, phase: 'removed' });
}
