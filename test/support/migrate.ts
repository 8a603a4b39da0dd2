import { connect, type ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { createRun } from '../../src/adapters/files/run-folder.js';
import { openRun } from '../../src/adapters/files/open-run.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { filesReference, openTextFiles, readTextInventory } from '../../src/adapters/files/text-side.js';
import { TOOL_NAMES } from '../../src/adapters/tools/location.js';
import { composeRun, type RunSide, type ToolPaths } from '../../src/assembly/compose-run.js';
import { EVERYTHING, type NamespaceSelection } from '../../src/core/model/namespace.js';
import type { Plan } from '../../src/core/model/plan.js';
import { makePlan, selectedCollections, type PlanInput } from '../../src/core/plan/make-plan.js';
import { describeTarget } from '../../src/core/plan/target.js';
import { tune, tuneInputFor } from '../../src/core/tune/tune.js';
import type { Verdict } from '../../src/engine/journal/record.js';
import type { RunStatus } from '../../src/engine/journal/reduce.js';
import type { CopyCeilings } from '../../src/core/model/plan.js';
import type { RunEvent } from '../../src/engine/run-context.js';
import { findTestTool } from './tools.js';

export interface Migration {
  /** Absent: the plan's files are the source. */
  readonly sourceUri?: string;
  /** Absent: the plan's files are the target. */
  readonly targetUri?: string;
  readonly selection?: Partial<NamespaceSelection>;
  readonly plan?: Partial<
    Pick<
      PlanInput,
      | 'throughput'
      | 'shardKeys'
      | 'conflictPolicy'
      | 'verification'
      | 'collectionThroughput'
      | 'method'
      | 'text'
      | 'fields'
      | 'readPreference'
    >
  >;
  readonly runsRoot: string;
  /** The run of an earlier call, to be gone on with. */
  readonly resume?: Awaited<ReturnType<typeof createRun>>;
  readonly onEvent?: (event: RunEvent) => void;
  readonly signal?: AbortSignal;
  /** After so many milliseconds without an answer a server is taken for lost. */
  readonly silenceMs?: number;
  /** Of a direct copy. */
  readonly ceilings?: CopyCeilings;
  readonly verifyAll?: boolean;
}

export interface Migrated {
  readonly verdict: Verdict;
  readonly status: RunStatus;
  readonly plan: Plan;
  readonly folder: Awaited<ReturnType<typeof createRun>>;
}

export function connectTo(uri: string, more: { readonly silenceMs?: number } = {}): Promise<ConnectedCluster> {
  return connect({ connectionString: parseConnectionString(uri), clock: systemClock, ...more });
}

export async function planFor(job: Migration, source: RunSide, target: RunSide): Promise<Plan> {
  const selection = { ...EVERYTHING, ...job.selection };
  const { format = 'json', files } = job.plan?.text ?? {};
  const readAt = new Date().toISOString();
  const inventory =
    'client' in source
      ? await readInventory(source, { selection })
      : await readTextInventory(files?.folder ?? '', format, { selection, readAt });
  const description = describeTarget(target.facts);
  const throughput = job.plan?.throughput;
  const tuning = tune(
    tuneInputFor({
      collections: selectedCollections(inventory, selection),
      target: description,
      cluster: target.facts,
      ...(throughput ? { throughput } : {}),
    }),
  );
  return makePlan({
    inventory,
    source: job.sourceUri === undefined ? filesReference(files?.folder ?? '') : { name: 'source', uri: job.sourceUri },
    target: job.targetUri === undefined ? filesReference(files?.folder ?? '') : { name: 'target', uri: job.targetUri },
    targetCluster: target.facts,
    method: 'dump-restore',
    selection,
    tuning,
    createdAt: new Date().toISOString(),
    ...job.plan,
  });
}

/** The main job with real parts: facts, plan, tuned tools through the relay, indexes, verification, verdict. */
export async function migrate(job: Migration): Promise<Migrated> {
  const patience = job.silenceMs === undefined ? {} : { silenceMs: job.silenceMs };
  const { format = 'json', files } = job.plan?.text ?? {};
  const side = async (uri: string | undefined): Promise<RunSide> =>
    uri === undefined ? openTextFiles(files?.folder ?? '', format) : connectTo(uri, patience);
  const source = await side(job.sourceUri);
  const target = await side(job.targetUri);
  const folder = job.resume ?? (await createRun(job.runsRoot, await planFor(job, source, target), Date.now()));
  const run = await openRun(folder, { clock: systemClock });
  try {
    const composed = await composeRun({
      run,
      source,
      target,
      files: { source: run.plan.source, target: run.plan.target },
      ...(run.plan.method === 'direct-copy' ? {} : { tools: await testTools() }),
      ...(job.verifyAll ? { verifyAll: true } : {}),
      ...(job.ceilings ? { ceilings: job.ceilings } : {}),
      clock: systemClock,
      signal: job.signal ?? new AbortController().signal,
      onEvent: job.onEvent ?? (() => undefined),
    });
    const verdict = await composed.run();
    return { verdict, status: run.journal.status(), plan: run.plan, folder };
  } finally {
    await run.close();
    await Promise.all([source.close(), target.close()]);
  }
}

async function testTools(): Promise<ToolPaths> {
  const paths = await Promise.all(TOOL_NAMES.map(async (name) => [name, await findTestTool(name)] as const));
  return Object.fromEntries(paths);
}
