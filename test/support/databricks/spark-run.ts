/** A run of this product with a Spark job for its copy: the engine and everything that is shipped, on a modelled workspace. */
import { DatabricksClient } from '../../../src/adapters/databricks/databricks-client.js';
import { databricksCopy } from '../../../src/adapters/databricks/databricks-copy.js';
import { openDeadLetters } from '../../../src/adapters/files/dead-letter-files.js';
import { deadLetterIds } from '../../../src/adapters/files/dead-letter-reader.js';
import { readInventory } from '../../../src/adapters/mongo/inventory.js';
import type { ConnectedCluster } from '../../../src/adapters/mongo/connect.js';
import { systemClock } from '../../../src/adapters/system-clock.js';
import type { SparkHandoff } from '../../../src/core/model/handoff.js';
import { EVERYTHING, type NamespaceSelection } from '../../../src/core/model/namespace.js';
import type { Plan } from '../../../src/core/model/plan.js';
import { makePlan, selectedCollections, type PlanInput } from '../../../src/core/plan/make-plan.js';
import { describeTarget } from '../../../src/core/plan/target.js';
import { tune, tuneInputFor } from '../../../src/core/tune/tune.js';
import type { Journal } from '../../../src/engine/journal/port.js';
import type { JournalRecord, RemoteRecord, Verdict } from '../../../src/engine/journal/record.js';
import type { RunStatus } from '../../../src/engine/journal/reduce.js';
import { remoteRun } from '../../../src/engine/remote-run.js';
import type { RunEvent } from '../../../src/engine/run-context.js';
import { memoryJournal } from '../../contract/memory-journal.js';
import { busyClock } from '../data-factory/busy-clock.js';
import { connectTo } from '../migrate.js';
import type { Workspace } from './workspace.js';

const LONGEST_SLEEP_MS = 100;
export const SCOPE = 'migration';

export const HANDOFF: SparkHandoff = {
  kind: 'spark-databricks',
  secretScope: SCOPE,
  mode: 'raw',
  cluster: { nodeType: 'Standard_D2ds_v5', workers: 1, runtime: '15.4.x-scala2.12' },
};

export async function sparkPlan(
  source: ConnectedCluster,
  target: ConnectedCluster,
  {
    selection = {},
    handoff = {},
    ...more
  }: {
    readonly selection?: Partial<NamespaceSelection>;
    readonly handoff?: Partial<SparkHandoff>;
  } & Partial<Pick<PlanInput, 'throughput' | 'conflictPolicy' | 'collectionThroughput'>> = {},
): Promise<Plan> {
  const chosen = { ...EVERYTHING, ...selection };
  const inventory = await readInventory(source, { selection: chosen });
  const tuning = tune(
    tuneInputFor({
      collections: selectedCollections(inventory, chosen),
      target: describeTarget(target.facts),
      cluster: target.facts,
      ...(more.throughput ? { throughput: more.throughput } : {}),
    }),
  );
  const plan = makePlan({
    inventory,
    source: { name: 'source', uri: 'mongodb://source.example/' },
    target: { name: 'target', uri: 'mongodb://target.example/' },
    targetCluster: target.facts,
    method: 'direct-copy',
    selection: chosen,
    tuning,
    createdAt: '2026-11-29T12:00:00.000Z',
    ...more,
  });
  return { ...plan, method: 'spark-databricks', handoff: { ...HANDOFF, ...handoff } };
}

export interface SparkRun {
  readonly plan: Plan;
  readonly sourceUri: string;
  readonly targetUri: string;
  readonly workspace: Workspace;
  readonly folder: string;
  /** Of an earlier attempt, gone on with. */
  readonly records?: JournalRecord[];
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  /** Both connection strings are put into the secret scope first. */
  readonly putsSecrets?: boolean;
  /** Before something elsewhere is written down; what it throws is thrown in the place of the writing. */
  readonly onNote?: (entry: RemoteRecord) => void;
  /** Milliseconds between two looks at the job, at most; without it those of tests, which are often. */
  readonly looksEveryMs?: number;
  /** What is done in this process after the first attempt's end: a pause is cancelled, say. */
  readonly after?: (again: (signal: AbortSignal) => Promise<Verdict>) => Promise<Verdict>;
}

export interface SparkRan {
  readonly verdict: Verdict;
  readonly status: RunStatus;
  readonly records: JournalRecord[];
  readonly events: readonly RunEvent[];
  readonly deadLetters: number;
  /** Milliseconds that were waited between a call and its repeat. */
  readonly waited: readonly number[];
}

export async function sparkRun(run: SparkRun): Promise<SparkRan> {
  const { plan, workspace, records = [], signal = new AbortController().signal } = run;
  const [source, target] = await Promise.all([connectTo(run.sourceUri), connectTo(run.targetUri)]);
  const deadLetters = await openDeadLetters(run.folder, { clock: systemClock });
  const events: RunEvent[] = [];
  const waited: number[] = [];
  const hasty = busyClock();
  const client = new DatabricksClient({
    workspaceUrl: workspace.url,
    tokens: workspace.tokens,
    // Whoever is told to wait, or to come again, comes at once.
    clock: {
      now: () => hasty.now(),
      sleep: (ms, stop) => {
        waited.push(ms);
        return hasty.sleep(ms, stop);
      },
    },
  });
  const journal = memoryJournal({ runId: 'run', planId: plan.id, planHash: 'hash' }, records);
  await journal.append({ type: 'process', pid: records.length, startTime: 'then' });
  const noting: Journal = {
    ...journal,
    append: async (entry) => {
      if (entry.type === 'remote') run.onNote?.(entry);
      await journal.append(entry);
    },
  };
  const attempt = (stop: AbortSignal): Promise<Verdict> =>
    remoteRun({
      plan,
      source: source.session,
      target: target.session,
      ru: target.ru,
      journal: noting,
      deadLetters,
      deadLetterIds: (ns) => deadLetterIds(run.folder, ns),
      clock: systemClock,
      signal: stop,
      onEvent: (event) => {
        events.push(event);
        run.onEvent?.(event);
      },
      remote: databricksCopy({
        client,
        target: target.session,
        // Looks often.
        clock: {
          now: () => systemClock.now(),
          sleep: (ms, stop) => systemClock.sleep(Math.min(ms, run.looksEveryMs ?? LONGEST_SLEEP_MS), stop),
        },
        ...(run.putsSecrets ? { putSecrets: { sourceUri: run.sourceUri, targetUri: run.targetUri } } : {}),
      }),
      proceed: () => Promise.reject(new Error('nothing is waited for')),
    });
  try {
    const first = await attempt(signal);
    const verdict = run.after ? await run.after(attempt) : first;
    return { verdict, status: journal.status(), records, events, deadLetters: deadLetters.count(), waited };
  } finally {
    await deadLetters.close();
    await Promise.all([source.close(), target.close()]);
  }
}
