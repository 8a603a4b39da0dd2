/**
 * Clusters as verification sees them, where a real one cannot be made to answer so: documents in memory that may hold one `_id` twice, as a sharded RU collection
 * can, and a real session whose answers are bent.
 */
import type { Document } from 'bson';
import { rawId } from '../../src/core/bson/raw-document.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { ClusterFacts } from '../../src/core/model/facts.js';
import { formatNamespace, type Namespace } from '../../src/core/model/namespace.js';
import { bytes, milliseconds } from '../../src/core/model/units.js';
import type { ClusterSession, RawBatch, RawFind } from '../../src/engine/ports.js';

const FACTS: ClusterFacts = {
  kind: 'cosmos-vcore',
  kindEvidence: 'server-reply',
  topology: 'unknown',
  version: '7.0.0',
  versionArray: [7, 0, 0],
  maxWireVersion: 21,
  hosts: [],
  tls: true,
  driver: 'current',
  maxBsonObjectSize: bytes(16_777_216),
  maxMessageSizeBytes: bytes(48_000_000),
  maxWriteBatchSize: 25_000,
  latencyMs: milliseconds(1),
  enterprise: false,
};

export interface MemoryCluster extends ClusterSession {
  /** By `db.coll`; in the order in which they are read. */
  readonly collections: Map<string, Buffer[]>;
  /** Documents given out so far. */
  readonly read: number;
}

/** Documents in memory. `min`, `max`, `hint` and filters are silently ignored, as by the vCore engine. Knows `count`, `listCollections`, `listIndexes`. */
export function memoryCluster(collections: Readonly<Record<string, readonly Buffer[]>>): MemoryCluster {
  const held = new Map(Object.entries(collections).map(([ns, documents]) => [ns, [...documents]]));
  let read = 0;
  const cluster = {
    facts: FACTS,
    collections: held,
    get read() {
      return read;
    },
    command: (db: string, command: Document): Promise<Document> => {
      const of = (name: string): Buffer[] | undefined => held.get(`${db}.${String(command[name])}`);
      if ('count' in command) return Promise.resolve({ ok: 1, n: of('count')?.length ?? 0 });
      if ('listIndexes' in command) {
        return Promise.resolve({ ok: 1, cursor: { firstBatch: [{ v: 2, key: { _id: 1 }, name: '_id_' }] } });
      }
      if ('listCollections' in command) {
        const { name } = command['filter'] as { name: string };
        const firstBatch = held.has(`${db}.${name}`) ? [{ name, type: 'collection', options: {} }] : [];
        return Promise.resolve({ ok: 1, cursor: { firstBatch } });
      }
      return Promise.reject(new MigrationError('command-failed', { serverCode: 115, message: 'not supported' }));
    },
    async *findRaw(ns: Namespace, find: RawFind, signal?: AbortSignal): AsyncGenerator<RawBatch> {
      const documents = held.get(formatNamespace(ns)) ?? [];
      const wanted = find.limit === undefined ? documents.length : Math.min(find.limit, documents.length);
      const size = find.batchSize ?? 101;
      for (let start = 0; start < wanted; start += size) {
        await Promise.resolve();
        signal?.throwIfAborted();
        const batch = documents.slice(start, Math.min(wanted, start + size));
        read += batch.length;
        yield { documents: batch };
      }
    },
    replaceRaw: (ns: Namespace, document: Buffer): Promise<void> => {
      const documents = held.get(formatNamespace(ns)) ?? [];
      const id = rawId(document) ?? Buffer.alloc(0);
      const at = documents.findIndex((one) => rawId(one)?.equals(id));
      if (at >= 0) documents[at] = document;
      return Promise.resolve();
    },
    insertRaw: (): Promise<never> => Promise.reject(new MigrationError('internal', { reason: 'not in memory' })),
  };
  return cluster;
}

/** A session that answers as `session` does but for what `change` replaces. */
export function bent(
  session: ClusterSession,
  change: Partial<Pick<ClusterSession, 'command' | 'findRaw' | 'replaceRaw'>>,
): ClusterSession {
  return {
    facts: session.facts,
    command: (db, command, options) => (change.command ?? session.command.bind(session))(db, command, options),
    findRaw: (ns, find, signal) => (change.findRaw ?? session.findRaw.bind(session))(ns, find, signal),
    replaceRaw: (ns, document, options) =>
      (change.replaceRaw ?? session.replaceRaw.bind(session))(ns, document, options),
    insertRaw: (ns, documents, options) => session.insertRaw(ns, documents, options),
  };
}

/** As the vCore engine: bounds are accepted and have no effect. */
export function ignoringBounds(
  session: ClusterSession,
  bounds: readonly ('min' | 'max')[] = ['min', 'max'],
): ClusterSession {
  const ignored: readonly string[] = bounds;
  return bent(session, {
    findRaw: (ns, find, signal) => {
      const rest = Object.fromEntries(Object.entries(find).filter(([name]) => !ignored.includes(name)));
      return session.findRaw(ns, rest, signal);
    },
  });
}
