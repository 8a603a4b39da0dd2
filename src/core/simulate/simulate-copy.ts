import type { SimulatedRun } from '../model/assessment.js';
import { MigrationError } from '../model/error.js';
import type { Assumption, Estimate } from '../model/estimate.js';
import { MIB } from '../model/units.js';
import type { Band } from '../size/trial.js';
import { RANGE_BYTES, REPLY_BYTES, wantedRanges } from '../tune/direct-copy.js';
import { indexesMs, verificationMs } from './after-copy.js';
import { copyCourse, type Course } from './copy-course.js';
import type { CourseBudget, CourseCollection, CourseInput } from './course-input.js';
import type { SimulatedCollection, SimulationInput } from './input.js';
import { fullestShare } from './partition-load.js';
import { sharesWith } from './partition-shares.js';
import type { Cause } from './paces.js';

/** Ranges that are followed one by one; of larger sources several are taken for one, which changes little but which reader has the last of them. */
const MOST_RANGES = 2_000;
/** One connection to a source that is near: some 400 MB/s (see core/tune/direct-copy). */
const NEAR_BYTES_PER_SECOND = 400_000_000;
/** Before the first range of a collection: the source is asked for its order, counters and count; the journal is written. */
const OPENING_ROUND_TRIPS = 4;
const OPENING_MS = 6;
/** Making a collection of the target takes so many round trips, two at a time (`engine/prepare/prepare-target`). */
const PREPARING_ROUND_TRIPS = 3;
const PREPARED_AT_ONCE = 2;
/** Databases and collections that an RU account makes in five minutes. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
const MADE_IN_FIVE_MINUTES = 500;
const FIVE_MINUTES_MS = 300_000;
/** A key that is only assumed to spread evenly may put so much more on its fullest partition. Judged. */
const UNEVEN = 1.5;
const COURSE_POINTS = 21;
const SLOWEST = 10;

/** The fastest speed, and the smallest charge, make the shortest time. */
const SPEED_OF: Readonly<Record<keyof Band, keyof Band>> = { low: 'high', expected: 'expected', high: 'low' };

/**
 * Simulates a direct copy: the engine's readers going from range to range, each collection within its budget and the fullest of its partitions, the speed of source and way, then indexes and
 * verification. `durationMs` is that of the copy alone, from the start of the process to the last acknowledgement; the rest is in `phases`. Low and high are the same copy with the bounds of every
 * figure that went in. Deterministic; 10,000 collections take well under a second.
 * @throws MigrationError `bad-number` for a negative or non-finite figure, or a budget without RU/s.
 */
export function simulateCopy(input: SimulationInput): SimulatedRun {
  check(input);
  const courses = {
    low: copyCourse(courseInput(input, 'low')),
    expected: copyCourse(courseInput(input, 'expected')),
    high: copyCourse(courseInput(input, 'high')),
  };
  const { expected } = courses;
  const after = (of: (input: SimulationInput, pace: keyof Band) => number): Estimate =>
    milliseconds((bound) => of(input, SPEED_OF[bound]), input.assumptions);
  return {
    durationMs: milliseconds((bound) => courses[bound].ms, input.assumptions),
    limitedBy: mainCause(expected),
    utilisation: utilisation(input, expected),
    course: sampled(expected),
    slowest: slowestOf(input, expected),
    phases: {
      copyMs: milliseconds((bound) => courses[bound].ms, input.assumptions),
      indexesMs: after(indexesMs),
      verificationMs: after(verificationMs),
    },
  };
}

/** The bounds are put in order: where request units set the pace a faster network may come out slower by a hair. */
function milliseconds(of: (bound: keyof Band) => number, assumptions: readonly Assumption[]): Estimate {
  const expected = of('expected');
  return {
    unit: 'milliseconds',
    low: Math.min(of('low'), expected),
    expected,
    high: Math.max(of('high'), expected),
    assumptions,
  };
}

function courseInput(input: SimulationInput, bound: keyof Band): CourseInput {
  const { speed, sourceLatencyMs, targetLatencyMs, sourceConnections } = input;
  const pace = SPEED_OF[bound];
  const budgets = new Map(
    Object.entries(input.budgets).map(([name, { ruPerSecond, partitions }]): [string, CourseBudget] => [
      name,
      { ruPerSecond: ruPerSecond * input.budgetShare[pace], partitions: Math.max(1, Math.floor(partitions)) },
    ]),
  );
  const total = input.collections.reduce((sum, c) => sum + c.bytes, 0);
  const rangeBytes = Math.max(RANGE_BYTES, total / MOST_RANGES);
  // Where readers outnumber the collections that are begun they meet in one, range by range.
  const isShared = input.parallelCollections < sourceConnections;
  const mostRanges = isShared ? MOST_RANGES : Math.ceil(MOST_RANGES / Math.max(1, input.collections.length));
  return {
    collections: input.collections.map((c) => courseCollection(c, budgets, { input, bound, rangeBytes, mostRanges })),
    readers: sourceConnections,
    parallelCollections: input.parallelCollections,
    startMs: startMs(input, bound),
    openMs: OPENING_MS + OPENING_ROUND_TRIPS * sourceLatencyMs + (budgets.size > 0 ? targetLatencyMs : 0),
    documentsPerSecond: speed.documents[pace],
    bytesPerSecond: speed.mebibytes[pace] * MIB,
    // A reply is asked for while the one before is sent on, and takes its way all the same.
    bytesPerSecondEach: (REPLY_BYTES * 1000) / (sourceLatencyMs + (REPLY_BYTES * 1000) / NEAR_BYTES_PER_SECOND),
    targetLatencyMs,
  };
}

interface CollectionContext {
  readonly input: SimulationInput;
  readonly bound: keyof Band;
  readonly rangeBytes: number;
  readonly mostRanges: number;
}

function courseCollection(
  collection: SimulatedCollection,
  budgets: ReadonlyMap<string, CourseBudget>,
  { input, bound, rangeBytes, mostRanges }: CollectionContext,
): CourseCollection {
  const { documents, bytes, inOneGo = false } = collection;
  const budget = collection.budget === undefined ? undefined : budgets.get(collection.budget);
  const partitions = budget?.partitions ?? 1;
  return {
    documents,
    bytes,
    ranges: inOneGo ? 1 : Math.min(mostRanges, wantedRanges(bytes, input.sourceConnections, rangeBytes)),
    divisible: !inOneGo,
    ...(budget ? { budget } : {}),
    ru: collection.writeRu?.[bound] ?? 0,
    load: loadOf(collection, partitions, bound),
  };
}

function loadOf(
  { documents, shares, fullest }: SimulatedCollection,
  partitions: number,
  bound: keyof Band,
): CourseCollection['load'] {
  if (shares) return fullest && bound !== 'expected' ? sharesWith(fullest[bound], partitions) : shares;
  const even = fullestShare(partitions, documents);
  if (bound !== 'high' || partitions < 2) return even;
  return fullest ? Math.max(even, fullest.high) : Math.min(1, even * UNEVEN);
}

function startMs(input: SimulationInput, bound: keyof Band): number {
  const { collections, speed, target, targetLatencyMs } = input;
  const preparing = (collections.length * PREPARING_ROUND_TRIPS * targetLatencyMs) / PREPARED_AT_ONCE;
  const waiting =
    target === 'cosmos-ru'
      ? Math.floor(Math.max(0, collections.length - 1) / MADE_IN_FIVE_MINUTES) * FIVE_MINUTES_MS
      : 0;
  return speed.startUp[bound] * 1000 + Math.max(preparing, waiting);
}

function mainCause({ heldUp }: Course): Cause {
  const causes = Object.keys(heldUp) as Cause[];
  return causes.reduce((most, cause) => (heldUp[cause] > heldUp[most] ? cause : most), 'source');
}

/** Of what is provisioned while the copy lasts; without budgets of what source and way could move. */
function utilisation(input: SimulationInput, { ms, points }: Course): number {
  const copying = ms - (points[0]?.ms ?? 0);
  if (copying <= 0) return 0;
  const { collections, budgets, speed } = input;
  const provisioned = Object.values(budgets).reduce((sum, { ruPerSecond }) => sum + ruPerSecond, 0);
  if (provisioned > 0) {
    const charged = collections.reduce((sum, c) => sum + c.documents * (c.writeRu?.expected ?? 0), 0);
    return Math.min(1, (charged * 1000) / (provisioned * copying));
  }
  const documents = collections.reduce((sum, c) => sum + c.documents, 0);
  const bytes = collections.reduce((sum, c) => sum + c.bytes, 0);
  const least = Math.max(documents / speed.documents.expected, bytes / (speed.mebibytes.expected * MIB)) * 1000;
  return Math.min(1, least / copying);
}

function sampled({ ms, points }: Course): SimulatedRun['course'] {
  let i = 0;
  return Array.from({ length: COURSE_POINTS }, (_, n) => {
    const at = n / (COURSE_POINTS - 1);
    const time = at * ms;
    while (i < points.length - 1 && (points[i + 1]?.ms ?? 0) <= time) i += 1;
    const [before, next] = [points[i], points[i + 1]];
    if (!before || time < before.ms) return { at, documents: 0 };
    if (!next) return { at, documents: Math.round(before.documents) };
    const share = (time - before.ms) / (next.ms - before.ms);
    return { at, documents: Math.round(before.documents + share * (next.documents - before.documents)) };
  });
}

function slowestOf({ collections }: SimulationInput, { tookMs }: Course): SimulatedRun['slowest'] {
  return collections
    .map(({ ns }, i) => ({ ns, durationMs: tookMs[i] ?? 0 }))
    .sort((a, b) => b.durationMs - a.durationMs)
    .slice(0, SLOWEST);
}

function check(input: SimulationInput): void {
  const figures: [string, number | undefined, number][] = [
    ['sourceLatencyMs', input.sourceLatencyMs, 0],
    ['targetLatencyMs', input.targetLatencyMs, 0],
    ['sourceConnections', input.sourceConnections, 1],
    ['parallelCollections', input.parallelCollections, 1],
    ...Object.values(input.budgets).flatMap(({ ruPerSecond, partitions }): [string, number, number][] => [
      ['ruPerSecond', ruPerSecond, Number.MIN_VALUE],
      ['partitions', partitions, 1],
    ]),
    ...input.collections.flatMap((c): [string, number | undefined, number][] => [
      ['documents', c.documents, 0],
      ['bytes', c.bytes, 0],
      ['indexes', c.indexes, 0],
      ['readRu', c.readRu, 0],
      ['indexRu', c.indexRu, 0],
      ['writeRu', c.writeRu?.low, 0],
      ['writeRu', c.writeRu?.expected, 0],
      ['writeRu', c.writeRu?.high, 0],
    ]),
  ];
  for (const [name, value, least] of figures) {
    if (value !== undefined && (!Number.isFinite(value) || value < least))
      throw new MigrationError('bad-number', { name, value: String(value) });
  }
}
