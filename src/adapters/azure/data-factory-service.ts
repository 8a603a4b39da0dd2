/** The calls to ARM that a hand-off to Data Factory needs, and what their answers mean. */
import type { DataFactoryHandoff } from '../../core/model/handoff.js';
import { ACTIVITY, BLOB_FOLDER } from '../../handoff/data-factory/pipelines.js';
import { isNotFound } from './arm-errors.js';
import { recordOf, type JsonRecord } from '../json.js';
import type { ArmClient, ArmReply } from './ports.js';
import { armRequest, type ArmRouteId } from './routes.js';

/** As the service calls them. */
export type RunOutcome = 'Succeeded' | 'Failed' | 'Cancelled' | 'NotFound';

export type PipelineRun =
  | { readonly kind: 'running'; readonly id: string }
  | { readonly kind: 'ended'; readonly id: string; readonly outcome: RunOutcome; readonly message: string };

/** What became of a range in a run. */
export type RangeReport =
  | { readonly kind: 'copied'; readonly range: string; readonly documents: number }
  /** It had its marker. */
  | { readonly kind: 'found'; readonly range: string; readonly documents: number }
  | { readonly kind: 'refused'; readonly range: string; readonly message: string };

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Of one message. Judged: more than anybody reads of a failure. */
const LONGEST_MESSAGE = 1_000;

export class DataFactoryService {
  readonly #where: Readonly<Record<string, string>>;

  constructor(
    private readonly arm: ArmClient,
    private readonly handoff: DataFactoryHandoff,
    private readonly signal: AbortSignal | undefined,
  ) {
    const { azure, factory, storage } = handoff;
    this.#where = {
      subscription: azure.subscriptionId,
      group: azure.resourceGroup,
      factory,
      account: storage.account,
    };
  }

  #send(route: ArmRouteId, params: Readonly<Record<string, string>> = {}, body?: unknown): Promise<ArmReply> {
    const request = armRequest(route, { ...this.#where, ...params }, body === undefined ? {} : { body });
    return this.arm.send(request, this.signal);
  }

  async #find(route: ArmRouteId, params: Readonly<Record<string, string>> = {}): Promise<JsonRecord | undefined> {
    try {
      return recordOf((await this.#send(route, params)).body);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** `identity: false`: it has none of its own, and could not write a marker. */
  async factory(): Promise<{ readonly identity: boolean } | undefined> {
    const found = await this.#find('factory-get');
    return found && { identity: text(recordOf(found['identity'])['type']).includes('SystemAssigned') };
  }

  async hasStorage(): Promise<boolean> {
    return (await this.#find('storage-get')) !== undefined;
  }

  /** How an integration runtime is, as the service says: `Online`, `Offline`, `NeedRegistration` ...; undefined where the factory has none of that name. */
  async runtimeState(runtime: string): Promise<string | undefined> {
    const found = await this.#find('runtime-status', { runtime });
    return found && text(recordOf(found['properties'])['state']);
  }

  /** The id of the run. */
  async start(pipeline: string, parameters: JsonRecord): Promise<string> {
    const { body } = await this.#send('pipeline-run-create', { pipeline }, parameters);
    return text(recordOf(body)['runId']);
  }

  async run(id: string): Promise<PipelineRun> {
    const found = await this.#find('pipeline-run-get', { run: id });
    if (!found) return { kind: 'ended', id, outcome: 'NotFound', message: '' };
    return runOf(found);
  }

  /** Runs of a pipeline within the given time, ended ones included. */
  async runsOf(pipeline: string, since: number, now: number): Promise<readonly string[]> {
    const found = await this.#query('pipeline-runs-query', {}, since, now, [
      { operand: 'PipelineName', operator: 'Equals', values: [pipeline] },
    ]);
    return found.map((one) => runOf(one).id);
  }

  async cancel(id: string): Promise<void> {
    await this.#find('pipeline-run-cancel', { run: id });
  }

  /** What a run tells of its ranges: the requests that wrote and read their blobs, with the range in the address. Nothing where the run is not known any more. */
  async reports(id: string, since: number, now: number): Promise<readonly RangeReport[]> {
    const filters = [{ operand: 'ActivityType', operator: 'Equals', values: ['WebActivity'] }];
    let found: readonly JsonRecord[];
    try {
      found = await this.#query('activity-runs-query', { run: id }, since, now, filters);
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
    return found.flatMap((one) => reportOf(one) ?? []);
  }

  async #query(
    route: ArmRouteId,
    params: Readonly<Record<string, string>>,
    since: number,
    now: number,
    filters: readonly JsonRecord[],
  ): Promise<JsonRecord[]> {
    const found: JsonRecord[] = [];
    let more: string | undefined;
    do {
      const { body } = await this.#send(route, params, {
        lastUpdatedAfter: new Date(since).toISOString(),
        lastUpdatedBefore: new Date(now).toISOString(),
        filters,
        ...(more === undefined ? {} : { continuationToken: more }),
      });
      const page = recordOf(body);
      found.push(...(Array.isArray(page['value']) ? page['value'].map(recordOf) : []));
      more = text(page['continuationToken']) || undefined;
    } while (more !== undefined);
    return found;
  }

  get azure(): DataFactoryHandoff['azure'] {
    return this.handoff.azure;
  }
}

function runOf(found: JsonRecord): PipelineRun {
  const id = text(found['runId']);
  const status = text(found['status']);
  if (status === 'Succeeded' || status === 'Failed' || status === 'Cancelled') {
    return { kind: 'ended', id, outcome: status, message: text(found['message']).slice(0, LONGEST_MESSAGE) };
  }
  return { kind: 'running', id };
}

function reportOf(activity: JsonRecord): RangeReport | undefined {
  if (activity['status'] !== 'Succeeded') return undefined;
  const input = recordOf(activity['input']);
  const range = /\/([^/]+)\/([^/]+)\.json$/.exec(text(input['url']));
  const [, folder, id] = range ?? [];
  if (id === undefined) return undefined;
  switch (activity['activityName']) {
    case ACTIVITY.writeMarker:
      return { kind: 'copied', range: id, documents: documentsOf(parsed(input['body'])) };
    case ACTIVITY.readMarker:
      return { kind: 'found', range: id, documents: documentsOf(recordOf(activity['output'])) };
    case ACTIVITY.noteFailure:
      if (folder !== BLOB_FOLDER.failed) return undefined;
      return { kind: 'refused', range: id, message: messageOf(input['body']) };
    default:
      return undefined;
  }
}

/** `rowsCopied` of a Copy activity's output (copy-activity-monitoring). */
function documentsOf(output: JsonRecord): number {
  return Number(output['rowsCopied'] ?? 0);
}

function messageOf(body: unknown): string {
  const message = text(parsed(body)['message']) || (typeof body === 'string' ? body : JSON.stringify(body ?? ''));
  return message.slice(0, LONGEST_MESSAGE);
}

function parsed(body: unknown): JsonRecord {
  if (typeof body !== 'string') return recordOf(body);
  try {
    return recordOf(JSON.parse(body));
  } catch {
    return {};
  }
}
