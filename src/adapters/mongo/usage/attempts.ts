/** Readings that may fail each on its own: what could not be read is a gap, and the others go on. */
import type { Document } from 'bson';
import { MigrationError } from '../../../core/model/error.js';
import type { Namespace } from '../../../core/model/namespace.js';
import type { ReadingGap } from '../../../core/model/reading.js';
import type { UsageRead } from '../../../core/usage/usage-reads.js';
import type { ConnectedCluster } from '../connect.js';
import { abortError, SERVER_CODE, serverCode } from '../errors.js';
import { decodeTyped } from '../plain-json.js';

/** IllegalOperation, NoReplicationEnabled, CommandNotSupported, NotImplemented, unrecognised stage. */
const NOT_SUPPORTED: ReadonlySet<number | undefined> = new Set([
  SERVER_CODE.commandNotFound,
  SERVER_CODE.notSupportedByAmazon,
  ...[20, 76, 115, 238, 40_324],
]);
/** MaxTimeMSExpired, and what a cursor that was given up answers. */
const TIME_LIMIT: ReadonlySet<number | undefined> = new Set([SERVER_CODE.exceededTimeLimit, 262]);

/** Of a refusal. Judged: more than a report has room for. */
const LONGEST_MESSAGE = 300;
/** Entries and operations are looked at until so many bytes of them have come: one document may hold 16 MB. */
const MOST_BYTES = 32 * 1024 * 1024;

function reasonOf(error: MigrationError): ReadingGap['reason'] {
  if (error.code === 'missing-privilege' || error.code === 'authentication-failed') return 'missing-privilege';
  const code = serverCode(error);
  if (TIME_LIMIT.has(code)) return 'time-limit';
  return NOT_SUPPORTED.has(code) ? 'not-supported' : 'failed';
}

export class Attempts {
  readonly #cluster: ConnectedCluster;
  readonly #signal: AbortSignal | undefined;
  readonly #gaps: ReadingGap[] = [];

  constructor(cluster: ConnectedCluster, signal: AbortSignal | undefined) {
    this.#cluster = cluster;
    this.#signal = signal;
  }

  get gaps(): readonly ReadingGap[] {
    return this.#gaps;
  }

  /** Each purpose, and each namespace of it, is told of once. */
  gap(gap: ReadingGap): void {
    const known = this.#gaps.some(
      ({ purpose, ns }) => purpose === gap.purpose && ns?.db === gap.ns?.db && ns?.coll === gap.ns?.coll,
    );
    if (!known) this.#gaps.push(gap);
  }

  /** The command's reply, or undefined and a gap. @throws MigrationError `cancelled`. */
  command(read: UsageRead): Promise<Document | undefined> {
    return this.#attempt(read.purpose, undefined, () =>
      this.#cluster.session.command(read.database, read.document, {
        readPreference: read.readPreference,
        ...(this.#signal ? { signal: this.#signal } : {}),
      }),
    );
  }

  /**
   * Tells each document of a cursor; how many there were, or undefined and a gap. What came before a failure has been told.
   * @throws MigrationError `cancelled`.
   */
  async documents(
    read: UsageRead,
    onDocument: (document: Document) => void,
    ns?: Namespace,
  ): Promise<number | undefined> {
    return this.#attempt(read.purpose, ns, async () => {
      let count = 0;
      let bytes = 0;
      const options = {
        readPreference: read.readPreference,
        prefetch: false,
        ...(this.#signal ? { signal: this.#signal } : {}),
      };
      for await (const batch of this.#cluster.session.streamRaw(read.database, read.document, options)) {
        for (const raw of batch.documents) {
          onDocument(decodeTyped(raw));
          bytes += raw.length;
          count += 1;
        }
        if (bytes > MOST_BYTES) break;
      }
      return count;
    });
  }

  async #attempt<T>(purpose: string, ns: Namespace | undefined, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (this.#signal?.aborted) throw abortError(this.#signal);
      if (!MigrationError.is(error) || error.code === 'cancelled') throw error;
      const message =
        typeof error.facts.message === 'string' ? error.facts.message.slice(0, LONGEST_MESSAGE) : undefined;
      this.gap({
        purpose,
        ...(ns ? { ns } : {}),
        reason: reasonOf(error),
        ...(message === undefined ? {} : { message }),
      });
      return undefined;
    }
  }
}
