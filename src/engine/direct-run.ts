import { MOST_REFUSED_IN_A_ROW, Refusals } from '../core/conflict/refusals.js';
import { formatNamespace } from '../core/model/namespace.js';
import { readersFor } from '../core/tune/direct-copy.js';
import { conclude, enterStep, indexAndVerify, leaveProven } from './conclude.js';
import type { CopyContext, CopyJob } from './copy/collection-copy.js';
import { CollectionsCopy } from './copy/copy-collections.js';
import type { CopyCounts } from './copy/counters.js';
import { ConflictFound } from './copy/duplicates.js';
import { patiently } from './copy/patience.js';
import { beginSurveys, type Surveys } from './copy/survey.js';
import { checkFilters } from './copy/try-transform.js';
import { WriterPool } from './copy/writer-pool.js';
import type { Verdict } from './journal/record.js';
import type { PreparedCollection } from './prepare/outcome.js';
import { prepareTarget } from './prepare/prepare-target.js';
import { withRaisedThroughput } from './prepare/throughput-lever.js';
import { rawIdText } from './raw-id.js';
import { CountsRecorder, whileRecording } from './record-counts.js';
import type { DirectRunContext } from './run-context.js';
import { signalForMany } from './signal-for-many.js';
import type { StreamedSource } from './verify/options.js';
import { lacksDocuments } from './verify/result.js';
import type { StillProven } from './verify/still-proven.js';

/**
 * Carries out a plan by itself: prepares the target, copies every collection range by range, builds the indexes, verifies every byte, and
 * judges. Safe to run again on the same journal: finished ranges are not read again, others are read on from the last acknowledged document.
 * Returns the verdict, `paused`, `failed-resumable` and `cancelled` included; the journal says the same.
 * @throws MigrationError only where the journal itself cannot be written.
 */
export async function directRun(context: DirectRunContext): Promise<Verdict> {
  const { plan, throughput: ru, journal, clock } = context;
  return conclude(context, () =>
    withRaisedThroughput({ plan, ru, journal, clock }, async (lever) => {
      const { target, signal, onEvent } = context;
      await enterStep(context, 'preparing');
      await patiently(context, () => checkFilters(plan, context.source, signal));
      using surveys = surveysOf(context);
      const prepared = await prepareTarget(lever.plan, target, context.ru, journal, { clock, signal });
      onEvent({ kind: 'prepared', prepared });
      signal.throwIfAborted();
      const standing = await patiently(context, () => leaveProven(context, prepared));
      const jobs = jobsOf(context, prepared, standing, surveys);
      await lever.raise(signal, new Set(jobs.map(({ planned }) => formatNamespace(planned.target))));

      const copied = await copy(context, jobs, surveys);
      if ('state' in copied) return copied;
      return await indexAndVerify(context, {
        prepared,
        standing,
        relayed: copied.counts,
        streamed: (ns) => streamedSums(context, ns),
      });
    }),
  );
}

/** Of what nothing is known yet. */
function surveysOf(context: DirectRunContext): Surveys {
  const { plan, source, copySource, pacers, journal, clock, random, signal, rangeBytes } = context;
  const known = journal.status().ranges;
  if (context.surveys && known.size === 0) return context.surveys;
  const parts = { plan, session: source, source: copySource, clock, random, signal };
  const size = rangeBytes === undefined ? {} : { rangeBytes };
  return beginSurveys({ ...parts, ...size, ceilings: () => pacers.ceilings() }, (ns) => known.has(ns));
}

async function copy(
  context: DirectRunContext,
  jobs: readonly CopyJob[],
  surveys: Surveys,
): Promise<Verdict | { readonly counts: readonly CopyCounts[] }> {
  const { plan, source, copySource, copyTarget, pacers, journal, deadLetters, clock, random } = context;
  const halt = new AbortController();
  const signal = signalForMany(context.signal, halt.signal);
  const writers = new WriterPool(copyTarget, signal);
  let hopeless: Verdict['reasons'][number] | undefined;
  const refusals = new Refusals(context.mostRefused ?? MOST_REFUSED_IN_A_ROW, ({ ns, documents, code, message }) => {
    const params = { ns: formatNamespace(ns), documents, code, message };
    hopeless ??= { id: 'all-refused', params };
    halt.abort('all-refused');
  });
  const copyContext: CopyContext = {
    plan,
    session: source,
    source: copySource,
    target: copyTarget,
    pacers,
    writers,
    journal,
    deadLetters,
    refusals,
    clock,
    random,
    signal,
    readers: () => readersFor(plan, source.facts.latencyMs, pacers.ceilings()),
  };
  signal.addEventListener('abort', () => surveys.stop(), { once: true });
  const collections = new CollectionsCopy(jobs, copyContext, halt);
  const recorder = new CountsRecorder(context);
  const record = async (): Promise<void> => {
    collections.adjust();
    await recorder.record(collections.counts());
    context.onEvent({ kind: 'ranges', ranges: collections.paces() });
    context.onEvent({ kind: 'limited', by: pacers.limitedBy() });
  };
  // Before the step begins: what earlier attempts brought is no speed of this one.
  await recorder.record(collections.counts());
  await enterStep(context, 'copying');
  try {
    await whileRecording(context, record, halt, () => collections.run());
  } catch (error) {
    if (hopeless && !context.signal.aborted) return { state: 'failed-resumable', reasons: [hopeless] };
    if (!(error instanceof ConflictFound)) throw error;
    const params = { ns: formatNamespace(error.ns), id: rawIdText(error.id) };
    return { state: 'failed-resumable', reasons: [{ id: 'conflict', params }] };
  } finally {
    await writers.close();
    await recorder.record(collections.counts());
    await deadLetters.flush();
  }
  context.signal.throwIfAborted();
  return { counts: collections.counts() };
}

/** What is to be copied, and whether the journal's word on how far it got still holds. */
function jobsOf(
  { plan, journal }: DirectRunContext,
  prepared: readonly PreparedCollection[],
  standing: StillProven,
  surveys: Surveys,
): CopyJob[] {
  const outcomes = new Map(prepared.map(({ ns, outcome }) => [ns, outcome]));
  const { collections } = journal.status();
  return plan.collections.flatMap((planned) => {
    const ns = formatNamespace(planned.target);
    const outcome = outcomes.get(ns);
    if (planned.options.view || outcome === undefined || outcome.kind === 'failed' || standing.has(ns)) return [];
    const verified = collections[ns]?.verification;
    // A collection that had to be made holds nothing of an earlier attempt; one that was found to differ lacks something, wherever it is.
    const goesOn = outcome.kind === 'existed' && !(verified && lacksDocuments(verified));
    return [{ planned, goesOn, survey: surveys.of(planned) }];
  });
}

/** The source's side of verification, as far as it was taken while copying. */
function streamedSums({ plan, journal }: DirectRunContext, ns: string): StreamedSource | undefined {
  const planned = plan.collections.find((c) => formatNamespace(c.target) === ns);
  const found = journal.status().ranges.get(ns);
  // The documents of a time series are made from its buckets: those were summed up, these are verified.
  if (!planned || planned.options.timeseries || !found) return undefined;
  const ranges = [...found.ranges.values()];
  return ranges.every(({ done }) => done) ? { ranges, writes: found.writes } : undefined;
}
