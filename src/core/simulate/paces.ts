/** How fast each of several readers goes that are at work together. */
import type { SimulatedRun } from '../model/assessment.js';
import type { CourseBudget, CourseCollection, CourseInput } from './course-input.js';
import { partitionUse } from './partition-load.js';

export type Cause = SimulatedRun['limitedBy'];

export interface Pace {
  readonly documentsPerMs: number;
  readonly by: Cause;
}

/** A partition that holds so much more than an even share sets the pace alone. */
const HOT = 1.1;

interface Share {
  /** RU per ms for each reader. */
  readonly each: number;
  readonly by: Cause;
}

/** One entry for each reader, by the collection that it reads. */
export function pacesOf(reading: readonly CourseCollection[], input: CourseInput): readonly Pace[] {
  const shares: (Share | undefined)[] = [];
  const wanted = reading.map((collection, i): Pace => {
    const size = collection.bytes / Math.max(1, collection.documents);
    const bySource: Pace = { documentsPerMs: input.bytesPerSecondEach / 1000 / Math.max(1, size), by: 'source' };
    const { budget } = collection;
    if (!budget) return bySource;
    // Few readers: looking through them costs less than a table.
    const same = reading.findIndex((other) => other.budget === budget);
    const share = same < i ? shares[same] : shareOf(budget, reading);
    shares[i] = share;
    if (!share) return bySource;
    const documentsPerMs = share.each / Math.max(Number.EPSILON, collection.ru);
    return documentsPerMs <= bySource.documentsPerMs ? { documentsPerMs, by: share.by } : bySource;
  });
  return withinSpeed(wanted, reading, input);
}

/**
 * The sender does not know which partition a document goes to, so that the fullest one sets the pace of all who write from the budget, and each of them gets the same of it.
 */
function shareOf(budget: CourseBudget, reading: readonly CourseCollection[]): Share {
  const { partitions } = budget;
  const perPartition = budget.ruPerSecond / partitions / 1000;
  const known: (readonly number[])[] = [];
  let even = 0;
  let readers = 0;
  let ru = 0;
  for (const collection of reading) {
    if (collection.budget !== budget) continue;
    readers += 1;
    ru += collection.ru;
    const { load } = collection;
    if (typeof load === 'number') even += load;
    else known.push(load);
  }
  const fullest = even + mostOf(known, partitions);
  const documentsPerSecond = (perPartition * 1000 * readers) / Math.max(Number.EPSILON, ru);
  // Chance costs something where many partitions are about as full.
  const isHot = fullest > (readers / partitions) * HOT;
  const use = partitionUse(isHot ? 1 : partitions, documentsPerSecond);
  return { each: (perPartition * use) / fullest, by: isHot ? 'hot-partition' : 'request-units' };
}

/** Of the sums by partition the largest. */
function mostOf(loads: readonly (readonly number[])[], partitions: number): number {
  if (loads.length === 0) return 0;
  let most = 0;
  for (let p = 0; p < partitions; p += 1) {
    let sum = 0;
    for (const load of loads) sum += load[p] ?? 0;
    most = Math.max(most, sum);
  }
  return most;
}

/** Where all together are faster than documents can be moved, the fastest give way: what remains is split evenly among those that could use it. */
function withinSpeed(
  wanted: readonly Pace[],
  reading: readonly CourseCollection[],
  input: CourseInput,
): readonly Pace[] {
  // The part of all that can be moved that one document takes.
  const cost = reading.map((c) =>
    Math.max(1 / input.documentsPerSecond, c.bytes / Math.max(1, c.documents) / input.bytesPerSecond),
  );
  const use = wanted.map(({ documentsPerMs }, i) => documentsPerMs * 1000 * (cost[i] ?? 0));
  if (use.reduce((sum, share) => sum + share, 0) <= 1) return wanted;
  const order = use.map((_, i) => i).sort((a, b) => (use[a] ?? 0) - (use[b] ?? 0));
  const paces = [...wanted];
  let left = 1;
  for (const [done, i] of order.entries()) {
    const most = left / (order.length - done);
    const taken = Math.min(use[i] ?? 0, most);
    left -= taken;
    if ((use[i] ?? 0) > most) {
      const collection = reading[i];
      const isLarge =
        collection && collection.bytes / input.bytesPerSecond > collection.documents / input.documentsPerSecond;
      paces[i] = { documentsPerMs: taken / 1000 / (cost[i] ?? 1), by: isLarge ? 'network' : 'target' };
    }
  }
  return paces;
}
