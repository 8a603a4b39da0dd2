/** What follows the data: building indexes, and reading the target again to verify it. */
import type { Band } from '../size/trial.js';
import { MIB } from '../model/units.js';
import type { TargetKind } from '../plan/target.js';
import type { SimulatedCollection, SimulationInput } from './input.js';

/**
 * Builds under way at a time. The engine builds for two collections at a time, one index of each, or three of a single collection's (`engine/prepare/build-indexes`); vCore
 * builds one of a collection and two of a cluster at a time (learn.microsoft.com/azure/documentdb/limitations).
 */
function buildsAtOnce(target: TargetKind, collections: number): number {
  if (collections > 1) return 2;
  return target === 'cosmos-vcore' ? 1 : 3;
}

/** Each build reads its collection. Judged: one idle machine of 2 cores gave 250,000 documents of 1 KB a second, vCore's engine 30,000 with 200,000 documents. */
export const BUILD_DOCUMENTS: Band = { low: 20_000, expected: 60_000, high: 200_000 };
export const BUILD_MEBIBYTES: Band = { low: 20, expected: 80, high: 200 };
/** Until an index of an empty collection is there; vCore's engine looks for work every second or two (observed). */
export const LEAST_BUILD_MS: Readonly<Record<TargetKind, number>> = {
  'cosmos-ru': 1_000,
  'cosmos-vcore': 1_500,
  mongodb: 50,
};

/** Milliseconds of all builds. `pace` is that of the builds: `low` is the slowest. */
export function indexesMs(input: SimulationInput, pace: keyof Band): number {
  const jobs = input.collections.filter(({ indexes }) => indexes > 0);
  const slots = Array.from({ length: buildsAtOnce(input.target, jobs.length) }, () => 0);
  for (const collection of jobs) {
    const each = buildMs(collection, input, pace);
    // One of a collection at a time, unless it is the only one.
    const parts =
      jobs.length > 1 ? [each * collection.indexes] : Array.from({ length: collection.indexes }, () => each);
    for (const part of parts) {
      const slot = slots.indexOf(Math.min(...slots));
      slots[slot] = (slots[slot] ?? 0) + part;
    }
  }
  return Math.max(0, ...slots);
}

/** Charges of what follows are no better known than those of the inserts: as far apart, the dearest at the slowest. */
function dearness({ writeRu }: SimulatedCollection, pace: keyof Band): number {
  const charge = { low: writeRu?.high, expected: writeRu?.expected, high: writeRu?.low }[pace];
  return writeRu && charge !== undefined && writeRu.expected > 0 ? charge / writeRu.expected : 1;
}

function buildMs(collection: SimulatedCollection, { budgets, target }: SimulationInput, pace: keyof Band): number {
  const { documents, bytes, indexes, indexRu } = collection;
  const byReading = Math.max(documents / BUILD_DOCUMENTS[pace], bytes / (BUILD_MEBIBYTES[pace] * MIB)) * 1000;
  const budget = collection.budget === undefined ? undefined : budgets[collection.budget];
  // An RU account builds with the request units that nobody else needs.
  const ru = documents * (indexRu ?? 0) * dearness(collection, pace);
  const byCharge = budget ? (ru * 1000) / Math.max(1, indexes) / budget.ruPerSecond : 0;
  return Math.max(LEAST_BUILD_MS[target], byReading, byCharge);
}

/** A full read of the target: bound by the network, as nothing is written (as `estimateVerification`). */
export const READ_DOCUMENTS: Band = { low: 20_000, expected: 60_000, high: 150_000 };
export const READ_MEBIBYTES: Band = { low: 10, expected: 60, high: 110 };
/** Counts and definitions are asked for, two collections at a time (`engine/verify/verify-run`). */
const ROUND_TRIPS = 6;
const PARALLEL = 2;

/** Milliseconds of verifying what was copied; the source's digests were taken while it was. On an RU target one collection's charge after the other is paid for, as the engine does it. */
export function verificationMs(input: SimulationInput, pace: keyof Band): number {
  const { collections, budgets, targetLatencyMs, sourceLatencyMs, verification } = input;
  const asking = (collections.length * ROUND_TRIPS * (targetLatencyMs + sourceLatencyMs)) / PARALLEL;
  if (verification === 'counts') return asking;
  let documents = 0;
  let size = 0;
  let byCharge = 0;
  for (const c of collections) {
    documents += c.documents;
    size += c.bytes;
    const budget = c.budget === undefined ? undefined : budgets[c.budget];
    if (budget) byCharge += (c.documents * (c.readRu ?? 0) * dearness(c, pace) * 1000) / budget.ruPerSecond;
  }
  const byReading = Math.max(documents / READ_DOCUMENTS[pace], size / (READ_MEBIBYTES[pace] * MIB)) * 1000;
  return asking + Math.max(byReading, byCharge);
}
