import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import { compileTransform, type CompiledTransform } from '../copy/compile-transform.js';
import { refusalOf, throughThrottle } from '../prepare/server-refusal.js';
import type { ClusterSession } from '../ports.js';
import { compareSegments, sameTotals, sumTotals, type ComparedSegment, type Comparison } from './compare-segments.js';
import { countSource, countTarget } from './counts.js';
import { compareDefinition } from './definition.js';
import { ExcludedIds, hexOfLanes } from './document-sums.js';
import { locateDifferences, type Located } from './locate.js';
import { TimestampMender } from './mend.js';
import type { CollectionJob, VerifyOptions } from './options.js';
import { cutRanges, probeRangeReads, RANGE_BYTES } from './range-reads.js';
import {
  NO_DIFFERENCES,
  type Differences,
  type SideEvidence,
  type VerificationEvidence,
  type VerificationMeans,
  type VerificationResult,
} from './result.js';
import { batchSizeFor, EVERYTHING, type Segment, type Side } from './side.js';
import { sourceWrites, unmoved, type SourceWrites } from './source-writes.js';
import { compareStreamed, sumOfStreamed } from './streamed.js';

/** Documents that are named. Judged: more than anybody looks at; totals are of all. */
const REPORT_LIMIT = 1_000;
/** Judged: both sides are read at once, of two collections at a time. */
const PARALLEL_RANGES = 2;
/** Parts by the hash of `_id` that each range, or the one pass, is split into: what is read again to find a difference is that much less to remember. */
const BUCKETS = 4_096;

interface Compared {
  readonly compared: ComparedSegment[];
  readonly located: Located;
  readonly means: VerificationMeans;
}

interface Counts {
  readonly source: number;
  readonly target: number;
}

/**
 * Proves that a collection arrived, or says where it did not: definition, counts, and (`full`) the bytes of every document. Writes nothing to the target but mended
 * empty timestamps. A side that cannot be read makes the result `unverified`.
 * @throws MigrationError for a lost connection, an abort and the like: then nothing is known.
 */
export async function verifyCollection(
  job: CollectionJob,
  source: ClusterSession,
  target: ClusterSession,
  options: VerifyOptions,
): Promise<VerificationResult> {
  const verification = new CollectionVerification(job, patient(source, options), patient(target, options), options);
  try {
    return await verification.run();
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!MigrationError.is(error, 'command-failed') && !MigrationError.is(error, 'missing-privilege')) throw error;
    const { code, message } = refusalOf(error);
    return verification.unreadable(`${code} ${message}`);
  }
}

/** The session with throttled commands repeated; its `findRaw` sees to that itself. */
function patient(session: ClusterSession, options: VerifyOptions): ClusterSession {
  return {
    facts: session.facts,
    command: (db, command, with_) => throughThrottle(options, () => session.command(db, command, with_)),
    findRaw: (ns, find, signal) => session.findRaw(ns, find, signal),
    replaceRaw: (ns, document, with_) => throughThrottle(options, () => session.replaceRaw(ns, document, with_)),
    insertRaw: (ns, documents, with_) => session.insertRaw(ns, documents, with_),
  };
}

class CollectionVerification {
  readonly #job: CollectionJob;
  readonly #source: ClusterSession;
  readonly #target: ClusterSession;
  readonly #options: VerifyOptions;
  readonly #startedAt: number;
  readonly #transform: CompiledTransform;
  #mended = 0;

  constructor(job: CollectionJob, source: ClusterSession, target: ClusterSession, options: VerifyOptions) {
    this.#job = job;
    this.#source = source;
    this.#target = target;
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#transform = compileTransform(job.planned);
  }

  async run(): Promise<VerificationResult> {
    const { planned, targetKind, depth } = this.#job;
    const { signal } = this.#options;
    const definition = await compareDefinition(planned, targetKind, this.#target, signal);
    const withDefinition: Differences = { ...NO_DIFFERENCES, definition: definition.differences };
    if (planned.options.view) return this.#result('definition', nothing(), withDefinition);
    const counts = await this.#counts();
    const writes = await this.#writes();
    if (depth === 'counts') return this.#byCounts(counts, withDefinition);

    const excluded = new ExcludedIds((await this.#options.deadLetters?.(formatNamespace(planned.target))) ?? new Set());
    const collated = definition.collated || planned.options.collation !== undefined || this.#droppedCollation();
    const { compared, located, means } =
      (await this.#streamed(counts, writes, collated, excluded)) ?? (await this.#bothSides(counts, collated, excluded));
    const evidence = { ...this.#evidence(means, compared, excluded.size), ...(writes ? { writes } : {}) };
    const differences: Differences = { ...located, definition: definition.differences };
    if (await this.#moved(counts, writes))
      return { ...this.#names(), kind: 'unverified', why: 'source-moved', evidence, differences };
    return this.#judged(evidence, differences);
  }

  unreadable(detail: string): VerificationResult {
    const evidence = this.#evidence('one-pass', [], 0);
    return { ...this.#names(), kind: 'unverified', why: 'unreadable', detail, evidence, differences: NO_DIFFERENCES };
  }

  #names(): { ns: string; source: string } {
    return { ns: formatNamespace(this.#job.planned.target), source: formatNamespace(this.#job.planned.source) };
  }

  #droppedCollation(): boolean {
    return this.#job.planned.droppedOptions.some(({ option }) => option === 'collation');
  }

  async #counts(): Promise<Counts> {
    return {
      source: await this.#countSource(),
      target: await countTarget(this.#job.planned, this.#target, this.#options.signal),
    };
  }

  #writes(): Promise<SourceWrites | undefined> {
    const { signal } = this.#options;
    return sourceWrites(this.#source, this.#job.planned.source, signal ? { signal } : {});
  }

  /** Whether the source was written to while it was looked at. */
  async #moved(counts: Counts, before: SourceWrites | undefined): Promise<boolean> {
    if ((await this.#countSource()) !== counts.source) return true;
    return before !== undefined && !unmoved(before, await this.#writes());
  }

  #countSource(): Promise<number> {
    return countSource(this.#job.planned, this.#source, this.#options);
  }

  #byCounts(counts: Counts, differences: Differences): VerificationResult {
    const missing = Math.max(0, counts.source - counts.target);
    const extra = Math.max(0, counts.target - counts.source);
    const side = (documents: number): SideEvidence => ({ documents, bytes: 0, digest: '' });
    const sides = { source: side(counts.source), target: side(counts.target) };
    const evidence: VerificationEvidence = { ...nothing(), ...sides, means: 'counts', seconds: this.#seconds() };
    const found: Differences = { ...differences, missing, extra };
    if (missing + extra + differences.definition.length > 0) return this.#judged(evidence, found);
    return { ...this.#names(), kind: 'unverified', why: 'counts-only', evidence, differences: found };
  }

  /** `_id` ranges where the collection is worth it and both servers read them truly. */
  async #segments(counts: Counts, collated: boolean): Promise<Segment[]> {
    const { planned } = this.#job;
    const { signal, readPreference, rangeBytes = RANGE_BYTES } = this.#options;
    const size = { documents: counts.source, bytes: counts.source * this.#averageBytes(), rangeBytes };
    // Ranges must follow the same order on both sides, which a default collation changes.
    if (collated || size.bytes < 2 * rangeBytes) return [EVERYTHING];
    if ((await probeRangeReads(this.#target, planned.target, { signal })) !== 'honoured') return [EVERYTHING];
    if ((await probeRangeReads(this.#source, planned.source, { signal, readPreference })) !== 'honoured')
      return [EVERYTHING];
    return cutRanges(this.#source, planned.source, size, { signal });
  }

  #averageBytes(): number {
    const { documents, logicalBytes } = this.#job.planned;
    return documents > 0 ? logicalBytes / documents : 0;
  }

  #side(name: 'source' | 'target', session: ClusterSession, ns: Namespace): Side {
    const { clock, signal, onProgress, sourcePacer, targetPacer, readPreference, readConcern } = this.#options;
    const shownNs = formatNamespace(this.#job.planned.target);
    return {
      name,
      session,
      ns,
      clock,
      signal,
      pacer: name === 'source' ? sourcePacer : targetPacer,
      readPreference: name === 'source' ? readPreference : undefined,
      readConcern: name === 'source' ? readConcern : undefined,
      transform: name === 'source' ? this.#transform : {},
      batchSize: batchSizeFor(this.#averageBytes()),
      onRead: (documents, bytes) => onProgress?.({ ns: shownNs, side: name, documents, bytes }),
    };
  }

  async #bothSides(counts: Counts, collated: boolean, excluded: ExcludedIds): Promise<Compared> {
    const segments = await this.#segments(counts, collated);
    const work = this.#work(segments, excluded);
    return this.#located(work, await compareSegments(work), segments.length > 1 ? 'id-ranges' : 'one-pass');
  }

  /** By the sums that were taken while copying; undefined where there are none, or they do not tell the source of today. */
  async #streamed(
    counts: Counts,
    writes: SourceWrites | undefined,
    collated: boolean,
    excluded: ExcludedIds,
  ): Promise<Compared | undefined> {
    const { planned } = this.#job;
    const streamed = this.#options.streamed?.(formatNamespace(planned.target));
    if (!streamed || !unmoved(streamed.writes, writes)) return undefined;
    const { ranges } = streamed;
    if (sumOfStreamed(ranges).documents + excluded.size !== counts.source) return undefined;
    const honoured =
      !collated &&
      ranges.length > 1 &&
      (await probeRangeReads(this.#target, planned.target, { signal: this.#options.signal })) === 'honoured';
    const work = this.#work([], excluded);
    const compared = await compareStreamed(work, ranges, honoured);
    return compared && this.#located(work, compared, 'streamed');
  }

  #work(segments: readonly Segment[], excluded: ExcludedIds): Comparison {
    const { planned } = this.#job;
    return {
      source: this.#side('source', this.#source, planned.source),
      target: this.#side('target', this.#target, planned.target),
      segments,
      buckets: BUCKETS,
      parallel: this.#options.parallelRanges ?? PARALLEL_RANGES,
      excluded,
      signal: this.#options.signal,
    };
  }

  async #located(work: Comparison, first: ComparedSegment[], means: VerificationMeans): Promise<Compared> {
    let compared = first;
    let located = await this.#locate(work, compared, true);
    if (this.#mended > 0) {
      // What was mended is proven by reading it again.
      const touched = compared.filter(({ differing }) => differing.length > 0);
      const again = new Map(
        (
          await compareSegments(
            work,
            touched.map(({ segment }) => segment),
          )
        ).map((c) => [c.segment, c]),
      );
      compared = compared.map((c) => again.get(c.segment) ?? c);
      located = await this.#locate(work, compared, false);
    }
    return { compared, located, means };
  }

  async #locate(work: Comparison, compared: readonly ComparedSegment[], mend: boolean): Promise<Located> {
    const [source, target] = [sumTotals(compared.map((c) => c.source)), sumTotals(compared.map((c) => c.target))];
    const none: Located = { missing: 0, extra: 0, different: 0, exact: true, documents: [] };
    // Equal as a whole is equal, also where the sides put documents into different ranges.
    if (sameTotals(source, target)) return none;
    const { planned } = this.#job;
    const shardKey = planned.shardKey?.map(([path]) => path) ?? [];
    const wanted = mend && this.#options.mendEmptyTimestamps !== false;
    const mender = wanted
      ? new TimestampMender(this.#target, planned.target, shardKey, this.#options.signal)
      : undefined;
    const located = await locateDifferences(work, compared, {
      reportLimit: this.#options.reportLimit ?? REPORT_LIMIT,
      ...(mender ? { mender } : {}),
    });
    this.#mended += mender?.mended ?? 0;
    return located;
  }

  #seconds(): number {
    return (this.#options.clock.now() - this.#startedAt) / 1000;
  }

  #evidence(means: VerificationMeans, compared: readonly ComparedSegment[], known: number): VerificationEvidence {
    const source = sumTotals(compared.map((c) => c.source));
    const target = sumTotals(compared.map((c) => c.target));
    return {
      means,
      source: { documents: source.documents, bytes: source.bytes, digest: hexOfLanes(source.lanes) },
      target: { documents: target.documents, bytes: target.bytes, digest: hexOfLanes(target.lanes) },
      ranges: compared.length,
      at: new Date(this.#options.clock.now()).toISOString(),
      seconds: this.#seconds(),
      deadLettered: { known, onSource: source.excluded, onTarget: target.excluded },
      mended: this.#mended,
    };
  }

  #result(means: VerificationMeans, evidence: VerificationEvidence, differences: Differences): VerificationResult {
    return this.#judged({ ...evidence, means, seconds: this.#seconds() }, differences);
  }

  #judged(evidence: VerificationEvidence, differences: Differences): VerificationResult {
    const { missing, extra, different, definition } = differences;
    if (missing + extra + different + definition.length === 0) return { ...this.#names(), kind: 'equal', evidence };
    return { ...this.#names(), kind: 'different', evidence, differences };
  }
}

function nothing(): VerificationEvidence {
  const side: SideEvidence = { documents: 0, bytes: 0, digest: '' };
  const deadLettered = { known: 0, onSource: 0, onTarget: 0 };
  return { means: 'definition', source: side, target: side, ranges: 0, seconds: 0, deadLettered, mended: 0 };
}
