import { formatNamespace } from '../core/model/namespace.js';
import { newCounts } from './copy/counters.js';
import { conclude, enterStep, indexAndVerify } from './conclude.js';
import type { Verdict } from './journal/record.js';
import { lostConnections } from './lost-connection.js';
import type { RelayedCounts, ToolExit } from './native-ports.js';
import { CountsRecorder, whileRecording } from './record-counts.js';
import type { ExportRunContext } from './run-context.js';
import { toolEvents } from './tool-events.js';
import { losesSource, toolReasons } from './tool-failure.js';

/**
 * Writes collections into text files and reads them back: a good verdict says that every document of the source is in them. The context's target is the folder.
 * Safe to run again on the same journal: files that stand whole are not written again. Returns the verdict; the journal says the same.
 * @throws MigrationError only where the journal itself cannot be written.
 */
export async function exportRun(context: ExportRunContext): Promise<Verdict> {
  return conclude(context, async () => {
    const { plan, tools, journal, signal } = context;
    await enterStep(context, 'preparing');
    await tools.check?.({ plan, collections: plan.collections, textFiles: journal.status().textFiles, signal });
    context.onEvent({ kind: 'prepared', prepared: [] });

    await enterStep(context, 'copying');
    const exits = await writeFiles(context);
    signal.throwIfAborted();
    const bad = exits.filter((exit) => exit.exitCode !== 0);
    if (bad.length > 0) {
      const lost = await lostConnections(context, { source: losesSource(bad), target: false });
      return { state: 'failed-resumable', reasons: [...lost, ...toolReasons(bad)] };
    }
    return indexAndVerify(context, { prepared: [], relayed: [] });
  });
}

async function writeFiles(context: ExportRunContext): Promise<readonly ToolExit[]> {
  const { plan, tools, signal } = context;
  const halt = new AbortController();
  const counts = new Map<string, RelayedCounts>();
  const recorder = new CountsRecorder(context);
  const record = (): Promise<void> => recorder.record([...counts.values()]);
  try {
    return await whileRecording(context, record, halt, () =>
      tools.copy({
        plan,
        collections: plan.collections,
        present: () => Promise.resolve(new Map<string, readonly string[]>()),
        signal: AbortSignal.any([signal, halt.signal]),
        ...toolEvents(context),
        onFileProgress: (ns, documents, bytes) =>
          // A file refuses nothing and charges nothing.
          void counts.set(formatNamespace(ns), { ...newCounts(ns), acknowledged: documents, bytes }),
      }),
    );
  } finally {
    await record();
  }
}
