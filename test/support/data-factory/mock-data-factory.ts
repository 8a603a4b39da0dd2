/**
 * A model of Azure as a hand-off to Data Factory meets it: the model of ARM, with a factory that carries out its pipelines between two real servers, and a blob
 * store. It follows the published schema and documentation, refuses what it does not know, and cannot show how fast or how reliable the service is, what
 * its connectors make of odd documents, or how long a role takes to be known.
 */
import { randomUUID } from 'node:crypto';
import { createArmClient } from '../../../src/adapters/azure/arm-client.js';
import type { ArmClient } from '../../../src/adapters/azure/ports.js';
import type { ConnectedCluster } from '../../../src/adapters/mongo/connect.js';
import type { Clock } from '../../../src/engine/ports.js';
import { startArmMock, type ArmMockOptions, type ArmMockServer, type SeenRequest } from '../arm/arm-mock.js';
import { readArmSchemas } from '../arm/arm-schemas.js';
import type { MockResource } from '../arm/mock-parts.js';
import { connectTo } from '../migrate.js';
import { dataFactoryTypes } from './arm-types.js';
import { hastyClock } from './busy-clock.js';
import { BlobStore } from './blob-store.js';
import { runCopy, type CopyOutput } from './copy-activity.js';
import { evaluated, type Scope } from './expressions.js';
import { factoryRoutes } from './factory-routes.js';
import { argumentsOf, blobRequestOf, type FactoryRuns, type MockRun } from './mock-parts.js';
import { runPipeline, type RunHost } from './pipeline-run.js';
import { list, only, record, refuse, text, type Json } from './refusal.js';

export interface CopyAttempt {
  readonly source: { readonly db: string; readonly coll: string };
  readonly target: { readonly db: string; readonly coll: string };
  readonly filter: string;
  /** Counted over all copies, from 1. */
  readonly number: number;
}

export interface Place {
  readonly subscription: string;
  readonly group: string;
}

export interface MockHooks extends Pick<ArmMockOptions, 'onRequest' | 'onReply'> {
  /** A copy begins, or has written a batch; what it throws ends the copy. */
  readonly onCopy?: (copy: CopyAttempt, when: 'begins' | 'has written') => void | Promise<void>;
}

export interface MockAzureOptions {
  /** For whoever follows by a real clock, which would wait minutes as in Azure. */
  readonly deploysAtOnce?: boolean;
  /** What else there is in this Azure. */
  readonly beside?: Pick<ArmMockOptions, 'registered' | 'resourceTypes' | 'routes'>;
}

const PARTS = ['linkedservices', 'datasets', 'pipelines'];
const PROVIDERS = ['Microsoft.DataFactory', 'Microsoft.Storage', 'Microsoft.Authorization', 'Microsoft.Resources'];

export class MockDataFactory implements FactoryRuns, AsyncDisposable {
  readonly store = new BlobStore();
  readonly copies: (CopyAttempt & { readonly output?: CopyOutput })[] = [];
  readonly runs = new Map<string, MockRun>();
  /** Self-hosted integration runtimes of the factory, and their state. */
  readonly runtimes = new Map<string, string>();
  readonly #lastOf = new Map<string, Promise<void>>();
  readonly #clusters = new Map<string, Promise<ConnectedCluster>>();
  readonly #notAccepted: unknown[] = [];
  #arm: ArmMockServer | undefined;
  hooks: MockHooks = {};

  /** `clock`: time in the model; whoever asks it for what happened since has to have the same. */
  private constructor(readonly clock: Clock) {}

  static async start(
    clock: Clock,
    place: Place,
    { deploysAtOnce = false, beside = {} }: MockAzureOptions = {},
  ): Promise<MockDataFactory> {
    readArmSchemas(
      ['factories', ...PARTS.map((part) => `factories/${part}`)].map((type) => `Microsoft.DataFactory/${type}`),
    );
    const mock = new MockDataFactory(clock);
    mock.#arm = await startArmMock({
      clock: deploysAtOnce ? hastyClock() : clock,
      subscriptions: [{ id: place.subscription, name: 'Test' }],
      groups: { [place.group]: 'westeurope' },
      registered: [...PROVIDERS, ...(beside.registered ?? [])],
      resourceTypes: [...dataFactoryTypes(mock.store), ...(beside.resourceTypes ?? [])],
      routes: [...(beside.routes ?? []), ...factoryRoutes(mock)],
      onRequest: (request) => mock.hooks.onRequest?.(request),
      onReply: (request) => mock.hooks.onReply?.(request),
    });
    return mock;
  }

  get arm(): ArmMockServer {
    return this.#arm ?? refuse('model', 'not started');
  }

  /** Everything that was deployed, by id in lower case, as it was given: securestrings included, as in the service. */
  get resources(): Map<string, MockResource> {
    return this.arm.resources;
  }

  get requests(): readonly SeenRequest[] {
    return this.arm.requests;
  }

  /** What the model does not take, or ARM would not: a test must see it, whoever swallows it. */
  get notAccepted(): readonly unknown[] {
    return [...this.#notAccepted, ...this.arm.problems];
  }

  client(): ArmClient {
    return createArmClient({ tokens: this.arm.tokens, clock: this.clock, endpoint: this.arm.endpoint });
  }

  /** Ends what still runs, and its connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const { halt } of this.runs.values()) halt.abort('over');
    await Promise.all([...this.runs.values()].map(({ over }) => over));
    for (const cluster of this.#clusters.values()) await (await cluster).close();
    await this.arm[Symbol.asyncDispose]();
  }

  #cluster(uri: string): Promise<ConnectedCluster> {
    const known = this.#clusters.get(uri) ?? connectTo(uri);
    this.#clusters.set(uri, known);
    return known;
  }

  #factoryResource(kind: string, name: string): Json {
    for (const [id, { body }] of this.resources)
      if (id.endsWith(`/${kind}/${name}`.toLowerCase())) return record(body['properties'], name);
    return refuse(kind, `there is no ${name}`);
  }

  has(pipeline: string): boolean {
    return [...this.resources.keys()].some((id) => id.endsWith(`/pipelines/${pipeline}`.toLowerCase()));
  }

  begin(name: string, given: Json): MockRun {
    const pipeline = this.#factoryResource('pipelines', name);
    const declared = record(pipeline['parameters'] ?? {}, 'parameters');
    for (const key of Object.keys(given)) if (!(key in declared)) refuse('createRun', `${key} is not declared`);
    const parameters: Record<string, unknown> = {};
    for (const [key, one] of Object.entries(declared)) {
      const { type, defaultValue } = record(one, key);
      const value = given[key] ?? defaultValue;
      if (type === 'Array' ? !Array.isArray(value) : typeof value !== 'string')
        refuse('createRun', `${key} is no ${String(type)}`);
      parameters[key] = value;
    }
    const halt = new AbortController();
    const run: MockRun = {
      id: randomUUID(),
      pipeline: name,
      parameters,
      halt,
      activities: [],
      status: 'Queued',
      message: '',
      updatedAt: this.clock.now(),
      over: Promise.resolve(),
    };
    this.runs.set(run.id, run);
    // `concurrency: 1`: a run waits for the one before it.
    const before = pipeline['concurrency'] === 1 ? (this.#lastOf.get(name) ?? Promise.resolve()) : Promise.resolve();
    run.over = before.then(() => this.#run(run, pipeline));
    this.#lastOf.set(name, run.over);
    return run;
  }

  async #run(run: MockRun, pipeline: Json): Promise<void> {
    run.status = 'InProgress';
    try {
      const { ok, message } = await runPipeline(pipeline, this.#host(run));
      run.status = run.halt.signal.aborted ? 'Cancelled' : ok ? 'Succeeded' : 'Failed';
      run.message = message;
    } catch (error) {
      this.#notAccepted.push(error);
      run.status = 'Failed';
      run.message = String(error);
    }
    run.updatedAt = this.clock.now();
  }

  #host(run: MockRun): RunHost {
    const { clock } = this;
    return {
      clock,
      signal: run.halt.signal,
      runId: run.id,
      parameters: run.parameters,
      recorded: (activity) => void run.activities.push(activity),
      web: (request) => this.store.request(blobRequestOf(request)),
      metadata: (inner, scope) => Promise.resolve(this.#metadata(inner, scope)),
      copy: (inner, activity, scope) => this.#copy(inner, activity, scope, run),
      execute: async (name, given) => {
        const inner = this.begin(name, given);
        await inner.over;
        return { status: inner.status, message: inner.message, runId: inner.id };
      },
    };
  }

  #metadata(inner: Json, scope: Scope): Json {
    if (JSON.stringify(inner['fieldList']) !== '["exists"]') refuse('GetMetadata', 'only exists is modelled');
    const dataset = this.#dataset(inner['dataset'], scope);
    const location = record(dataset.typeProperties['location'], 'location');
    const endpoint = text(dataset.service['serviceEndpoint'], 'serviceEndpoint').replace(/\/$/, '');
    const path = ['container', 'folderPath', 'fileName'].map((part) => text(location[part], part)).join('/');
    return { exists: this.store.exists(`${endpoint}/${path}`) };
  }

  /** A dataset with its linked service, both with their parameters put in. */
  #dataset(value: unknown, scope: Scope): { readonly typeProperties: Json; readonly service: Json } {
    const given = record(value, 'dataset');
    const dataset = this.#factoryResource('datasets', text(given['referenceName'], 'dataset'));
    const parameters = argumentsOf(dataset, evaluated(given['parameters'] ?? {}, scope), 'dataset');
    const inDataset: Scope = { dataset: parameters, now: scope.now };
    const link = record(dataset['linkedServiceName'], 'linkedServiceName');
    const service = this.#factoryResource('linkedservices', text(link['referenceName'], 'linkedServiceName'));
    const ofService = argumentsOf(service, evaluated(link['parameters'] ?? {}, inDataset), 'linked service');
    return {
      typeProperties: record(evaluated(dataset['typeProperties'], inDataset), 'typeProperties'),
      service: record(
        evaluated(service['typeProperties'], { linkedService: ofService, now: scope.now }),
        'typeProperties',
      ),
    };
  }

  async #copy(inner: Json, activity: Json, scope: Scope, run: MockRun): Promise<Json> {
    const side = (value: unknown): { readonly uri: string; readonly db: string; readonly coll: string } => {
      const [only1, ...more] = list(value, 'inputs');
      if (more.length > 0) refuse('Copy', 'more than one dataset');
      const { typeProperties, service } = this.#dataset(only1, scope);
      const uri = text(record(service['connectionString'], 'connectionString')['value'], 'connectionString');
      return { uri, db: text(service['database'], 'database'), coll: text(typeProperties['collection'], 'collection') };
    };
    const source = side(activity['inputs']);
    const target = side(activity['outputs']);
    const read = record(evaluated(inner['source'], scope), 'source');
    const write = record(evaluated(inner['sink'], scope), 'sink');
    for (const one of list(evaluated(activity['userProperties'] ?? [], scope), 'userProperties'))
      only(one, { must: ['name', 'value'] }, 'userProperties');
    const copy = {
      source: { db: source.db, coll: source.coll },
      target: { db: target.db, coll: target.coll },
      filter: text(read['filter'], 'filter'),
      number: this.copies.length + 1,
    };
    const index = this.copies.push(copy) - 1;
    await this.hooks.onCopy?.(copy, 'begins');
    const output = await runCopy({
      filter: copy.filter,
      source: { ...source, cluster: await this.#cluster(source.uri) },
      target: { ...target, cluster: await this.#cluster(target.uri) },
      readBatch: Number(read['batchSize'] ?? 100),
      writeBatch: Number(write['writeBatchSize'] ?? 10_000),
      writeBehavior: text(write['writeBehavior'] ?? 'insert', 'writeBehavior'),
      sinkRetries: Number(write['sinkRetryCount'] ?? 0),
      sinkRetryMs: 1_000 * Number(/(\d+)$/.exec(text(write['sinkRetryWait'] ?? '00', 'sinkRetryWait'))?.[1] ?? 0),
      signal: run.halt.signal,
      clock: this.clock,
      onBatch: () => this.hooks.onCopy?.(copy, 'has written'),
    });
    this.copies[index] = { ...copy, output };
    return { ...output, copyDuration: 1, throughput: 1 };
  }
}
