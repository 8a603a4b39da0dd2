import { MigrationError } from '../core/model/error.js';
import type { CopySource, CopyTarget } from './copy/ports.js';
import type { ClusterSession, CosmosRuSession } from './ports.js';

export type SideName = 'source' | 'target';

/** The session with its failures saying which of the two clusters they are about. */
export function onSide(session: ClusterSession, side: SideName): ClusterSession {
  return {
    facts: session.facts,
    command: (db, command, options) => told(side, session.command(db, command, options)),
    async *findRaw(ns, find, signal) {
      try {
        yield* session.findRaw(ns, find, signal);
      } catch (error) {
        throw sided(error, side);
      }
    },
    replaceRaw: (ns, document, options) => told(side, session.replaceRaw(ns, document, options)),
    insertRaw: (ns, documents, options) => told(side, session.insertRaw(ns, documents, options)),
  };
}

/** As {@link onSide}. */
export function ruOnSide(session: CosmosRuSession, side: SideName): CosmosRuSession {
  return {
    getCollection: (ns) => told(side, session.getCollection(ns)),
    createCollection: (ns, options) => told(side, session.createCollection(ns, options)),
    lastRequestCharge: () => told(side, session.lastRequestCharge()),
  };
}

/** A copy's source, as {@link onSide}. */
export function copySourceOnSide(source: CopySource): CopySource {
  const side = 'source';
  return {
    read: (ns, order, range, options) => {
      const reader = source.read(ns, order, range, options);
      return { next: () => told(side, reader.next()), close: () => reader.close() };
    },
    canBound: (id) => source.canBound(id),
    sampleIds: (ns, count, signal) => told(side, source.sampleIds(ns, count, signal)),
    splitIds: (ns, bytes, signal) => told(side, source.splitIds(ns, bytes, signal)),
    idAfter: (ns, range, skip, signal, filter) => told(side, source.idAfter(ns, range, skip, signal, filter)),
  };
}

/** A copy's target, as {@link onSide}. */
export function copyTargetOnSide(target: CopyTarget): CopyTarget {
  const side = 'target';
  return {
    limits: target.limits,
    replacesEmptyTimestamps: target.replacesEmptyTimestamps,
    openWriter: async (signal) => {
      const writer = await told(side, target.openWriter(signal));
      return {
        insert: (ns, batch, options) => told(side, writer.insert(ns, batch, options)),
        close: () => writer.close(),
      };
    },
    findByIds: (ns, ids, signal) => told(side, target.findByIds(ns, ids, signal)),
    replace: (ns, document, shardKey) => told(side, target.replace(ns, document, shardKey)),
  };
}

async function told<T>(side: SideName, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw sided(error, side);
  }
}

/** Who called something off, and what is said of a side already, stays as it is. */
function sided(error: unknown, side: SideName): unknown {
  if (!MigrationError.is(error) || error.code === 'cancelled' || error.facts['side'] !== undefined) return error;
  return new MigrationError(error.code, { ...error.facts, side }, { cause: error });
}
