/** The target of a copy: writers, and what is needed where an insert meets a document that is there already. */
import { BSON_TYPE, rawId } from '../../core/bson/raw-document.js';
import { MigrationError } from '../../core/model/error.js';
import type { ClusterFacts } from '../../core/model/facts.js';
import type { Namespace } from '../../core/model/namespace.js';
import { meaningOfWriteError } from '../../core/throttle/server-error.js';
import type { DocumentBatch } from '../../engine/copy/batch.js';
import type { CopyTarget, CopyWriter, WriteLimits, WriteRefusal } from '../../engine/copy/ports.js';
import type { ConnectedCluster } from './connect.js';
import { serverCode } from './errors.js';
import { lasting } from './write-concern.js';
import { RawCopyWriter, type InsertPayload } from './raw-copy-writer.js';
import { batchSequence, selfTest } from './raw-sequence.js';
import { exactId, exactTree } from './raw-tree.js';
import { borrowConnection } from './run-command.js';

/** Room for the command's own fields in a message that is filled with documents. */
const MESSAGE_HEADROOM = 16 * 1024;
/** First versions that know `bypassEmptyTsReplacement`, by major version (mongo-tools common/db/empty_timestamp.go; MongoDB SERVER-88750). */
const BYPASS_SINCE: Readonly<Record<number, readonly [number, number]>> = { 5: [0, 29], 6: [0, 17], 7: [0, 13] };
const BYPASS_ALWAYS_FROM = 8;

export interface RawCopyTargetOptions {
  /** Use the driver's public interface alone, as where its private part has changed. For tests. */
  readonly slow?: boolean;
}

export class RawCopyTarget implements CopyTarget {
  readonly limits: WriteLimits;
  readonly replacesEmptyTimestamps: boolean;
  /** False where documents go through Maps, several times slower. */
  readonly isRaw: boolean;
  readonly #cluster: ConnectedCluster;
  readonly #bypass: boolean;

  constructor(cluster: ConnectedCluster, options: RawCopyTargetOptions = {}) {
    const { facts } = cluster;
    this.#cluster = cluster;
    this.isRaw = facts.driver === 'current' && options.slow !== true && selfTest();
    const { maxBsonObjectSize, maxMessageSizeBytes, maxWriteBatchSize } = facts;
    this.limits = {
      documents: maxWriteBatchSize,
      // Without a document sequence the whole command is one document and has to keep to a document's size.
      bytes: (this.isRaw ? maxMessageSizeBytes : maxBsonObjectSize) - MESSAGE_HEADROOM,
      documentBytes: this.isRaw ? maxBsonObjectSize : maxBsonObjectSize - MESSAGE_HEADROOM,
    };
    this.#bypass = knowsBypass(facts);
    this.replacesEmptyTimestamps = !this.#bypass && facts.kind !== 'cosmos-vcore';
  }

  async openWriter(signal: AbortSignal): Promise<CopyWriter> {
    const cluster = this.#cluster;
    const { secrets, hasCredentials, silenceMs, dataConnections } = cluster.session.parts;
    const connection = this.isRaw ? await borrowConnection(cluster.session.parts, 'primary', signal) : undefined;
    // Charges are told per connection, so that a writer to an account that charges has one of its own.
    const own = cluster.ru && !connection ? await cluster.openSibling({ maxPoolSize: 1 }) : undefined;
    if (signal.aborted) await own?.close();
    signal.throwIfAborted();
    return new RawCopyWriter({
      client: (own ?? cluster).client,
      connection,
      dataConnections,
      secrets,
      hasCredentials,
      silenceMs,
      fields: insertFields(cluster.facts, this.#bypass),
      payload: this.isRaw ? (batch) => ({ documents: batchSequence('documents', batch) }) : trees,
      now: () => performance.now(),
      close: async () => own?.close(),
    });
  }

  async findByIds(ns: Namespace, ids: readonly Buffer[], signal: AbortSignal): Promise<readonly Buffer[]> {
    const values: unknown[] = [];
    const odd: Buffer[] = [];
    for (const id of ids) {
      const exact = exactId(id);
      if (exact) values.push(exact.value);
      else odd.push(id);
    }
    const found: Buffer[] = [];
    if (values.length > 0) {
      const filter = { _id: { $in: values } };
      for await (const batch of this.#cluster.session.findRaw(ns, { filter }, signal)) found.push(...batch.documents);
    }
    if (odd.length > 0) found.push(...(await this.#findOdd(ns, odd, signal)));
    return found;
  }

  /** `_id`s that no value says exactly are looked for among all of their types: rare enough for that. */
  async #findOdd(ns: Namespace, ids: readonly Buffer[], signal: AbortSignal): Promise<Buffer[]> {
    const wanted = new Set(ids.map((id) => id.toString('latin1')));
    const types = [...new Set(ids.map((id) => signedType(id[0] ?? 0)))];
    const found: Buffer[] = [];
    const filter = { _id: { $type: types } };
    for await (const batch of this.#cluster.session.findRaw(ns, { filter }, signal)) {
      for (const document of batch.documents) {
        if (wanted.has(rawId(document)?.toString('latin1') ?? '')) found.push(document);
      }
    }
    return found;
  }

  async replace(
    ns: Namespace,
    document: Buffer,
    shardKey: readonly string[],
  ): Promise<Omit<WriteRefusal, 'index'> | undefined> {
    try {
      await this.#cluster.session.replaceRaw(ns, document, { shardKey });
      return undefined;
    } catch (error) {
      const code = serverCode(error);
      if (code === undefined || MigrationError.is(error, 'connection-lost')) throw error;
      const message = MigrationError.is(error) ? String(error.facts.message ?? '') : '';
      // A right that is missing is missing for all documents: that stops the run, and makes no dead letter of each.
      if (meaningOfWriteError(code, message).kind === 'fatal') throw error;
      return { code, message };
    }
  }
}

/** `$type` counts MinKey as -1. */
function signedType(type: number): number {
  return type === BSON_TYPE.minKey ? -1 : type;
}

function knowsBypass({ kind, versionArray }: ClusterFacts): boolean {
  if (kind !== 'mongodb' && kind !== 'atlas') return false;
  const [major = 0, minor = 0, patch = 0] = versionArray;
  if (major >= BYPASS_ALWAYS_FROM) return true;
  const since = BYPASS_SINCE[major];
  return since !== undefined && (minor > since[0] || (minor === since[0] && patch >= since[1]));
}

function insertFields({ kind, topology }: ClusterFacts, bypass: boolean): Record<string, unknown> {
  if (kind === 'cosmos-ru') return {};
  return {
    // What was acknowledged must outlive a failover: it is not sent again.
    writeConcern: lasting(topology),
    // The source's documents were taken by the source's own rules; the validator comes with the collection all the same.
    ...(kind === 'mongodb' || kind === 'atlas' ? { bypassDocumentValidation: true } : {}),
    ...(bypass ? { bypassEmptyTsReplacement: true } : {}),
  };
}

/** BadValue (error_codes.yml): what a server would say of a document that it cannot take as it is. */
const CODE_BAD_VALUE = 2;

/** Documents as values that are written back byte by byte; see {@link exactTree}. */
function trees(batch: DocumentBatch): InsertPayload {
  const documents: unknown[] = [];
  const indexes: number[] = [];
  const unsendable: WriteRefusal[] = [];
  for (let index = 0; index < batch.count; index += 1) {
    const tree = exactTree(batch.at(index));
    if (tree) {
      documents.push(tree);
      indexes.push(index);
    } else {
      unsendable.push({ index, code: CODE_BAD_VALUE, message: 'not sent: its bytes would not arrive unchanged' });
    }
  }
  return { documents: documents.length > 0 ? documents : undefined, indexes, unsendable };
}
