import type { ClusterFacts } from '../model/facts.js';

/** Listing what there is looks at the catalogue alone; whatever takes longer is stuck. */
const METADATA_LIMIT_MS = 30_000;

/** A statistics command that takes longer is given up, and asked again without its sample. */
export const STATISTICS_LIMIT_MS = 10_000;

/**
 * The time limit of a command that reads metadata. RU accounts have their own of 60 seconds for every command (learn.microsoft.com/azure/cosmos-db/concepts-limits),
 * and whether they know this option of commands other than `find` and `aggregate` is not said.
 */
export function metadataLimit(facts: Pick<ClusterFacts, 'kind'>): { readonly maxTimeMS?: number } {
  return facts.kind === 'cosmos-ru' ? {} : { maxTimeMS: METADATA_LIMIT_MS };
}
