import type { Namespace } from '../../src/core/model/namespace.js';
import { parseNamespace } from '../../src/core/model/namespace.js';
import type { FeatureEvidence, FeatureKind, FeatureUse, SourceUsage } from '../../src/core/model/usage.js';

export function aUsage(change: Partial<SourceUsage> = {}): SourceUsage {
  return {
    readAt: '2026-01-02T03:04:05.000Z',
    namespaces: [],
    features: [],
    fields: [],
    sorts: [],
    clients: [],
    looked: { profiled: 0, logged: 100, oplogEntries: 0 },
    gaps: [],
    ...change,
  };
}

/** Seen on `shop.orders` in a log, unless it is said otherwise. */
export function aUse(
  kind: FeatureKind,
  name: string,
  change: { count?: number; evidence?: FeatureEvidence; ns?: string } = {},
): FeatureUse {
  const { count = 3, evidence = 'log' } = change;
  const ns: Namespace | undefined =
    evidence === 'server-counters' ? undefined : parseNamespace(change.ns ?? 'shop.orders');
  return { kind, name, count, evidence, ...(ns ? { ns } : {}) };
}
