/** A copy into an RU account: tasks of the classic service. */
import type { DmsHandoff } from '../../core/model/handoff.js';
import { MADE } from '../../core/plan/made-in-azure.js';
import type { RemoteCopyJob } from '../../engine/remote-ports.js';
import { connectTask, migrationSettings, settingsTask, type DmsTaskBody } from '../../handoff/dms/task-bodies.js';
import { dmsFailure, taskProgress } from './dms-progress.js';
import { DmsRun, DONE, FAILED, POLL_MS, type DmsCopyOptions } from './dms-run.js';
import { armRequest } from './routes.js';

export class ClassicCopy extends DmsRun {
  constructor(job: RemoteCopyJob, options: DmsCopyOptions, handoff: DmsHandoff) {
    super(job, options, handoff, 'cosmos-ru');
  }

  protected async migrate(): Promise<void> {
    const { job, handoff } = this;
    const { ends } = this.options;
    const settings = migrationSettings(job.plan, handoff, job.collections, ends);
    if (job.earlier[`${MADE.dmsTask}migrate`]?.phase !== 'started') {
      // Also to a dump: a connection may be the address of a blob container (`MongoDbConnectionInfo`).
      await this.finish('connect-source', connectTask(ends.source));
      await this.finish('connect-target', connectTask(ends.target));
      await this.finish('validate', settingsTask('Validate.MongoDb', settings));
    }
    await this.finish('migrate', settingsTask('Migrate.MongoDb', settings));
  }

  /** Starts a task, or takes up one that is going on, and follows it. @throws MigrationError with the service's words. */
  private async finish(task: string, body: DmsTaskBody): Promise<void> {
    const { job, arm } = this;
    const params = { ...this.place, task };
    const what = `${MADE.dmsTask}${task}`;
    const id = armRequest('dms-task-get', params).path;
    const isStarted = job.earlier[what]?.phase === 'started' && (await this.isThere('dms-task-get', params));
    if (!isStarted) {
      await job.note({ what, phase: 'intent', id });
      this.show('dms-task-put', params);
      await arm.send(armRequest('dms-task-put', params, { body }), job.signal);
      await job.note({ what, phase: 'started', id });
    }
    const outcome = await this.follow(params);
    await job.note({ what, phase: 'ended', id, outcome });
  }

  private async follow(params: Readonly<Record<string, string>>): Promise<string> {
    const { job, arm, options } = this;
    const isContinuous = params['task'] === 'migrate' && this.handoff.replication === 'continuous';
    let isCutOver = false;
    let told = '';
    for (;;) {
      const query = { $expand: 'output' };
      const { body } = await arm.send(armRequest('dms-task-get', params, { query }), job.signal);
      const progress = taskProgress(body);
      if (progress.counts.length > 0) job.onCounts(progress.counts);
      const line = `${params['task']}: ${progress.text}`;
      if (line !== told) this.sayState((told = line));
      if (FAILED.test(progress.state)) throw dmsFailure(params['task'] ?? '', body, Object.values(options.ends));
      if (DONE.test(progress.state)) {
        // A connection, or a validation, is a success of the task even where what it found is none.
        if (progress.hasErrors) throw dmsFailure(params['task'] ?? '', body, Object.values(options.ends));
        return progress.state;
      }
      if (isContinuous && !isCutOver && progress.isReplaying) {
        await job.await('cut-over');
        const command = { commandType: 'finish', input: { immediate: false } };
        this.show('dms-task-command', params);
        await arm.send(armRequest('dms-task-command', params, { body: command }), job.signal);
        isCutOver = true;
      }
      await options.clock.sleep(POLL_MS, job.signal);
    }
  }

  /** A pause does not come here: the service cannot be stopped and gone on with, so it goes on. */
  protected async stop(): Promise<void> {
    const params = { ...this.place, task: 'migrate' };
    await this.arm.send(armRequest('dms-task-cancel', params));
  }
}
