/** The pipelines: ranges are copied side by side, each with a marker blob, so that a rerun skips what is done. */
import type { SinkConnector, SourceConnector } from './connectors.js';
import type { RangeItem } from './copy-range.js';
import type { FactoryNames } from './names.js';
import type { CopyPace } from '../../core/tune/copy-activities.js';

export interface PipelineParts {
  readonly names: FactoryNames;
  readonly source: SourceConnector;
  readonly sink: SinkConnector;
  readonly pace: CopyPace;
  /** Folder of the markers within the container. */
  readonly job: string;
  /** `https://ACCOUNT.blob.core.windows.net/CONTAINER` */
  readonly containerUrl: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Activities in a pipeline: 80 by default, 40 before 2024 (azure-data-factory-limits). */
const MOST_ACTIVITIES = 40;
/** Without the last one, which says whether any has failed, and what is in it. */
const CHILDREN = MOST_ACTIVITIES - 3;
/** Of Blob Storage; a bearer token needs 2017-11-09 or newer (authorize-with-azure-active-directory). */
const BLOB_VERSION = '2021-08-06';
const STORAGE_AUDIENCE = 'https://storage.azure.com/';

/** What the activities are called; a run is read by these names. */
export const ACTIVITY = {
  each: 'Each range',
  look: 'Look for marker',
  decide: 'Is it copied',
  readMarker: 'Read marker',
  copy: 'Copy range',
  writeMarker: 'Write marker',
  noteFailure: 'Note failure',
} as const;

/** Where a range's blobs lie, below the job's folder. */
export const BLOB_FOLDER = { done: 'done', failed: 'failed' } as const;

function expression(value: string): Json {
  return { value, type: 'Expression' };
}

/** A small blob of a few hundred bytes: three tries of a minute outlast the time that a new role needs to be known everywhere. */
const BLOB_POLICY = { timeout: '0.00:10:00', retry: 3, retryIntervalInSeconds: 60 } as const;
/** A second try for what was broken for a moment; an upsert may be done twice. */
const COPY_POLICY = { timeout: '0.12:00:00', retry: 1, retryIntervalInSeconds: 30 } as const;
const SINK_RETRIES = { sinkRetryCount: 5, sinkRetryWait: '00:00:10' } as const;
const SOURCE_RETRIES = { sourceRetryCount: 3, sourceRetryWait: '00:00:10' } as const;

/** `migrate_collection(ranges)` of a part of all ranges, which are its default. */
export function chunkPipeline(parts: PipelineParts, ranges: readonly RangeItem[]): Json {
  const { pace, job, containerUrl } = parts;
  const parallel =
    pace.parallelRanges === 1 ? { isSequential: true } : { isSequential: false, batchCount: pace.parallelRanges };
  return {
    description: 'Copies ranges of collections. A range that has its marker is skipped.',
    // A second run of the same ranges would only do the same work twice; it waits.
    concurrency: 1,
    parameters: {
      job: { type: 'String', defaultValue: job },
      container: { type: 'String', defaultValue: containerUrl },
      ranges: { type: 'Array', defaultValue: ranges },
    },
    activities: [
      {
        name: ACTIVITY.each,
        type: 'ForEach',
        typeProperties: {
          items: expression('@pipeline().parameters.ranges'),
          ...parallel,
          activities: [lookForMarker(parts.names), decide(parts)],
        },
      },
    ],
  };
}

function lookForMarker(names: FactoryNames): Json {
  return {
    name: ACTIVITY.look,
    type: 'GetMetadata',
    policy: BLOB_POLICY,
    typeProperties: {
      dataset: {
        referenceName: names.markerDataset,
        type: 'DatasetReference',
        parameters: {
          folder: expression(`@concat(pipeline().parameters.job, '/${BLOB_FOLDER.done}')`),
          file: expression(`@concat(item().id, '.json')`),
        },
      },
      fieldList: ['exists'],
    },
  };
}

function decide(parts: PipelineParts): Json {
  return {
    name: ACTIVITY.decide,
    type: 'IfCondition',
    dependsOn: after(ACTIVITY.look, 'Succeeded'),
    typeProperties: {
      expression: expression(`@activity('${ACTIVITY.look}').output.exists`),
      ifTrueActivities: [
        blobRequest(ACTIVITY.readMarker, 'GET', BLOB_FOLDER.done, { 'x-ms-version': BLOB_VERSION }, {}),
      ],
      ifFalseActivities: [
        copyActivity(parts),
        putBlob(ACTIVITY.writeMarker, BLOB_FOLDER.done, 'output', 'Succeeded'),
        putBlob(ACTIVITY.noteFailure, BLOB_FOLDER.failed, 'error', 'Failed'),
      ],
    },
  };
}

function copyActivity({ names, source, sink, pace }: PipelineParts): Json {
  const collection = (referenceName: string, side: 'source' | 'target'): Json => ({
    referenceName,
    type: 'DatasetReference',
    parameters: {
      database: expression(`@uriComponentToString(item().${side}Database)`),
      collection: expression(`@uriComponentToString(item().${side}Collection)`),
    },
  });
  return {
    name: ACTIVITY.copy,
    type: 'Copy',
    policy: COPY_POLICY,
    userProperties: [{ name: 'range', value: '@item().id' }],
    inputs: [collection(names.sourceDataset, 'source')],
    outputs: [collection(names.targetDataset, 'target')],
    typeProperties: {
      source: {
        type: source.copySource,
        filter: expression('@uriComponentToString(item().filter)'),
        batchSize: pace.readBatchSize,
        ...SOURCE_RETRIES,
      },
      sink: {
        type: sink.copySink,
        // Replaces by _id: what a run that broke off has brought may come again.
        writeBehavior: 'upsert',
        writeBatchSize: pace.writeBatchSize,
        ...SINK_RETRIES,
      },
    },
  };
}

function putBlob(name: string, folder: string, content: 'output' | 'error', condition: 'Succeeded' | 'Failed'): Json {
  const headers = {
    'x-ms-version': BLOB_VERSION,
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-date': expression(`@formatDateTime(utcNow(), 'R')`),
    'Content-Type': 'application/json',
  };
  return blobRequest(name, 'PUT', folder, headers, {
    dependsOn: after(ACTIVITY.copy, condition),
    body: expression(`@string(activity('${ACTIVITY.copy}').${content})`),
  });
}

function blobRequest(
  name: string,
  method: 'GET' | 'PUT',
  folder: string,
  headers: Json,
  { dependsOn, ...more }: { readonly dependsOn?: readonly Json[]; readonly body?: Json },
): Json {
  return {
    name,
    type: 'WebActivity',
    ...(dependsOn ? { dependsOn } : {}),
    policy: BLOB_POLICY,
    typeProperties: {
      url: expression(
        `@concat(pipeline().parameters.container, '/', pipeline().parameters.job, '/${folder}/', item().id, '.json')`,
      ),
      method,
      headers,
      ...more,
      authentication: { type: 'MSI', resource: STORAGE_AUDIENCE },
    },
  };
}

function after(activity: string, condition: 'Succeeded' | 'Failed' | 'Completed'): readonly Json[] {
  return [{ activity, dependencyConditions: [condition] }];
}

export interface NamedPipeline {
  readonly name: string;
  readonly properties: Json;
  /** Pipelines of the same hand-off that it runs. */
  readonly runs: readonly string[];
}

/** Pipelines that run the given ones in turn; the last of them runs all. Each fails in the end where one of its own has failed, and goes on until then. */
export function masterPipelines(names: FactoryNames, chunks: readonly string[]): readonly NamedPipeline[] {
  let level = chunks;
  const made: NamedPipeline[] = [];
  while (level.length > CHILDREN) {
    const groups: NamedPipeline[] = [];
    for (let start = 0; start < level.length; start += CHILDREN) {
      groups.push(inTurn(names.group(made.length + groups.length + 1), level.slice(start, start + CHILDREN)));
    }
    made.push(...groups);
    level = groups.map(({ name }) => name);
  }
  return [...made, inTurn(names.all, level)];
}

function inTurn(name: string, runs: readonly string[]): NamedPipeline {
  const stepOf = (i: number): string => `Run ${i + 1}`;
  const steps = runs.map((pipeline, i) => ({
    name: stepOf(i),
    type: 'ExecutePipeline',
    ...(i === 0 ? {} : { dependsOn: after(stepOf(i - 1), 'Completed') }),
    typeProperties: { pipeline: { referenceName: pipeline, type: 'PipelineReference' }, waitOnCompletion: true },
  }));
  const failed = runs.map((_, i) => `equals(activity('${stepOf(i)}').Status, 'Failed')`);
  const any = failed.reduce((left, right) => `or(${left}, ${right})`);
  const verdict = {
    name: 'Has any failed',
    type: 'IfCondition',
    dependsOn: after(stepOf(runs.length - 1), 'Completed'),
    typeProperties: {
      expression: expression(`@${any}`),
      ifTrueActivities: [
        {
          name: 'Tell',
          type: 'Fail',
          typeProperties: {
            message: `Ranges were refused: see the blobs under ${BLOB_FOLDER.failed}/, and run this pipeline again.`,
            errorCode: 'RangesRefused',
          },
        },
      ],
    },
  };
  return {
    name,
    runs,
    properties: {
      description: 'Runs all parts in turn. Run it again after a failure: finished ranges are skipped.',
      concurrency: 1,
      activities: [...steps, verdict],
    },
  };
}
