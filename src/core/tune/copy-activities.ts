/** How many ranges are copied at once, and how much a Copy activity writes in one go. */
import type { Tuning } from '../model/plan.js';
import { requestUnits } from '../model/units.js';

export interface CopyPace {
  /** Ranges that are copied at once. */
  readonly parallelRanges: number;
  readonly writeBatchSize: number;
  readonly readBatchSize: number;
}

/** Of a plan's tuning, what the pace follows from. */
type PacedTarget = Pick<Tuning, 'target' | 'ruPerSecond' | 'ruPerDocument'>;

/** Judged, not measured: what one Copy activity on the smallest integration runtime brings in a second. */
export const DOCUMENTS_PER_COPY = 1_000;
/** Of the target's throughput: the rest is for the retries and for whoever else uses it. */
const HEADROOM = 0.9;
/** The schema says 50 at most; 20 is what a ForEach does by itself (azure-data-factory-limits). */
const MOST_PARALLEL = 20;
/** Without a budget of request units: the source decides, and a copy must not starve it. */
const PARALLEL_WITHOUT_BUDGET = 8;
/** The documented default is 10,000: such a batch is throttled as a whole on an RU target. */
const LARGEST_RU_BATCH = 500;
/** A tenth of that default. Judged: round trips hardly count any more, and little is sent again. */
const LARGEST_BATCH = 1_000;
const READ_BATCH = 1_000;
/** Request units of an upsert of 1 KB where nothing was measured (Cosmos DB, request units: about 10 for an insert). */
const RU_PER_DOCUMENT = requestUnits(10);

/** Data integration units of a Copy activity for which nobody has set another number. Source: learn.microsoft.com/azure/data-factory/pricing-examples-copy-transform-dynamic-parameters ("default DIU setting = 4"). */
export const UNITS_PER_COPY = 4;

/** `floor(RU/s x headroom / (RU per document x documents per second of one copy))` ranges at once, and batches that are one copy's share of a second. */
export function copyPace({ target, ruPerSecond, ruPerDocument = RU_PER_DOCUMENT }: PacedTarget): CopyPace {
  if (target !== 'ru' || ruPerSecond === undefined) {
    return { parallelRanges: PARALLEL_WITHOUT_BUDGET, writeBatchSize: LARGEST_BATCH, readBatchSize: READ_BATCH };
  }
  const documentsPerSecond = (ruPerSecond * HEADROOM) / Math.max(1, ruPerDocument);
  const parallelRanges = within(Math.floor(documentsPerSecond / DOCUMENTS_PER_COPY), 1, MOST_PARALLEL);
  const writeBatchSize = within(Math.floor(documentsPerSecond / parallelRanges), 1, LARGEST_RU_BATCH);
  return { parallelRanges, writeBatchSize, readBatchSize: READ_BATCH };
}

function within(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
