/** How large the cluster's work is cut: pure figures from the plan, each with a note that explains it. */
import { RANGE_BYTES, SMALLEST_RANGE_BYTES } from '../../core/tune/direct-copy.js';
import type { SparkHandoff } from '../../core/model/handoff.js';
import type { Plan } from '../../core/model/plan.js';
import type { ArtefactNote } from '../artefacts.js';

/** Cores of a node whose name does not tell: the smallest that Databricks offers for jobs (docs.databricks.com, compute types). */
const CORES_ASSUMED = 4;
/** Each task gets several ranges, so that those that are done early find more to do. */
const RANGES_PER_SLOT = 16;
/** Each range is a Spark task and a small document on the target: beyond this number both cost more than they bring. */
const MOST_RANGES = 20_000;
/** An account takes requests of 2 MB (learn.microsoft.com/azure/cosmos-db/concepts-limits), measured as JSON, which is larger than BSON. */
const RU_BATCH_BYTES = 1_000_000;
/** Eight replies of the source, each of which goes out as one insert: progress is noted at half of that, beside the inserts; after each of them it would take a tenth of the time. */
const BATCH_BYTES = 24_000_000;
/** Up to 1,000 documents an unordered batch to an account was seen to gain (learn.microsoft.com/azure/cosmos-db/mongodb/optimize-write-performance). */
const RU_BATCH_DOCUMENTS = 1_000;
/** Azure DocumentDB takes 25,000 writes in a batch (its limits page), MongoDB 100,000: more than this gains nothing. */
const BATCH_DOCUMENTS = 20_000;
/** A task of an account notes its progress up to four times a second, each a replacement of 1 KB at 10.8 RU, and asks once a second who shares its budget (learn.microsoft.com/azure/cosmos-db/understand-request-unit-consumption). */
const STATE_RU_PER_SLOT = 60;
/** A dead letter of 2 MB costs some 800 RU to keep (256 KB: 98 RU, same page): less would hold the tasks up for seconds. A database takes steps of 100. */
const LEAST_RU = 1_000;
const RU_STEP = 100;

export interface SparkSizing {
  /** Tasks that run at once. */
  readonly slots: number;
  readonly rangeBytes: number;
  readonly batchDocuments: number;
  readonly batchBytes: number;
  /** RU targets but serverless ones: throughput of the database that the job keeps its state in. */
  readonly stateRuPerSecond: number | undefined;
  readonly notes: readonly ArtefactNote[];
}

/** Cores that a node type's name tells, e.g. 8 for `Standard_D8ds_v5`; undefined where it tells none. */
export function coresOf(nodeType: string): number | undefined {
  const cores = /^Standard_[A-Z]+(\d+)/i.exec(nodeType)?.[1];
  return cores === undefined || Number(cores) === 0 ? undefined : Number(cores);
}

/** Tasks, ranges and batches for a plan on its cluster. Bytes and request units per second. */
export function sparkSizing(plan: Plan, { cluster }: Pick<SparkHandoff, 'cluster'>): SparkSizing {
  const cores = coresOf(cluster.nodeType);
  const slots = cluster.workers * (cores ?? CORES_ASSUMED);
  const total = plan.collections.reduce((sum, { logicalBytes }) => sum + logicalBytes, 0);
  const even = Math.min(RANGE_BYTES, Math.max(SMALLEST_RANGE_BYTES, total / (slots * RANGES_PER_SLOT)));
  const rangeBytes = Math.ceil(Math.max(even, total / MOST_RANGES));
  const isRu = plan.targetKind === 'cosmos-ru';
  // A serverless account refuses a database with throughput of its own.
  const isServerless = plan.collections.some(({ throughput }) => throughput?.kind === 'serverless');
  const stateRuPerSecond =
    isRu && !isServerless ? Math.max(LEAST_RU, Math.ceil((slots * STATE_RU_PER_SLOT) / RU_STEP) * RU_STEP) : undefined;
  const batchDocuments = isRu ? RU_BATCH_DOCUMENTS : BATCH_DOCUMENTS;
  const batchBytes = isRu ? RU_BATCH_BYTES : BATCH_BYTES;
  return {
    slots,
    rangeBytes,
    batchDocuments,
    batchBytes,
    stateRuPerSecond,
    notes: [
      { id: 'spark-slots', params: { workers: cluster.workers, cores: cores ?? CORES_ASSUMED, slots } },
      ...(cores === undefined ? [{ id: 'spark-cores-assumed', params: { nodeType: cluster.nodeType } }] : []),
      { id: 'spark-ranges', params: { rangeBytes, bytes: total } },
      { id: 'spark-batches', params: { batchDocuments, batchBytes } },
      ...(stateRuPerSecond === undefined ? [] : [{ id: 'spark-state-throughput', params: { stateRuPerSecond } }]),
    ],
  };
}
