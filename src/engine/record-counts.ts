/** The counters of a copy, written down and told while it goes on. */
import { formatNamespace } from '../core/model/namespace.js';
import type { CopyCounters } from './journal/record.js';
import type { RelayedCounts } from './native-ports.js';
import type { RunContext } from './run-context.js';

/** How often the counters are read while documents move: often enough for a live display, rarely enough to cost nothing. */
const PROGRESS_MS = 500;

/** Records counters while `work` goes on. Where they cannot be recorded the work is called off by `halt`, waited for, and the reason thrown. */
export async function whileRecording<T>(
  context: RunContext,
  record: () => Promise<void>,
  halt: AbortController,
  work: () => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  let broken: { readonly error: unknown } | undefined;
  const recording = follow(context, record, stop.signal).catch((error: unknown) => {
    broken = { error };
    halt.abort('not-recorded');
  });
  const [worked] = await Promise.allSettled([work()]);
  stop.abort();
  await recording;
  // Rather than what the work says of having been called off.
  if (broken) throw broken.error;
  if (worked.status === 'rejected') throw worked.reason;
  return worked.value;
}

async function follow({ clock }: RunContext, record: () => Promise<void>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await clock.sleep(PROGRESS_MS, stop).catch(() => undefined);
    if (!stop.aborted) await record();
  }
}

/** Writes down what changed in the counters, and tells it. */
export class CountsRecorder {
  /** As last written, so that a thousand quiet collections do not fill the journal. */
  private readonly recorded = new Map<string, string>();

  constructor(private readonly context: RunContext) {}

  async record(counts: readonly RelayedCounts[]): Promise<void> {
    for (const count of counts) {
      const counters: CopyCounters = {
        acknowledged: count.acknowledged,
        alreadyThere: count.alreadyThere,
        conflicts: count.conflicts,
        deadLettered: count.deadLettered,
        throttled: count.throttledOperations,
        bytes: count.bytes,
        ru: count.requestUnits,
      };
      const ns = formatNamespace(count.ns);
      const text = JSON.stringify(counters);
      if (this.recorded.get(ns) === text) continue;
      this.recorded.set(ns, text);
      await this.context.journal.append({ type: 'copy-progress', ns, counters });
    }
    this.context.onEvent({ kind: 'copy-progress', counts });
  }
}
