import type {
  ClusterFacts,
  ClusterInventory,
  CollectionFacts,
  IndexFacts,
  SampleFacts,
} from '../../src/core/model/facts.js';
import { parseNamespace } from '../../src/core/model/namespace.js';
import { bytes, milliseconds, type Bytes } from '../../src/core/model/units.js';

export function aCluster(change: Partial<ClusterFacts> = {}): ClusterFacts {
  return {
    kind: 'mongodb',
    kindEvidence: 'server-reply',
    topology: 'replica-set',
    version: '6.0.5',
    versionArray: [6, 0, 5, 0],
    maxWireVersion: 17,
    hosts: ['source.example:27017'],
    tls: false,
    driver: 'current',
    maxBsonObjectSize: bytes(16_777_216),
    maxMessageSizeBytes: bytes(48_000_000),
    maxWriteBatchSize: 100_000,
    latencyMs: milliseconds(20),
    enterprise: false,
    ...change,
  };
}

export function aVersion(version: string): Partial<ClusterFacts> {
  return { version, versionArray: version.split('.').map(Number) };
}

export const ID_INDEX: IndexFacts = anIndex({ name: '_id_', key: [['_id', 1]] });

export function anIndex(change: Partial<IndexFacts> = {}): IndexFacts {
  const key = change.key ?? [['a', 1]];
  return {
    name: key.map(([path, value]) => `${path}_${value}`).join('_'),
    key,
    unique: false,
    sparse: false,
    hidden: false,
    otherOptions: {},
    ...change,
  };
}

export function aCollection(name: string, change: Partial<CollectionFacts> = {}): CollectionFacts {
  const documents = change.documents ?? 1000;
  const logicalBytes: Bytes = change.logicalBytes ?? bytes(documents * 1024);
  return {
    ns: parseNamespace(name),
    type: 'collection',
    documents,
    logicalBytes,
    storageBytes: bytes(logicalBytes / 2),
    indexBytes: bytes(4096),
    averageBytes: bytes(documents === 0 ? 0 : logicalBytes / documents),
    indexes: [ID_INDEX],
    options: {},
    ...change,
  };
}

export function aSample(change: { largestBytes?: number; idTypes?: Record<string, number> } = {}): CollectionFacts {
  return aCollection('shop.sampled', {
    sample: {
      sampledDocuments: 100,
      averageBytes: bytes(1024),
      largestBytes: bytes(change.largestBytes ?? 2048),
      idTypes: (change.idTypes ?? { objectId: 100 }) as SampleFacts['idTypes'],
    },
  });
}

export function anInventory(
  collections: readonly CollectionFacts[],
  change: Partial<ClusterInventory> = {},
): ClusterInventory {
  return { cluster: aCluster(), collections, failed: [], skipped: [], readAt: '2026-01-02T03:04:05.000Z', ...change };
}
