import type { ClusterFacts, CollectionFacts, Throughput } from '../model/facts.js';
import type { Tuning } from '../model/plan.js';
import type { TargetDescription } from '../plan/target.js';
import { insertCharge } from '../size/charges.js';
import { SERVERLESS_RU_PER_SECOND } from '../size/limits.js';
import { averageDocumentBytes, dataCollections, migrationCharge, totalSize } from '../size/totals.js';
import { rateOf } from '../size/usable-rate.js';
import { tuneForRu, type RuTuneInput } from './tune-ru.js';
import { tuneForServer, type ServerTuneInput } from './tune-server.js';

export type TuneInput = RuTuneInput | ServerTuneInput;

/** Workers, batch and parallel collections for a target; see {@link tuneForRu} and {@link tuneForServer}. @throws MigrationError `bad-number`. */
export function tune(input: TuneInput): Tuning {
  return input.target === 'ru' ? tuneForRu(input) : tuneForServer(input);
}

/** A new RU collection gets this where nobody says otherwise. Source: learn.microsoft.com/azure/cosmos-db/mongodb/custom-commands. */
const DEFAULT_RU_PER_SECOND = 400;

export interface TuneFacts {
  /** Those that take part. */
  readonly collections: readonly CollectionFacts[];
  readonly target: TargetDescription;
  /** What the probe of the target learnt. */
  readonly cluster: ClusterFacts;
  /** RU: what a collection of the target will have. */
  readonly throughput?: Throughput;
  /** RU: overrides `throughput`, or says how much a shared one is. */
  readonly ruPerSecond?: number;
  /** RU: measured by the probe; without it estimated from the published table, for documents with the unique indexes that are there while data is written. */
  readonly ruPerDocument?: number;
}

/** Gathers the facts that {@link tune} needs. Average figures are over all documents, so that one odd collection does not set the pace of all. */
export function tuneInputFor(facts: TuneFacts): TuneInput {
  const data = dataCollections(facts.collections);
  const total = totalSize(data);
  const sizes = data.filter((c) => c.documents > 0).map(averageDocumentBytes);
  const averageBytes = total.averageBytes > 0 ? total.averageBytes : (sizes[0] ?? 1024);
  const { kind } = facts.target;
  if (kind !== 'cosmos-ru') {
    return {
      target: kind === 'cosmos-vcore' ? 'vcore' : 'mongodb',
      latencyMs: facts.cluster.latencyMs,
      collections: data.length,
      averageDocumentBytes: averageBytes,
      ...(facts.cluster.logicalCores !== undefined ? { logicalCores: facts.cluster.logicalCores } : {}),
      maxWriteBatchSize: facts.cluster.maxWriteBatchSize,
      maxMessageSizeBytes: facts.cluster.maxMessageSizeBytes,
    };
  }
  return {
    target: 'ru',
    ruPerSecond: facts.ruPerSecond ?? throughputRate(facts.throughput),
    sharing: facts.throughput?.kind === 'shared' ? 'shared' : 'per-collection',
    ruPerDocument: facts.ruPerDocument ?? estimatedCharge(data, total.documents, averageBytes),
    latencyMs: facts.cluster.latencyMs,
    collections: data.length,
    averageDocumentBytes: averageBytes,
  };
}

function throughputRate(throughput: Throughput | undefined): number {
  return rateOf(throughput) ?? (throughput?.kind === 'serverless' ? SERVERLESS_RU_PER_SECOND : DEFAULT_RU_PER_SECOND);
}

/** Indexes that are not unique are built after the data, so they cost nothing while it is written. */
function estimatedCharge(data: readonly CollectionFacts[], documents: number, averageBytes: number): number {
  if (documents === 0) return insertCharge(averageBytes);
  const loaded = data.map((c) => ({ ...c, indexes: c.indexes.filter((i) => i.unique) }));
  return migrationCharge(loaded).total / documents;
}
