import type { IndexFacts } from '../../src/core/model/facts.js';
import type { Namespace } from '../../src/core/model/namespace.js';
import type { IndexFate, Plan, PlannedCollection, PlannedIndex } from '../../src/core/model/plan.js';
import { bytes, milliseconds } from '../../src/core/model/units.js';

export function plannedCollection(
  source: Namespace,
  target: Namespace,
  more: Partial<PlannedCollection> = {},
): PlannedCollection {
  return {
    source,
    target,
    documents: 0,
    logicalBytes: bytes(0),
    options: {},
    droppedOptions: [],
    indexes: [],
    ...more,
  };
}

export function indexFacts(name: string, key: IndexFacts['key'], more: Partial<IndexFacts> = {}): IndexFacts {
  return { name, key, unique: false, sparse: false, hidden: false, otherOptions: {}, ...more };
}

export function plannedIndex(
  index: IndexFacts,
  fate: IndexFate = { kind: 'create', when: 'after-data' },
): PlannedIndex {
  return { index, fate };
}

export function planOf(collections: readonly PlannedCollection[], more: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    id: '0123456789abcdef01234567',
    createdAt: '2026-11-23T20:00:00.000Z',
    source: { name: 'source', uri: 'mongodb://source.example/' },
    target: { name: 'target', uri: 'mongodb://target.example/' },
    targetKind: 'mongodb',
    method: 'dump-restore',
    collections,
    notMigrated: [],
    tuning: {
      target: 'mongodb',
      batchSize: 1000,
      insertionWorkers: 2,
      parallelCollections: 2,
      latencyMs: milliseconds(1),
      explanation: [],
    },
    conflictPolicy: 'fail',
    verification: { depth: 'full' },
    readPreference: 'primary',
    ...more,
  };
}
