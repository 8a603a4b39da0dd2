import type { Namespace } from '../../core/model/namespace.js';
import type { RelayedCounts } from '../native-ports.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Exact counts of one namespace of the target in this attempt; the same words as the relay's. */
export type CopyCounts = Mutable<Omit<RelayedCounts, 'ns'>> & { readonly ns: Namespace };

/** `before`: documents that earlier attempts have brought, as the journal tells. */
export function newCounts(ns: Namespace, before = 0): CopyCounts {
  return {
    ns,
    acknowledged: 0,
    alreadyThere: before,
    conflicts: 0,
    deadLettered: 0,
    failed: 0,
    throttledOperations: 0,
    sentOperations: 0,
    bytes: 0,
    requestUnits: 0,
  };
}
