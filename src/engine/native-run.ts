import { MigrationError } from '../core/model/error.js';
import { redact } from '../core/model/redact.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { PlannedCollection } from '../core/model/plan.js';
import { conclude, enterStep, indexAndVerify, leaveProven } from './conclude.js';
import { lostConnections } from './lost-connection.js';
import { toolEvents } from './tool-events.js';
import { losesSource, toolReasons } from './tool-failure.js';
import type { Verdict } from './journal/record.js';
import type { RelayedCounts, ToolExit } from './native-ports.js';
import type { PreparedCollection } from './prepare/outcome.js';
import { prepareTarget } from './prepare/prepare-target.js';
import { rawIdText } from './raw-id.js';
import { CountsRecorder, whileRecording } from './record-counts.js';
import type { NativeRunContext } from './run-context.js';
import type { StillProven } from './verify/still-proven.js';

type VerdictReason = Verdict['reasons'][number];

/** Names of all collections of a database in one reply: 16 MB hold more than this many. */
const ALL_NAMES = 100_000;

/**
 * Carries out a plan with the native tools: prepares the target, lets them read the source and write through the throttle relay, builds
 * the indexes, verifies every byte, and judges. The tools' exit status is never the verdict. Safe to run again on the same journal.
 * Returns the verdict, `paused`, `failed-resumable` and `cancelled` included; the journal says the same.
 * @throws MigrationError only where the journal itself cannot be written.
 */
export async function nativeRun(context: NativeRunContext): Promise<Verdict> {
  const run = new NativeRun(context);
  return conclude(context, () => run.execute());
}

class NativeRun {
  private readonly recorder: CountsRecorder;
  private relayed: readonly RelayedCounts[] = [];

  constructor(private readonly context: NativeRunContext) {
    this.recorder = new CountsRecorder(context);
  }

  async execute(): Promise<Verdict> {
    const { plan, target, ru, journal, clock, signal, onEvent } = this.context;

    await enterStep(this.context, 'preparing');
    const data = plan.collections.filter((c) => !c.options.view);
    await this.context.tools.check?.({ plan, collections: data, textFiles: journal.status().textFiles, signal });
    const prepared = await prepareTarget(plan, target, ru, journal, { clock, signal });
    onEvent({ kind: 'prepared', prepared });
    signal.throwIfAborted();
    const standing = await leaveProven(this.context, prepared);

    await enterStep(this.context, 'copying');
    const stopped = await this.copy(prepared, standing);
    if (stopped) return stopped;

    return indexAndVerify(this.context, { prepared, standing, relayed: this.relayed });
  }

  /** Returns a verdict only where the run must end here. */
  private async copy(prepared: readonly PreparedCollection[], standing: StillProven): Promise<Verdict | undefined> {
    const { plan, relay: starter, tools, deadLetters, signal } = this.context;
    const refused = prepared.filter((p) => p.outcome.kind === 'failed').map((p) => p.ns);
    const left = new Set([...refused, ...standing.keys()]);
    const collections = plan.collections.filter((c) => !c.options.view && !left.has(formatNamespace(c.target)));
    if (collections.length === 0) return undefined;

    const halt = new AbortController();
    /** What the target answered that ends the copying: the first of it. */
    let stop: VerdictReason | undefined;
    const relay = await starter.start({
      onConflict: (ns, id) => {
        stop ??= { id: 'conflict', params: { ns: formatNamespace(ns), id: rawIdText(id) } };
        halt.abort('conflict');
      },
      onHopeless: ({ ns, documents, code, message }) => {
        const words = redact(message);
        stop ??= { id: 'all-refused', params: { ns: formatNamespace(ns), documents, code, message: words } };
        halt.abort('all-refused');
      },
    });
    let exits: readonly ToolExit[] = [];
    try {
      const record = (): Promise<void> => this.recorder.record(relay.counters());
      exits = await whileRecording(this.context, record, halt, () =>
        tools.copy({
          plan,
          collections,
          present: () => this.presentOnSource(collections),
          relayPort: relay.port,
          signal: AbortSignal.any([signal, halt.signal]),
          ...toolEvents(this.context),
        }),
      );
    } catch (error) {
      // Between two pairs of tools it shows as the abort that it is.
      if (stop === undefined || MigrationError.is(error)) throw error;
    } finally {
      await relay.close();
      this.relayed = relay.counters();
      await this.recorder.record(this.relayed);
      await deadLetters.flush();
    }
    signal.throwIfAborted();
    if (stop !== undefined) return { state: 'failed-resumable', reasons: [stop] };
    const bad = exits.filter((e) => e.exitCode !== 0);
    if (bad.length === 0) return undefined;
    const lost = await lostConnections(this.context, {
      source: losesSource(bad),
      target: relay.lostTargetConnections() > 0,
    });
    return { state: 'failed-resumable', reasons: [...lost, ...toolReasons(bad)] };
  }

  private async presentOnSource(
    collections: readonly PlannedCollection[],
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const present = new Map<string, readonly string[]>();
    for (const db of new Set(collections.map((c) => c.source.db))) {
      const reply = await this.context.source.command(db, {
        listCollections: 1,
        nameOnly: true,
        cursor: { batchSize: ALL_NAMES },
      });
      const cursor = reply['cursor'] as { firstBatch: readonly { name: string }[] };
      present.set(
        db,
        cursor.firstBatch.map((c) => c.name),
      );
    }
    return present;
  }
}
