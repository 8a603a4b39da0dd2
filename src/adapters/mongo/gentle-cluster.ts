/** A cluster that is in use by others, read so that they feel little of it: what is asked takes turns, and how fast goes by what the server says of its load. */
import type { Document } from 'bson';
import { GentlePace, type LookAtLoad, type ServerLoad } from '../../engine/pace/gentle-pace.js';
import type { Clock, RawBatch } from '../../engine/ports.js';
import { commandsOf, hasRouter, isGenuine, toRead } from '../../core/usage/usage-reads.js';
import { loadOf } from '../../core/usage/server-counters.js';
import { MigrationError } from '../../core/model/error.js';
import type { ConnectedCluster } from './connect.js';
import { abortError } from './errors.js';
import { runCommand } from './run-command.js';
import { MongoSession, type SessionParts } from './session.js';

export interface GentleOptions {
  /** Share of the time in which a command may be under way while the server is not idle; the pace's own unless told. */
  readonly share?: number;
  /** False keeps it gentle on an idle server as well. */
  readonly adaptive?: boolean;
  /** Default: the cluster's. */
  readonly clock?: Clock;
}

export interface GentleCluster extends ConnectedCluster {
  readonly pace: GentlePace;
}

/** Where the reads of an assessment go. */
const READ_FROM = ['primaryPreferred', 'secondaryPreferred'] as const;
/** Large answers come in pieces of so many documents, and so small a part of what was asked for: each piece is work of milliseconds. */
const MOST_PER_ANSWER = 100;
const PART_OF_ANSWER = 16;

/**
 * The same cluster; what is asked of its `session` goes by a {@link GentlePace}. Closing it closes the cluster. Of servers that do not tell their load to this
 * user, and of routers, which know of their own clients only, nothing is known: those are read gently throughout.
 */
export function gently(cluster: ConnectedCluster, options: GentleOptions = {}): GentleCluster {
  const tells = (options.adaptive ?? true) && isGenuine(cluster.facts) && !hasRouter(cluster.facts);
  const pace = new GentlePace({
    clock: options.clock ?? cluster.clock,
    roundTripMs: cluster.facts.latencyMs,
    ...(tells ? { look: lookAt(cluster) } : {}),
    ...(options.share === undefined ? {} : { share: options.share }),
  });
  return { ...cluster, session: new GentleSession(cluster.session.parts, pace), pace };
}

function lookAt({ session: { parts } }: ConnectedCluster): LookAtLoad {
  const { document } = toRead(commandsOf.serverLoad());
  return async (signal) => {
    const loads: ServerLoad[] = [];
    const asked = new Set<unknown>();
    for (const readPreference of READ_FROM) {
      // The very server that cursors of this preference live on.
      const client = await parts.clientFor(readPreference);
      if (asked.has(client)) continue;
      asked.add(client);
      try {
        const options = { readPreference, ...(signal ? { signal } : {}) };
        const load = loadOf(await runCommand(parts, client, 'admin', document, options));
        if (!load) return undefined;
        loads.push(load);
      } catch (error) {
        if (signal?.aborted || !MigrationError.is(error) || error.code === 'connection-lost') throw error;
        return undefined;
      }
    }
    return loads;
  };
}

class GentleSession extends MongoSession {
  readonly #pace: GentlePace;

  constructor(parts: SessionParts, pace: GentlePace) {
    super(parts);
    this.#pace = pace;
  }

  override command(
    db: string,
    command: Document,
    options: Parameters<MongoSession['command']>[2] = {},
  ): Promise<Document> {
    return this.#inTurn(() => super.command(db, command, options), options.signal);
  }

  /** Each batch takes its turn: whoever reads may ask something else meanwhile. */
  override async *streamRaw(
    db: string,
    command: Document,
    options: Parameters<MongoSession['streamRaw']>[2] = {},
  ): AsyncGenerator<RawBatch, void, void> {
    const smaller = this.#pace.speed === 'gentle';
    const asked = { ...options, prefetch: false };
    const stream = super.streamRaw(
      db,
      smaller ? inPieces(command) : command,
      smaller && options.batchSize !== undefined ? { ...asked, batchSize: piece(options.batchSize) } : asked,
    );
    try {
      for (;;) {
        const step = await this.#inTurn(() => stream.next(), options.signal);
        if (step.done) return;
        yield step.value;
      }
    } finally {
      await stream.return();
    }
  }

  async #inTurn<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      return await this.#pace.inTurn(work, signal);
    } catch (error) {
      throw signal?.aborted ? abortError(signal) : error;
    }
  }
}

const piece = (batchSize: number): number =>
  Math.max(1, Math.min(MOST_PER_ANSWER, Math.ceil(batchSize / PART_OF_ANSWER)));

/** The command with a smaller first answer. */
function inPieces(command: Document): Document {
  const cursor = command.cursor as { readonly batchSize?: number } | undefined;
  return {
    ...command,
    ...(typeof command.batchSize === 'number' ? { batchSize: piece(command.batchSize) } : {}),
    ...(cursor?.batchSize === undefined ? {} : { cursor: { ...cursor, batchSize: piece(cursor.batchSize) } }),
  };
}
