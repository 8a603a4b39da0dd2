import { NO_COUNTS, type MutableCounts } from '../../core/model/counts.js';
import type { Namespace } from '../../core/model/namespace.js';

/** Exact counts of one namespace of the target in this attempt; the same words as the relay's. */
export type CopyCounts = MutableCounts & { readonly ns: Namespace };

/** `before`: documents that earlier attempts have brought, as the journal tells. */
export function newCounts(ns: Namespace, before = 0): CopyCounts {
  return { ns, ...NO_COUNTS, alreadyThere: before };
}
