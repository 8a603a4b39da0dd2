/** Makes and takes away what a run needs in Azure, each written down before it is done. */
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
}

/** What this run, in any attempt, has made. */
export interface Made {
  readonly factory: boolean;
  readonly storage: boolean;
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
}: DeployParts & {
  readonly arm: ArmClient;
  readonly clock: Clock;
  readonly secrets: { readonly source: string; readonly target: string };
  /** A person agrees to what Azure foresees before it is deployed. */
  readonly askFirst?: boolean;
}): Promise<Made> {
  const { earlier, signal } = job;
  const factoryExists = (await service.factory()) !== undefined;
  const storageExists = await service.hasStorage();
  const made: Made = {
    factory: !factoryExists || earlier['factory'] !== undefined,
    storage: !storageExists || earlier['storage'] !== undefined,
  };
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

  if (!factoryExists) await job.note({ what: 'factory', phase: 'intent', id: factory });
  if (!storageExists) await job.note({ what: 'storage', phase: 'intent', id: storage.account });
  for (const { name, deployment, isDone } of deployments) {
    show(job, 'create', deployment);
    say(`deploying ${name}`);
    await deploy(arm, deployment, { clock, signal, earlier: isDone ? {} : earlier, note: (entry) => job.note(entry) });
  }
  if (!factoryExists) await job.note({ what: 'factory', phase: 'started', id: factory });
  if (!storageExists) await job.note({ what: 'storage', phase: 'started', id: storage.account });
  return made;
}

function hasSucceeded(deployment: Deployment, earlier: RemoteCopyJob['earlier']): boolean {
  const before = earlier[recordName(deployment)];
  return before?.phase === 'ended' && before.outcome === 'Succeeded';
}

function show(job: RemoteCopyJob, step: 'what-if' | 'create', { place, name }: Deployment): void {
  job.onCommand(`az deployment group ${step} --resource-group ${place.resourceGroup} --name ${name}`);
}

/** Takes away what the run has made, connections with their secrets first; a factory or storage account that was there before stays. */
export async function removeFactory({
  design,
  service,
  job,
  say,
  made,
}: DeployParts & { readonly made: Made }): Promise<void> {
  const { names, handoff } = design;
  say('taking away what was made in Azure');
  if (made.factory) {
    await service.remove('factory-delete');
    await job.note({ what: 'factory', phase: 'removed', id: handoff.factory });
  } else {
    // Whoever refers to others goes first.
    for (const pipeline of [...design.pipelines].reverse()) await service.remove('pipeline-delete', { pipeline });
    for (const dataset of [names.sourceDataset, names.targetDataset, names.markerDataset])
      await service.remove('dataset-delete', { dataset });
    for (const linked of [names.sourceService, names.targetService, names.markerService])
      await service.remove('linked-service-delete', { linked });
  }
  if (made.storage) {
    await service.remove('storage-delete');
    await job.note({ what: 'storage', phase: 'removed', id: handoff.storage.account });
  }
}
