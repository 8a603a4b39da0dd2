/** A whole run by Data Factory: the real engine, journal and files, two real servers, and the model of Azure. */
import { openRun } from '../../../src/adapters/files/open-run.js';
import { createRun, type RunFolder } from '../../../src/adapters/files/run-folder.js';
import { deadLetterIds } from '../../../src/adapters/files/dead-letter-reader.js';
import { readInventory } from '../../../src/adapters/mongo/inventory.js';
import { systemClock } from '../../../src/adapters/system-clock.js';
import { dataFactoryCopy } from '../../../src/assembly/data-factory-run.js';
import type { DataFactoryHandoff } from '../../../src/core/model/handoff.js';
import { EVERYTHING, type NamespaceSelection } from '../../../src/core/model/namespace.js';
import type { Plan } from '../../../src/core/model/plan.js';
import { draftPlan, selectedCollections, type PlanInput } from '../../../src/core/plan/make-plan.js';
import { planId } from '../../../src/core/plan/plan-id.js';
import { describeTarget } from '../../../src/core/plan/target.js';
import { tune, tuneInputFor } from '../../../src/core/tune/tune.js';
import type { Verdict } from '../../../src/engine/journal/record.js';
import type { RunStatus } from '../../../src/engine/journal/reduce.js';
import { remoteRun } from '../../../src/engine/remote-run.js';
import type { RunEvent } from '../../../src/engine/run-context.js';
import { connectTo } from '../migrate.js';
import { busyClock } from './busy-clock.js';
import { MockDataFactory } from './mock-data-factory.js';

export const HANDOFF: DataFactoryHandoff = {
  kind: 'data-factory',
  azure: { subscriptionId: '00000000-0000-0000-0000-000000000001', resourceGroup: 'migration', location: 'westeurope' },
  factory: 'adf-migration',
  storage: { account: 'migrationmarkers', container: 'markers' },
};

export const PLACE = { subscription: HANDOFF.azure.subscriptionId, group: HANDOFF.azure.resourceGroup };

export function startMockAzure(): Promise<MockDataFactory> {
  return MockDataFactory.start(busyClock(), PLACE);
}

export interface FactoryMigration {
  readonly sourceUri: string;
  readonly targetUri: string;
  readonly azure: MockDataFactory;
  readonly runsRoot: string;
  readonly selection?: Partial<NamespaceSelection>;
  readonly plan?: Partial<Pick<PlanInput, 'conflictPolicy' | 'throughput'>>;
  readonly rangeBytes?: number;
  readonly resume?: RunFolder;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

export interface FactoryMigrated {
  readonly verdict: Verdict;
  readonly status: RunStatus;
  readonly plan: Plan;
  readonly folder: RunFolder;
}

export async function factoryPlan(job: Omit<FactoryMigration, 'azure' | 'runsRoot'>): Promise<Plan> {
  await using source = await connectTo(job.sourceUri);
  await using target = await connectTo(job.targetUri);
  const selection = { ...EVERYTHING, ...job.selection };
  const inventory = await readInventory(source, { selection });
  const tuning = tune(
    tuneInputFor({
      collections: selectedCollections(inventory, selection),
      target: describeTarget(target.facts),
      cluster: target.facts,
      ...(job.plan?.throughput ? { throughput: job.plan.throughput } : {}),
    }),
  );
  const draft = draftPlan({
    inventory,
    source: { name: 'source', uri: withoutPassword(job.sourceUri) },
    target: { name: 'target', uri: withoutPassword(job.targetUri) },
    targetCluster: target.facts,
    method: 'data-factory',
    selection,
    tuning,
    createdAt: '2026-01-01T00:00:00.000Z',
    ...job.plan,
  });
  const planned = { ...draft, handoff: HANDOFF };
  return { ...planned, id: planId(planned) };
}

function withoutPassword(uri: string): string {
  return uri.replace(/:[^:@/]*@/, '@');
}

export async function migrateByDataFactory(job: FactoryMigration): Promise<FactoryMigrated> {
  const folder = job.resume ?? (await createRun(job.runsRoot, await factoryPlan(job), Date.now()));
  await using source = await connectTo(job.sourceUri);
  await using target = await connectTo(job.targetUri);
  const { clock } = job.azure;
  const run = await openRun(folder, { clock: systemClock });
  try {
    const { rangeBytes } = job;
    const remote = dataFactoryCopy({
      run,
      source,
      target,
      arm: job.azure.client(),
      clock,
      ...(rangeBytes === undefined ? {} : { rangeBytes }),
    });
    const verdict = await remoteRun({
      plan: run.plan,
      source: source.session,
      target: target.session,
      ru: target.ru,
      journal: run.journal,
      deadLetters: run.deadLetters,
      deadLetterIds: (ns) => deadLetterIds(folder.deadLettersPath, ns),
      clock: systemClock,
      signal: job.signal ?? new AbortController().signal,
      onEvent: job.onEvent ?? (() => undefined),
      remote,
      proceed: () => Promise.resolve(),
    });
    return { verdict, status: run.journal.status(), plan: run.plan, folder };
  } finally {
    await run.close();
  }
}
