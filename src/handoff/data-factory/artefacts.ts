/** A plan as Azure Data Factory carries it out. */
import { MigrationError } from '../../core/model/error.js';
import type { DataFactoryHandoff } from '../../core/model/handoff.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { Plan } from '../../core/model/plan.js';
import type { ArtefactFile, ArtefactNote, Artefacts } from '../artefacts.js';
import { sinkConnector, sourceConnector } from './connectors.js';
import { rangeItem, type CopyRange } from './copy-range.js';
import { filterOf } from './id-bounds.js';
import { factoryNames, type FactoryNames } from './names.js';
import { copyPace, type CopyPace } from '../../core/tune/copy-activities.js';
import { masterPipelines, type PipelineParts } from './pipelines.js';
import { readme } from './readme.js';
import { chunksOf, factoryTemplate, pipelineTemplates, type Template } from './templates.js';

export interface DataFactoryOptions {
  /** Of the source, as `[major, minor, ...]`: it decides on the connector. */
  readonly sourceVersion?: readonly number[];
  /** Folder of the markers within the container; default: the plan's id. Another one copies everything anew. */
  readonly job?: string;
}

export interface DataFactoryDesign {
  readonly handoff: DataFactoryHandoff;
  readonly names: FactoryNames;
  readonly pace: CopyPace;
  readonly job: string;
  /** `https://ACCOUNT.blob.core.windows.net/CONTAINER` */
  readonly containerUrl: string;
  /** In the order in which they are deployed. */
  readonly templates: readonly Template[];
  /** Pipelines that copy, each with the ranges that are its default. */
  readonly chunks: readonly { readonly pipeline: string; readonly ranges: readonly CopyRange[] }[];
  /** All pipelines. */
  readonly pipelines: readonly string[];
}

/** Blob services of the public cloud. */
const BLOB_HOST = 'blob.core.windows.net';

/**
 * What is deployed for a plan, and what runs then. `ranges`: of all collections, in the order in which they are to be copied.
 * @throws MigrationError `bad-plan` (`reason`: `handoff-missing`, `data-factory-nothing` without any range, `name-not-unicode`, `range-too-large`).
 */
export function dataFactoryDesign(
  plan: Plan,
  ranges: readonly CopyRange[],
  options: DataFactoryOptions = {},
): DataFactoryDesign {
  const { handoff } = plan;
  if (handoff?.kind !== 'data-factory')
    throw new MigrationError('bad-plan', { reason: 'handoff-missing', method: 'data-factory' });
  if (ranges.length === 0) throw new MigrationError('bad-plan', { reason: 'data-factory-nothing' });
  const { account, container } = handoff.storage;
  const containerUrl = `https://${account}.${BLOB_HOST}/${container}`;
  const names = factoryNames(plan);
  const pace = copyPace(plan.tuning);
  const job = options.job ?? plan.id;
  const source = sourceConnector(options.sourceVersion);
  const sink = sinkConnector(plan.targetKind);
  const parts: PipelineParts = { names, source, sink, pace, job, containerUrl };
  const items = chunksOf(ranges.map(rangeItem));
  const byId = new Map(ranges.map((range) => [range.id, range]));
  const chunks = items.map((chunk, i) => ({
    pipeline: names.chunk(i + 1),
    ranges: chunk.flatMap(({ id }) => byId.get(id) ?? []),
  }));
  const copying = chunks.map(({ pipeline }) => pipeline);
  return {
    handoff,
    names,
    pace,
    job,
    containerUrl,
    templates: [factoryTemplate(handoff, parts), ...pipelineTemplates(handoff, parts, items)],
    chunks,
    pipelines: [...copying, ...masterPipelines(names, copying).map(({ name }) => name)],
  };
}

/**
 * The same as files: templates, parameters with places for the secrets, the ranges, and a README. No file holds a secret.
 * @throws MigrationError as {@link dataFactoryDesign}.
 */
export function dataFactoryArtefacts(
  plan: Plan,
  ranges: readonly CopyRange[],
  options: DataFactoryOptions = {},
): Artefacts {
  const design = dataFactoryDesign(plan, ranges, options);
  const files: ArtefactFile[] = [
    { path: 'README.md', text: readme(plan, design) },
    { path: 'factory.parameters.json', text: json(parametersFile(design.handoff)) },
    ...design.templates.map(({ name, template }) => ({ path: `${name}.template.json`, text: json(template) })),
    { path: 'ranges.json', text: json(ranges.map(readable)) },
  ];
  return { files, notes: notesOf(plan, options) };
}

function parametersFile({ azure }: DataFactoryHandoff): unknown {
  // A reference is looked up by ARM at deployment, so that the secret is in no file (templates/key-vault-parameter).
  const secret = (secretName: string): unknown => ({
    reference: {
      keyVault: {
        id: `/subscriptions/${azure.subscriptionId}/resourceGroups/KEY-VAULT-GROUP/providers/Microsoft.KeyVault/vaults/KEY-VAULT-NAME`,
      },
      secretName,
    },
  });
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
    contentVersion: '1.0.0.0',
    parameters: {
      location: { value: azure.location },
      createFactory: { value: true },
      createStorage: { value: true },
      assignRole: { value: true },
      sourceConnectionString: secret('source-connection-string'),
      targetConnectionString: secret('target-connection-string'),
    },
  };
}

function readable(range: CopyRange): unknown {
  const { id, source, target, documents, bounds } = range;
  return {
    id,
    source: formatNamespace(source),
    target: formatNamespace(target),
    filter: filterOf(bounds),
    documents,
  };
}

/** What whoever uses it has to know. */
function notesOf(plan: Plan, { sourceVersion }: DataFactoryOptions): readonly ArtefactNote[] {
  const source = sourceConnector(sourceVersion);
  const notes: ArtefactNote[] = [];
  const note = (id: string, params: ArtefactNote['params'] = {}): void => void notes.push({ id, params });
  if (!source.isVersionKnown) note('data-factory-source-version-unknown');
  if (source.linkedService === 'MongoDbAtlas') note('data-factory-atlas-connector-inferred');
  if (!sinkConnector(plan.targetKind).isDocumented) note('data-factory-vcore-sink-unverified');
  for (const { source: ns, options, shardKey } of plan.collections) {
    const namespace = formatNamespace(ns);
    if (options.view) note('data-factory-view', { namespace });
    else if (options.timeseries) note('data-factory-timeseries', { namespace });
    else if (shardKey) note('data-factory-sharded-upsert', { namespace });
  }
  return notes;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
