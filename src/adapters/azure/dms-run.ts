/** What both services of Database Migration Service have in common: they are made, they are asked, they are taken away. */
import { MigrationError } from '../../core/model/error.js';
import type { DmsHandoff } from '../../core/model/handoff.js';
import { MADE } from '../../core/plan/made-in-azure.js';
import type { Clock } from '../../engine/ports.js';
import { notStopped, STEP_LINE, type RemoteCopyJob, type RemoteEnd } from '../../engine/remote-ports.js';
import { serviceTemplate } from '../../handoff/dms/service-templates.js';
import { isNotFound } from './arm-errors.js';
import { changesSomething, deploy, deploymentName, foresee } from './deployment.js';
import type { ArmClient } from './ports.js';
import type { ProviderConsent } from './providers.js';
import { armRequest, type ArmRouteId } from './routes.js';

export interface DmsCopyOptions extends ProviderConsent {
  readonly arm: ArmClient;
  readonly clock: Clock;
  /** Whole connection strings, as the service is to use them; the source may be an address of a dump with a signature. */
  readonly ends: { readonly source: string; readonly target: string };
}

/** Between two looks at a task. The service itself counts about as often. */
export const POLL_MS = 10_000;
export const DONE = /^(succeeded|completed?)$/i;
export const FAILED = /^(failed|faulted|failedinputvalidation|cancell?ed)$/i;

/** The service in the journal, whatever its name. */
const SERVICE = MADE.dmsService;

interface ServiceRoutes {
  readonly get: ArmRouteId;
  readonly remove: ArmRouteId;
  readonly query: Readonly<Record<string, string>>;
}

const ROUTES: Readonly<Record<'cosmos-ru' | 'cosmos-vcore', ServiceRoutes>> = {
  'cosmos-ru': { get: 'dms-service-get', remove: 'dms-service-delete', query: { deleteRunningTasks: 'true' } },
  'cosmos-vcore': { get: 'dms-migration-service-get', remove: 'dms-migration-service-delete', query: {} },
};

export abstract class DmsRun {
  protected readonly arm: ArmClient;

  constructor(
    protected readonly job: RemoteCopyJob,
    protected readonly options: DmsCopyOptions,
    protected readonly handoff: DmsHandoff,
    private readonly kind: 'cosmos-ru' | 'cosmos-vcore',
  ) {
    this.arm = options.arm;
  }

  /** Copies everything, and follows that. */
  protected abstract migrate(): Promise<void>;
  /** Ends what is going on in Azure. The run is being stopped already: its signal is of no use. @throws MigrationError where Azure does not. */
  protected abstract stop(): Promise<void>;

  /**
   * A service that the run, in any attempt, has made is taken away when everything is copied, and when the run is cancelled. After a pause or a failure it stays,
   * for the next attempt. @throws MigrationError, and the signal's reason.
   */
  async run(): Promise<RemoteEnd> {
    const { signal } = this.job;
    const isOurs = await this.noteService();
    try {
      await this.deployService();
      await this.migrate();
    } catch (error) {
      const isCancelled = signal.aborted && signal.reason === 'cancelled';
      const refusal = isCancelled ? await this.stopped() : undefined;
      const isGone = isCancelled && isOurs && (await this.removeAfterCancel());
      if (!isCancelled || !isOurs) this.say(`${this.serviceId} stays, and costs as long as it is there`);
      // A service that is taken away takes with it what it was doing.
      if (refusal && !isGone) throw notStopped('dms-goes-on', this.serviceId, refusal);
      throw error;
    }
    if (isOurs) await this.remove(signal);
    else this.say(`${this.serviceId} was there before: it stays, and costs as long as it is there`);
    return { kind: 'done' };
  }

  protected get place(): Readonly<Record<string, string>> {
    const { azure, service, project } = this.handoff;
    return { subscription: azure.subscriptionId, group: azure.resourceGroup, service, project };
  }

  protected get serviceId(): string {
    return armRequest(ROUTES[this.kind].get, this.place).path;
  }

  /** True where it is this run's. */
  private async noteService(): Promise<boolean> {
    const before = this.job.earlier[SERVICE];
    if (before && before.phase !== 'removed') return true;
    if (await this.isThere(ROUTES[this.kind].get, this.place)) return false;
    await this.job.note({ what: SERVICE, phase: 'intent', id: this.serviceId });
    return true;
  }

  private async deployService(): Promise<void> {
    const { job, options, handoff } = this;
    const template = serviceTemplate(handoff, this.kind);
    const subnet = this.kind === 'cosmos-ru' ? handoff.subnetId : undefined;
    const deployment = {
      place: handoff.azure,
      name: deploymentName(job.plan.id, template),
      template,
      parameters: subnet === undefined ? {} : { subnetId: subnet },
    };
    const foreseen = await foresee(this.arm, deployment, job.signal);
    for (const { change, resourceId } of foreseen) this.say(`${change} ${resourceId}`);
    if (options.askFirst && changesSomething(foreseen)) await job.await('deployment');
    // A deployment that has succeeded is worth nothing where its service was taken away since.
    const isThere = await this.isThere(ROUTES[this.kind].get, this.place);
    await deploy(this.arm, deployment, {
      clock: options.clock,
      signal: job.signal,
      earlier: isThere ? job.earlier : {},
      note: (entry) => job.note(entry),
    });
  }

  private async remove(signal: AbortSignal | undefined): Promise<void> {
    const { remove, query } = ROUTES[this.kind];
    const request = armRequest(remove, this.place, { query });
    this.show(remove, this.place);
    // A cancelled run does not wait for the end of it: Azure goes on by itself.
    await (signal ? this.arm.sendAndWait(request, signal) : this.arm.send(request));
    await this.job.note({ what: SERVICE, phase: 'removed', id: this.serviceId });
    this.say(`${this.serviceId} is taken away`);
  }

  private async stopped(): Promise<MigrationError | undefined> {
    try {
      await this.stop();
      return undefined;
    } catch (error) {
      if (!MigrationError.is(error)) throw error;
      // Nothing was begun.
      if (isNotFound(error)) return undefined;
      this.say('the service could not be told to stop: what it is copying may go on');
      return error;
    }
  }

  /** Whether it is gone. */
  private async removeAfterCancel(): Promise<boolean> {
    try {
      await this.remove(undefined);
      return true;
    } catch (error) {
      if (!MigrationError.is(error)) throw error;
      this.say(`${this.serviceId} could not be taken away: it stays, and costs until it is deleted`);
      return false;
    }
  }

  protected say(text: string): void {
    this.job.onLine({ tool: 'dms', kind: STEP_LINE, text });
  }

  /** How far it is: as often as it changes. */
  protected sayState(text: string): void {
    this.job.onLine({ tool: 'dms', kind: 'status', text });
  }

  /** The request as a person could make it, without what is in its body. */
  protected show(id: ArmRouteId, params: Readonly<Record<string, string>>): void {
    const { method, path, apiVersion } = armRequest(id, params);
    this.job.onCommand(`az rest --method ${method.toLowerCase()} --url '${path}?api-version=${apiVersion}'`);
  }

  protected async isThere(id: ArmRouteId, params: Readonly<Record<string, string>>): Promise<boolean> {
    try {
      await this.arm.send(armRequest(id, params), this.job.signal);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}
