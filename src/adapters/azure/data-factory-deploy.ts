/** Makes what a run needs in Azure, each written down before it is done. */
import { MADE } from '../../core/plan/made-in-azure.js';
import type { Clock } from '../../engine/ports.js';
import type { RemoteCopyJob } from '../../engine/remote-ports.js';
import type { DataFactoryDesign } from '../../handoff/data-factory/artefacts.js';
import type { DataFactoryService } from './data-factory-service.js';
import {
  changesSomething,
  deploy,
  deploymentName,
  foresee,
  isChange,
  recordName,
  type Deployment,
} from './deployment.js';
import type { ArmClient } from './ports.js';

export interface DeployParts {
  readonly design: DataFactoryDesign;
  readonly service: DataFactoryService;
  readonly job: RemoteCopyJob;
  readonly say: (text: string) => void;
  readonly arm: ArmClient;
  readonly clock: Clock;
  readonly secrets: { readonly source: string; readonly target: string };
  /** A person agrees to what Azure foresees before it is deployed. */
  readonly askFirst?: boolean;
}

/**
 * Says what will be changed, then deploys the templates in turn; pipelines that stand already are left out, and a deployment that is going on is followed. What
 * existed before the run is left as it is. @throws MigrationError for what ARM refuses, and the signal's reason.
 */
export async function deployFactory({
  design,
  service,
  job,
  say,
  arm,
  clock,
  secrets,
  askFirst,
}: DeployParts): Promise<void> {
  const { earlier, signal } = job;
  const factoryExists = (await service.factory()) !== undefined;
  const storageExists = await service.hasStorage();
  const { factory, storage, azure } = design.handoff;
  const deployments = design.templates.flatMap(({ name, template }) => {
    const isFactory = name === 'factory';
    const parameters = isFactory
      ? {
          location: azure.location,
          createFactory: !factoryExists,
          createStorage: !storageExists,
          assignRole: true,
          sourceConnectionString: secrets.source,
          targetConnectionString: secrets.target,
        }
      : {};
    const deployment = { place: azure, name: deploymentName(job.plan.id, template), template, parameters };
    const isDone = hasSucceeded(deployment, earlier);
    // The connections are deployed each time: a password may have changed.
    return isDone && !isFactory ? [] : [{ name, deployment, isDone }];
  });
  let asks = false;
  for (const { deployment } of deployments) {
    show(job, 'what-if', deployment);
    const changes = await foresee(arm, deployment, signal);
    for (const { change, resourceId } of changes.filter(isChange)) say(`${change} ${resourceId}`);
    asks ||= askFirst === true && changesSomething(changes);
  }
  if (asks) await job.await('deployment');

  if (!factoryExists) await job.note({ what: MADE.factory, phase: 'intent', id: factory });
  else if (!isMade(earlier[MADE.factory])) await noteParts(design, job);
  if (!storageExists) await job.note({ what: MADE.storage, phase: 'intent', id: storage.account });
  for (const { name, deployment, isDone } of deployments) {
    show(job, 'create', deployment);
    say(`deploying ${name}`);
    await deploy(arm, deployment, { clock, signal, earlier: isDone ? {} : earlier, note: (entry) => job.note(entry) });
  }
  if (!factoryExists) await job.note({ what: MADE.factory, phase: 'started', id: factory });
  if (!storageExists) await job.note({ what: MADE.storage, phase: 'started', id: storage.account });
}

function isMade(record: RemoteCopyJob['earlier'][string] | undefined): boolean {
  return record !== undefined && record.phase !== 'removed';
}

/** What is put into a factory that is somebody else's, in the order in which it comes to be. */
async function noteParts({ names, pipelines }: DataFactoryDesign, job: RemoteCopyJob): Promise<void> {
  const parts = [
    ...[names.sourceService, names.targetService, names.markerService].map((name) => `linkedservices/${name}`),
    ...[names.sourceDataset, names.targetDataset, names.markerDataset].map((name) => `datasets/${name}`),
    ...pipelines.map((name) => `pipelines/${name}`),
  ];
  for (const part of parts) {
    const what = `${MADE.factoryPart}${part}`;
    if (!isMade(job.earlier[what])) await job.note({ what, phase: 'intent' });
  }
}

function hasSucceeded(deployment: Deployment, earlier: RemoteCopyJob['earlier']): boolean {
  const before = earlier[recordName(deployment)];
  return before?.phase === 'ended' && before.outcome === 'Succeeded';
}

function show(job: RemoteCopyJob, step: 'what-if' | 'create', { place, name }: Deployment): void {
  job.onCommand(`az deployment group ${step} --resource-group ${place.resourceGroup} --name ${name}`);
}
