/** A copy into a vCore cluster: `databaseMigrations` of the cluster, one for each 25 collections, one after another. */
import type { DmsHandoff } from '../../core/model/handoff.js';
import { MADE } from '../../core/plan/made-in-azure.js';
import type { RemoteCopyJob } from '../../engine/remote-ports.js';
import { clusterMigrations } from '../../handoff/dms/cluster-migration.js';
import { dmsFailure } from './dms-progress.js';
import { DmsRun, DONE, FAILED, POLL_MS, type DmsCopyOptions } from './dms-run.js';
import { textAt } from '../json.js';
import { armRequest } from './routes.js';

type Params = Readonly<Record<string, string>>;

export class ClusterCopy extends DmsRun {
  #current: Params | undefined;

  readonly #target: string;

  constructor(
    job: RemoteCopyJob,
    options: DmsCopyOptions,
    handoff: DmsHandoff & { readonly targetResourceId: string },
  ) {
    super(job, options, handoff, 'cosmos-vcore');
    this.#target = handoff.targetResourceId;
  }

  protected async migrate(): Promise<void> {
    const { job, options, handoff } = this;
    const target = this.#target;
    const where = { targetResourceId: target, migrationService: this.serviceId };
    const bodies = clusterMigrations(job.collections, where, options.ends);
    const all = bodies.map((body, i) => ({ body, params: { target, migration: `${handoff.project}-${i + 1}` } }));
    const open = all.filter(({ params }) => !this.#isDone(params));
    // All is copied, and yet the run is not over: the source has moved on, or the target has lost something.
    for (const { params, body } of open.length === 0 ? all : open) {
      this.#current = params;
      await this.#migrate(params, body);
      this.#current = undefined;
    }
  }

  #isDone({ migration }: Params): boolean {
    const before = this.job.earlier[recordName(migration)];
    // What has copied its collections has done so, also where it was taken away since.
    return (before?.phase === 'ended' || before?.phase === 'removed') && DONE.test(before.outcome ?? '');
  }

  async #migrate(params: Params, body: unknown): Promise<void> {
    const { job, arm } = this;
    const what = recordName(params['migration']);
    const id = armRequest('dms-migration-get', params).path;
    const before = job.earlier[what]?.phase;
    const isOurs = before === 'intent' || before === 'started';
    if (!isOurs || !(await this.isThere('dms-migration-get', params))) {
      // One that has ended stands in the way of another of its name.
      if (before === 'ended') await arm.sendAndWait(armRequest('dms-migration-delete', params, FORCE), job.signal);
      await job.note({ what, phase: 'intent', id });
      this.show('dms-migration-put', params);
      // It ends when the migration has been checked and started, not when it is done.
      await arm.sendAndWait(armRequest('dms-migration-put', params, { body }), job.signal);
      await job.note({ what, phase: 'started', id });
    }
    const outcome = await this.#follow(params, what);
    await job.note({ what, phase: 'ended', id, outcome });
  }

  /** To its end. @throws MigrationError with the service's words. */
  async #follow(params: Params, what: string): Promise<string> {
    const { job, arm, options } = this;
    for (let told = ''; ;) {
      const { body } = await arm.send(armRequest('dms-migration-get', params), job.signal);
      const provisioning = textAt(body, 'properties', 'provisioningState') ?? '';
      // Where it could not be started, nothing is ever said of how it goes.
      const state = FAILED.test(provisioning)
        ? provisioning
        : (textAt(body, 'properties', 'migrationStatus') ?? 'Unknown');
      const line = `${params['migration']}: ${state}`;
      if (line !== told) this.say((told = line));
      if (DONE.test(state)) return state;
      if (FAILED.test(state)) {
        await job.note({ what, phase: 'ended', id: armRequest('dms-migration-get', params).path, outcome: state });
        throw dmsFailure(params['migration'] ?? '', body, Object.values(options.ends));
      }
      await options.clock.sleep(POLL_MS, job.signal);
    }
  }

  /** There is no action that stops one: it is deleted. */
  protected async stop(): Promise<void> {
    if (!this.#current) return;
    await this.arm.send(armRequest('dms-migration-delete', this.#current, FORCE));
  }
}

/** Also where it is going on. */
const FORCE = { query: { force: 'true' } };

function recordName(migration: string | undefined): string {
  return `${MADE.dmsMigration}${migration ?? ''}`;
}
