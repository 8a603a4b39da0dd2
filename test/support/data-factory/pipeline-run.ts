/** Carries out one run of a pipeline: dependencies, conditions, loops, retries, as the documentation has them. */
import type { Clock } from '../../../src/engine/ports.js';
import { BlobFailure } from './blob-store.js';
import { CopyFailure } from './copy-activity.js';
import { LIMITS, reference } from './definitions.js';
import { evaluated, type Scope } from './expressions.js';
import { list, NotAccepted, record, refuse, text, type Json } from './refusal.js';

export type Status = 'Succeeded' | 'Failed' | 'Skipped' | 'Cancelled';

export interface ActivityRun {
  readonly activityName: string;
  readonly activityType: string;
  readonly pipelineRunId: string;
  readonly status: Status;
  readonly input: unknown;
  readonly output: unknown;
  readonly error: {
    readonly errorCode: string;
    readonly message: string;
    readonly failureType: string;
    readonly target: string;
  };
  /** Milliseconds. */
  readonly at: number;
}

export interface RunHost {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly parameters: Json;
  /** What activities do outside of the pipeline. */
  copy(inner: Json, activity: Json, scope: Scope): Promise<Json>;
  metadata(inner: Json, scope: Scope): Promise<Json>;
  web(inner: Json, scope: Scope): Json;
  /** Runs another pipeline to its end. */
  execute(
    pipeline: string,
    parameters: Json,
  ): Promise<{ readonly status: string; readonly message: string; readonly runId: string }>;
  recorded(run: ActivityRun): void;
}

interface Done {
  readonly status: Status;
  readonly output: unknown;
  readonly error: ActivityRun['error'];
}

class ActivityFailure extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Whether all went well; the message of the first failure. */
export async function runPipeline(
  pipeline: Json,
  host: RunHost,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  const scope: Scope = { pipeline: { parameters: host.parameters }, now: () => host.clock.now() };
  return runActivities(list(pipeline['activities'], 'activities'), host, scope, new Map());
}

async function runActivities(
  all: readonly unknown[],
  host: RunHost,
  scope: Scope,
  outer: ReadonlyMap<string, Done>,
): Promise<{ readonly ok: boolean; readonly message: string }> {
  const activities = all.map((one) => record(one, 'activity'));
  const done = new Map<string, Done>();
  const inScope: Scope = {
    ...scope,
    activity: (name) => {
      const found = done.get(name) ?? outer.get(name);
      if (!found) refuse(`activity('${name}')`, 'has not run, or is not seen from here');
      return { Status: found.status, output: found.output, error: found.error };
    },
  };
  const known = (): ReadonlyMap<string, Done> => new Map([...outer, ...done]);
  const running = new Map<string, Promise<void>>();
  while (done.size < activities.length) {
    for (const activity of activities) {
      const name = text(activity['name'], 'name');
      if (done.has(name) || running.has(name)) continue;
      const verdict = readiness(activity, done);
      if (verdict === 'wait') continue;
      const work = verdict === 'skip' ? Promise.resolve(settled('Skipped')) : attempt(activity, host, inScope, known);
      running.set(
        name,
        work.then((result) => {
          done.set(name, result);
          running.delete(name);
        }),
      );
    }
    if (running.size === 0) refuse('dependsOn', 'a circle');
    await Promise.race(running.values());
  }
  return outcome(activities, done);
}

function dependenciesOf(activity: Json): { readonly on: string; readonly conditions: readonly unknown[] }[] {
  return list(activity['dependsOn'] ?? [], 'dependsOn').map((one) => {
    const { activity: on, dependencyConditions } = record(one, 'dependsOn');
    return { on: text(on, 'activity'), conditions: list(dependencyConditions, 'dependencyConditions') };
  });
}

function readiness(activity: Json, done: ReadonlyMap<string, Done>): 'wait' | 'skip' | 'run' {
  let isMet = true;
  for (const { on, conditions } of dependenciesOf(activity)) {
    const status = done.get(on)?.status;
    if (status === undefined) return 'wait';
    const meets = (condition: unknown): boolean =>
      condition === status || (condition === 'Completed' && (status === 'Succeeded' || status === 'Failed'));
    isMet &&= conditions.some(meets);
  }
  return isMet ? 'run' : 'skip';
}

/** tutorial-pipeline-failure-error-handling: the last activities count, and for one that was skipped those before it. */
function outcome(
  activities: readonly Json[],
  done: ReadonlyMap<string, Done>,
): { readonly ok: boolean; readonly message: string } {
  const byName = new Map(activities.map((one) => [text(one['name'], 'name'), one]));
  const depended = new Set(activities.flatMap((one) => dependenciesOf(one).map(({ on }) => on)));
  const failure = (name: string): Done | undefined => {
    const one = done.get(name);
    if (one?.status === 'Failed' || one?.status === 'Cancelled') return one;
    if (one?.status !== 'Skipped') return undefined;
    for (const { on } of dependenciesOf(byName.get(name) ?? {})) {
      const failed = failure(on);
      if (failed) return failed;
    }
    return undefined;
  };
  for (const name of byName.keys()) {
    const failed = depended.has(name) ? undefined : failure(name);
    if (failed) return { ok: false, message: failed.error.message };
  }
  return { ok: true, message: '' };
}

const NO_ERROR = { errorCode: '', message: '', failureType: '', target: '' } as const;

function settled(status: Status, output: unknown = {}, error: ActivityRun['error'] = NO_ERROR): Done {
  return { status, output, error };
}

async function attempt(
  activity: Json,
  host: RunHost,
  scope: Scope,
  known: () => ReadonlyMap<string, Done>,
): Promise<Done> {
  const name = text(activity['name'], 'name');
  const policy = record(activity['policy'] ?? {}, 'policy');
  const retries = Number(policy['retry'] ?? 0);
  for (let tried = 0; ; tried += 1) {
    const inputs: unknown[] = [];
    const result = await once(activity, host, scope, known, (input) => inputs.push(input));
    const { status, output, error } = result;
    host.recorded({
      activityName: name,
      activityType: text(activity['type'], 'type'),
      pipelineRunId: host.runId,
      status,
      input: inputs[0] ?? {},
      output,
      error,
      at: host.clock.now(),
    });
    if (status !== 'Failed' || tried >= retries || host.signal.aborted) return result;
    await host.clock.sleep(Number(policy['retryIntervalInSeconds'] ?? 30) * 1_000, host.signal).catch(() => undefined);
  }
}

async function once(
  activity: Json,
  host: RunHost,
  scope: Scope,
  known: () => ReadonlyMap<string, Done>,
  onInput: (input: unknown) => void,
): Promise<Done> {
  if (host.signal.aborted) return settled('Cancelled');
  const name = text(activity['name'], 'name');
  try {
    return settled('Succeeded', await act(activity, host, scope, known, onInput));
  } catch (error) {
    // A pipeline that the model does not take must not look like a failure that pipelines are made for.
    if (error instanceof NotAccepted) throw error;
    if (host.signal.aborted) return settled('Cancelled');
    const isExpected = error instanceof ActivityFailure || error instanceof CopyFailure || error instanceof BlobFailure;
    if (!isExpected) throw error;
    const errorCode = error instanceof ActivityFailure ? error.code : '2200';
    return settled('Failed', {}, { errorCode, message: error.message, failureType: 'UserError', target: name });
  }
}

async function act(
  activity: Json,
  host: RunHost,
  scope: Scope,
  known: () => ReadonlyMap<string, Done>,
  onInput: (input: unknown) => void,
): Promise<unknown> {
  const inner = record(activity['typeProperties'], 'typeProperties');
  switch (activity['type']) {
    case 'ForEach':
      return forEach(inner, host, scope, known());
    case 'IfCondition': {
      const isTrue = evaluated(inner['expression'], scope);
      if (typeof isTrue !== 'boolean') refuse('IfCondition', 'its expression gives no boolean');
      const branch = list(inner[isTrue ? 'ifTrueActivities' : 'ifFalseActivities'] ?? [], 'branch');
      return well(await runActivities(branch, host, scope, known()));
    }
    case 'Copy':
      return host.copy(inner, activity, scope);
    case 'GetMetadata':
      return host.metadata(inner, scope);
    case 'WebActivity': {
      const request = record(evaluated(inner, scope), 'WebActivity');
      onInput(request);
      return host.web(request, scope);
    }
    case 'ExecutePipeline': {
      if (inner['waitOnCompletion'] !== true) refuse('ExecutePipeline', 'only waiting is modelled');
      const given = record(evaluated(inner['parameters'] ?? {}, scope), 'parameters');
      const run = await host.execute(reference(inner['pipeline'], 'PipelineReference', 'pipeline'), given);
      if (run.status !== 'Succeeded') throw new ActivityFailure('OperationFailed', run.message);
      return { pipelineRunId: run.runId };
    }
    case 'Fail':
      throw new ActivityFailure(
        text(evaluated(inner['errorCode'], scope), 'errorCode'),
        text(evaluated(inner['message'], scope), 'message'),
      );
    default:
      return refuse(String(activity['name']), 'unknown activity');
  }
}

function well({ ok, message }: { readonly ok: boolean; readonly message: string }): Json {
  if (!ok) throw new ActivityFailure('InnerActivityFailed', message);
  return {};
}

/** Every item has its turn, also after one has failed; then the loop has failed. */
async function forEach(inner: Json, host: RunHost, scope: Scope, outer: ReadonlyMap<string, Done>): Promise<Json> {
  const items = list(evaluated(inner['items'], scope), 'items');
  if (items.length > LIMITS.items) refuse('ForEach', 'too many items');
  const parallel = inner['isSequential'] === true ? 1 : Number(inner['batchCount'] ?? 20);
  const waiting = [...items];
  const failures: string[] = [];
  const worker = async (): Promise<void> => {
    while (waiting.length > 0) {
      const item = waiting.shift();
      if (Buffer.byteLength(JSON.stringify(item)) > LIMITS.payload) refuse('ForEach', 'an item larger than a payload');
      const activities = list(inner['activities'], 'activities');
      const { ok, message } = await runActivities(activities, host, { ...scope, item }, outer);
      if (!ok) failures.push(message);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  if (failures.length > 0) throw new ActivityFailure('ActionFailed', failures[0] ?? '');
  return {};
}
