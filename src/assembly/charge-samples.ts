/** Documents of the source whose insert is measured on an RU target. */
import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import { rawId } from '../core/bson/raw-document.js';
import { MigrationError } from '../core/model/error.js';
import type { CollectionFacts } from '../core/model/facts.js';
import { MIB } from '../core/model/units.js';

/** What the probe writes at most. */
export const CHARGE_SAMPLES = 20;
/** Larger ones an RU account may refuse. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
const LARGEST_SAMPLE = 2 * MIB;

/**
 * Documents of all collections in proportion to their numbers, so that the mean is that of the whole.
 * @throws MigrationError of reading the source, but for what it may not read.
 */
export async function chargeSamples(
  source: ConnectedCluster,
  collections: readonly CollectionFacts[],
  signal: AbortSignal,
): Promise<readonly Buffer[]> {
  const total = collections.reduce((sum, c) => sum + c.documents, 0);
  const largestFirst = [...collections].sort((a, b) => b.documents - a.documents);
  const samples = new Map<string, Buffer>();
  for (const { ns, documents } of largestFirst) {
    const size = Math.min(CHARGE_SAMPLES - samples.size, Math.max(1, Math.round((documents / total) * CHARGE_SAMPLES)));
    if (size <= 0 || documents === 0) break;
    const command = { aggregate: ns.coll, pipeline: [{ $sample: { size } }], cursor: {} };
    try {
      for await (const batch of source.session.streamRaw(ns.db, command, { signal })) {
        for (const document of batch.documents) {
          const id = rawId(document);
          // One scratch collection takes them all: an `_id` can be there once.
          if (id && document.length <= LARGEST_SAMPLE) samples.set(id.toString('hex'), document);
        }
      }
    } catch (error) {
      // What may not be read is told by the size analysis; the others are enough.
      if (!MigrationError.is(error, 'missing-privilege') && !MigrationError.is(error, 'command-failed')) throw error;
    }
  }
  return [...samples.values()];
}
