/** What only RU accounts can do: their extension commands (facts, section 2.9). */
import type { Document } from 'bson';
import { MigrationError } from '../../core/model/error.js';
import type { Throughput } from '../../core/model/facts.js';
import type { Namespace } from '../../core/model/namespace.js';
import type { OfferedThroughput } from '../../core/model/plan.js';
import { ruPerSecond } from '../../core/model/units.js';
import type { ClusterSession, CosmosRuSession } from '../../engine/ports.js';
import { SERVER_CODE, serverCode } from './errors.js';

/** Codes of a server that does not know `customAction`. */
const UNKNOWN_COMMAND: ReadonlySet<number> = new Set([SERVER_CODE.commandNotFound, 115]);

export interface RuCollection {
  readonly exists: boolean;
  readonly shardKey?: string;
  readonly throughput?: Throughput;
}

/** Throughput as `GetCollection` and `GetDatabase` tell it; nothing told means that the database shares it (or that the account is serverless). */
function throughputOf(reply: Document): Throughput {
  const autoscale = reply.autoScaleSettings as Document | undefined;
  if (autoscale?.maxThroughput !== undefined) {
    return { kind: 'autoscale', maxRuPerSecond: ruPerSecond(Number(autoscale.maxThroughput)) };
  }
  if (reply.provisionedThroughput !== undefined) {
    return { kind: 'manual', ruPerSecond: ruPerSecond(Number(reply.provisionedThroughput)) };
  }
  return { kind: 'shared' };
}

function offer(throughput: Throughput | undefined): Document {
  if (throughput?.kind === 'manual') return { offerThroughput: throughput.ruPerSecond };
  if (throughput?.kind === 'autoscale') return { autoScaleSettings: { maxThroughput: throughput.maxRuPerSecond } };
  return {};
}

export class MongoCosmosRu implements CosmosRuSession {
  constructor(private readonly session: ClusterSession) {}

  /** Undefined where the server does not know the command, that is, where it is no RU account. */
  async getCollection(ns: Namespace): Promise<RuCollection | undefined> {
    let reply: Document;
    try {
      reply = await this.session.command(ns.db, { customAction: 'GetCollection', collection: ns.coll });
    } catch (error) {
      const code = serverCode(error);
      if (code === SERVER_CODE.namespaceNotFound) return { exists: false };
      if (code !== undefined && UNKNOWN_COMMAND.has(code)) return undefined;
      throw error;
    }
    const shardKey = Object.keys((reply.shardKeyDefinition as Document | undefined) ?? {})[0];
    return { exists: true, ...(shardKey === undefined ? {} : { shardKey }), throughput: throughputOf(reply) };
  }

  /** Throughput shared by a database's collections; undefined where the database does not exist or has none. */
  async getDatabaseThroughput(db: string): Promise<Throughput | undefined> {
    try {
      const throughput = throughputOf(await this.session.command(db, { customAction: 'GetDatabase' }));
      return throughput.kind === 'shared' ? undefined : throughput;
    } catch (error) {
      if (serverCode(error) === SERVER_CODE.namespaceNotFound) return undefined;
      throw error;
    }
  }

  async createCollection(ns: Namespace, options: { shardKey?: string; throughput?: Throughput }): Promise<void> {
    await this.session.command(ns.db, {
      customAction: 'CreateCollection',
      collection: ns.coll,
      ...(options.shardKey === undefined ? {} : { shardKey: options.shardKey }),
      ...offer(options.throughput),
    });
  }

  /**
   * Changes the throughput of a collection, or of a database (`coll` left out) whose collections share it. Manual cannot become autoscale this way, nor the reverse.
   * Within 10,000 RU/s for each physical partition it takes effect at once, above that after hours.
   */
  async setThroughput(target: { db: string; coll?: string }, throughput: OfferedThroughput): Promise<void> {
    const what =
      target.coll === undefined
        ? { customAction: 'UpdateDatabase' }
        : { customAction: 'UpdateCollection', collection: target.coll };
    await this.session.command(target.db, { ...what, ...offer(throughput) });
  }

  /** Physical partitions of a collection, by the change stream tokens that it gives, one for each; undefined where it gives none. */
  async physicalPartitions(ns: Namespace): Promise<number | undefined> {
    try {
      const command = { customAction: 'GetChangeStreamTokens', collection: ns.coll };
      const tokens: unknown = (await this.session.command(ns.db, command)).resumeAfterTokens;
      return Array.isArray(tokens) && tokens.length > 0 ? tokens.length : undefined;
    } catch (error) {
      if (serverCode(error) === undefined) throw error;
      return undefined;
    }
  }

  /**
   * Request units of the last command on the connection. Whose command that was is only certain where the cluster was connected with
   * `maxPoolSize: 1` and is used by one caller at a time.
   */
  async lastRequestCharge(): Promise<number> {
    const reply = await this.session.command('admin', { getLastRequestStatistics: 1 });
    const charge = Number(reply.RequestCharge ?? Number.NaN);
    if (Number.isNaN(charge)) {
      throw new MigrationError('command-failed', { command: 'getLastRequestStatistics', reason: 'no-charge' });
    }
    return charge;
  }
}
