/** Measures on the target itself what a document costs: writes a few samples into a scratch collection, reads their charge, cleans up. */
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, type Namespace } from '../../core/model/namespace.js';
import { milliseconds, requestUnits, type Milliseconds, type RequestUnits } from '../../core/model/units.js';
import { insertCharge } from '../../core/size/charges.js';
import type { ConnectedCluster } from './connect.js';
import { MongoCosmosRu } from './cosmos-ru.js';
import { SERVER_CODE, serverCode } from './errors.js';
import { withScratchCollection } from './scratch-collection.js';
import { throttleWait } from './throttle.js';

/** Enough for a stable mean, few enough to be nothing beside a migration. */
const MOST_SAMPLES = 20;

export interface MeasureChargeRequest {
  /** The user's yes: a new collection costs its minimum throughput for an hour. */
  readonly consent: true;
  /** Database that the scratch collection is made in; it is dropped again where it did not exist. */
  readonly database: string;
  /** Whole documents as bytes; the first 20 are used. */
  readonly samples: readonly Buffer[];
  readonly shardKey?: string;
  /** Indexes that the migrated collection will have while documents arrive: each indexed term adds to the charge. */
  readonly indexKeys?: readonly (readonly (readonly [string, number | string])[])[];
  readonly signal?: AbortSignal;
}

export interface MeasuredCharge {
  /** Mean over the samples. */
  readonly ruPerDocument: RequestUnits;
  /** What the published table says of the same documents: few documents stand badly for the sizes of all, but well for how far the table is off. */
  readonly tableRuPerDocument: RequestUnits;
  readonly samples: number;
  /** Median time of an insert of one document, throttled attempts left out. */
  readonly latencyMs: Milliseconds;
}

/** Inserts one sample, as often as it is throttled. Returns the milliseconds of the attempt that went through. */
async function insertOne(
  cluster: ConnectedCluster,
  ns: Namespace,
  sample: Buffer,
  signal: AbortSignal | undefined,
): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const started = performance.now();
    const { inserted, writeErrors } = await cluster.session
      .insertRaw(ns, [sample], { ordered: true, ...(signal ? { signal } : {}) })
      .catch((error: unknown) => {
        if (serverCode(error) !== SERVER_CODE.throttled) throw error;
        return {
          inserted: 0,
          writeErrors: [
            { index: 0, code: SERVER_CODE.throttled, message: String((error as MigrationError).facts.message) },
          ],
        };
      });
    if (inserted === 1) return performance.now() - started;
    const refused = writeErrors[0];
    if (refused?.code !== SERVER_CODE.throttled) {
      throw new MigrationError('command-failed', {
        command: 'insert',
        namespace: formatNamespace(ns),
        serverCode: refused?.code,
        message: refused?.message,
      });
    }
    await cluster.clock.sleep(throttleWait(new Error(refused.message), attempt, Math.random), signal);
  }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/**
 * RU per inserted document and the latency of an insert, measured. The scratch collection is dropped whatever happens.
 * @throws MigrationError `bad-option` without consent, without samples, or for a system database; `command-failed` where an insert is
 * refused or the server tells no charge.
 */
export async function measureInsertCharge(
  cluster: ConnectedCluster,
  request: MeasureChargeRequest,
): Promise<MeasuredCharge> {
  const { database, signal } = request;
  const samples = request.samples.slice(0, MOST_SAMPLES);
  // The type says it, but a JavaScript caller or a settings file may not.
  if ((request.consent as boolean) !== true) throw new MigrationError('bad-option', { option: 'consent' });
  if (samples.length === 0) throw new MigrationError('bad-option', { option: 'samples' });
  // One connection, used by nobody else: the charge of the last command is then the charge of the insert.
  const probe = await cluster.openSibling({ maxPoolSize: 1 });
  try {
    const ru = new MongoCosmosRu(probe.session);
    const charges: number[] = [];
    const times: number[] = [];
    const shardKey = request.shardKey === undefined ? {} : { shardKey: request.shardKey };
    await withScratchCollection(probe, { database, ...shardKey }, async (ns) => {
      await createIndexes(probe, ns, request.indexKeys ?? []);
      for (const sample of samples) {
        times.push(await insertOne(probe, ns, sample, signal));
        charges.push(await ru.lastRequestCharge());
      }
    });
    return {
      ruPerDocument: requestUnits(meanOf(charges)),
      tableRuPerDocument: requestUnits(meanOf(samples.map(({ length }) => insertCharge(length)))),
      samples: charges.length,
      latencyMs: milliseconds(median(times)),
    };
  } finally {
    await probe.close();
  }
}

async function createIndexes(
  cluster: ConnectedCluster,
  ns: Namespace,
  keys: readonly (readonly (readonly [string, number | string])[])[],
): Promise<void> {
  for (const [i, key] of keys.entries()) {
    // A Map keeps the order of fields whatever they are called.
    const index = { key: new Map(key), name: `k${i}` };
    await cluster.session.command(ns.db, { createIndexes: ns.coll, indexes: [index] });
  }
}
