/**
 * Empty timestamps. A server puts its own clock in the place of a top-level `Timestamp(0, 0)` on insert, and database tools before 100.10 do nothing about it. Such a
 * document differs from its source in these eight bytes only, and is put right; nothing else is ever overwritten by verification.
 */
import { equalButEmptyTimestamps, hasEmptyTimestamp } from '../../core/bson/empty-timestamps.js';
import { rawId } from '../../core/bson/raw-document.js';
import { MigrationError } from '../../core/model/error.js';
import type { Namespace } from '../../core/model/namespace.js';
import type { ClusterSession } from '../ports.js';
import { decodedId } from '../raw-id.js';
import type { DocumentMender } from './locate.js';

/** `_id`s asked for in one `$in`. */
const LOOK_UP = 100;

export class TimestampMender implements DocumentMender {
  /** Documents put right so far. */
  mended = 0;
  #waiting: Buffer[] = [];
  readonly #target: ClusterSession;
  readonly #ns: Namespace;
  readonly #shardKey: readonly string[];
  readonly #signal: AbortSignal | undefined;

  constructor(target: ClusterSession, ns: Namespace, shardKey: readonly string[], signal: AbortSignal | undefined) {
    this.#target = target;
    this.#ns = ns;
    this.#shardKey = shardKey;
    this.#signal = signal;
  }

  offer(document: Buffer): void {
    if (hasEmptyTimestamp(document)) this.#waiting.push(document);
  }

  /** Puts right what was offered. A document that the server does not let be looked up or replaced stays different. @throws as the session does for other reasons. */
  async flush(): Promise<void> {
    const offered = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < offered.length; start += LOOK_UP) {
      try {
        await this.#mend(offered.slice(start, start + LOOK_UP));
      } catch (error) {
        if (!MigrationError.is(error, 'command-failed') && !MigrationError.is(error, 'missing-privilege')) throw error;
      }
    }
  }

  async #mend(originals: readonly Buffer[]): Promise<void> {
    const stored = await this.#stored(originals);
    for (const original of originals) {
      this.#signal?.throwIfAborted();
      const copies = stored.get(rawId(original)?.toString('latin1') ?? '') ?? [];
      const [copy] = copies;
      // Two documents of one _id (a sharded RU collection can hold them) are not this case.
      if (!copy || copies.length > 1 || copy.equals(original) || !equalButEmptyTimestamps(original, copy)) continue;
      await this.#target.replaceRaw(this.#ns, original, this.#shardKey.length > 0 ? { shardKey: this.#shardKey } : {});
      this.mended += 1;
    }
  }

  async #stored(originals: readonly Buffer[]): Promise<Map<string, Buffer[]>> {
    const ids = originals.flatMap((document) => {
      const decoded = decodedId(document);
      return decoded ? [decoded['_id'] as unknown] : [];
    });
    const found = new Map<string, Buffer[]>();
    const filter = { _id: { $in: ids } };
    for await (const batch of this.#target.findRaw(this.#ns, { filter, batchSize: LOOK_UP }, this.#signal)) {
      for (const document of batch.documents) {
        const key = rawId(document)?.toString('latin1') ?? '';
        found.set(key, [...(found.get(key) ?? []), document]);
      }
    }
    return found;
  }
}
