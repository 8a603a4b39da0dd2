/** Small parts of the model of Data Factory. */
import type { BlobStore } from './blob-store.js';
import type { ActivityRun } from './pipeline-run.js';
import { only, record, text, type Json } from './refusal.js';

export function argumentsOf(definition: Json, given: unknown, where: string): Json {
  const declared = Object.keys(record(definition['parameters'] ?? {}, where));
  return only(given, { must: declared }, where);
}

export function blobRequestOf(request: Json): Parameters<BlobStore['request']>[0] {
  const { url, method, headers, body, authentication } = request;
  return {
    url: text(url, 'url'),
    method: text(method, 'method'),
    headers: record(headers, 'headers'),
    ...(body === undefined ? {} : { body: text(body, 'body') }),
    authentication: record(authentication, 'authentication'),
  };
}

export interface MockRun {
  readonly id: string;
  readonly pipeline: string;
  readonly parameters: Json;
  readonly halt: AbortController;
  readonly activities: ActivityRun[];
  status: string;
  message: string;
  updatedAt: number;
  over: Promise<void>;
}

/** The runs of a factory, for the requests about them. */
export interface FactoryRuns {
  readonly runs: ReadonlyMap<string, MockRun>;
  readonly runtimes: ReadonlyMap<string, string>;
  has(pipeline: string): boolean;
  /** @throws NotAccepted where the pipeline does not take these parameters. */
  begin(pipeline: string, given: Json): MockRun;
}
