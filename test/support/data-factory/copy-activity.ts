/**
 * A Copy activity between two real servers: reads by the filter, replaces by `_id` as drivers' ReplaceOne with upsert does, and fails as a whole when the target
 * refuses a document or throttles longer than the sink tries. What has been written by then stays written. Documents are never decoded.
 */
import { EJSON, type Document } from 'bson';
import { BSON_TYPE, findElement } from '../../../src/core/bson/raw-document.js';
import { rawDocument } from '../../../src/adapters/mongo/raw-statement.js';
import { rawSequence } from '../../../src/adapters/mongo/raw-sequence.js';
import { MigrationError } from '../../../src/core/model/error.js';
import { meaningOfWriteError } from '../../../src/core/throttle/server-error.js';
import type { Clock } from '../../../src/engine/ports.js';
import type { ConnectedCluster } from '../../../src/adapters/mongo/connect.js';
import { refuse } from './refusal.js';

export interface CopyOrder {
  readonly source: { readonly cluster: ConnectedCluster; readonly db: string; readonly coll: string };
  readonly target: { readonly cluster: ConnectedCluster; readonly db: string; readonly coll: string };
  readonly filter: string;
  readonly readBatch: number;
  readonly writeBatch: number;
  readonly writeBehavior: string;
  readonly sinkRetries: number;
  readonly sinkRetryMs: number;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** After each batch that was written; what it throws ends the copy. */
  readonly onBatch?: () => Promise<void> | void;
}

export class CopyFailure extends Error {}

export interface CopyOutput {
  readonly rowsRead: number;
  readonly rowsCopied: number;
}

const OPERATORS: ReadonlySet<string> = new Set(['$gte', '$lt', '$not', '$and']);

/** Strict-mode Extended JSON only: another form may mean something else to the connector. */
export function strictFilter(text: string): Document {
  strict(JSON.parse(text) as unknown);
  return EJSON.parse(text, { relaxed: false, legacy: true }) as Document;
}

function strict(value: unknown): void {
  if (Array.isArray(value)) return value.forEach(strict);
  if (typeof value !== 'object' || value === null) return;
  const entries = Object.entries(value);
  const form = entries.map(([key, inner]) => `${key}:${typeof inner}`).join(' ');
  const isValue =
    /^(\$oid:string|\$numberLong:string|\$numberDecimal:string|\$date:string|\$binary:string \$type:string|\$timestamp:object)$/;
  if (isValue.test(form)) return;
  for (const [key, inner] of entries) {
    if (key.startsWith('$') && !OPERATORS.has(key)) refuse('filter', `${key} is not strict mode, or not known`);
    strict(inner);
  }
}

export async function runCopy(order: CopyOrder): Promise<CopyOutput> {
  const { signal, writeBehavior } = order;
  if (writeBehavior !== 'upsert') refuse('sink', 'only upsert is modelled');
  const filter = strictFilter(order.filter);
  const source = order.source.cluster;
  const target = order.target.cluster;
  const from = { db: order.source.db, coll: order.source.coll };
  let rowsRead = 0;
  let rowsCopied = 0;
  let waiting: Buffer[] = [];
  const write = async (): Promise<void> => {
    const batch = waiting.splice(0, order.writeBatch);
    await upsert(target.session, batch, order);
    rowsCopied += batch.length;
    await order.onBatch?.();
    signal.throwIfAborted();
  };
  for await (const { documents } of source.session.findRaw(from, { filter, batchSize: order.readBatch }, signal)) {
    rowsRead += documents.length;
    waiting = [...waiting, ...documents.map((one) => Buffer.from(one))];
    while (waiting.length >= order.writeBatch) await write();
  }
  while (waiting.length > 0) await write();
  return { rowsRead, rowsCopied };
}

async function upsert(
  session: ConnectedCluster['session'],
  documents: readonly Buffer[],
  { target: { db, coll }, sinkRetries, sinkRetryMs, clock, signal }: CopyOrder,
): Promise<void> {
  let open = documents;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    const updates = rawSequence('updates', open.map(replacement));
    let errors: readonly { readonly index: number; readonly code: number; readonly errmsg: string }[];
    try {
      const reply = await session.command(db, { update: coll, ordered: false, updates }, { signal });
      errors = (reply['writeErrors'] ?? []) as typeof errors;
    } catch (error) {
      if (!MigrationError.is(error, 'command-failed')) throw error;
      const code = Number(error.facts['serverCode']);
      errors = open.map((_, index) => ({ index, code, errmsg: String(error.facts['message']) }));
    }
    const refused = errors.find(({ code, errmsg }) => meaningOfWriteError(code, errmsg).kind !== 'throttled');
    if (refused) throw new CopyFailure(`refused with code ${refused.code}: ${refused.errmsg}`);
    if (errors.length > 0 && attempt >= sinkRetries) throw new CopyFailure(`throttled ${attempt + 1} times`);
    const { length } = errors;
    open = errors.flatMap(({ index }) => open[index] ?? []);
    if (length > 0) await clock.sleep(sinkRetryMs, signal);
  }
}

/** `{ q: { _id }, u: document, upsert: true }` with the document's own bytes. */
function replacement(document: Buffer): Buffer {
  const id = findElement(document, '_id');
  if (!id) refuse('document', 'has no _id');
  const value = document.subarray(id.valueStart, id.valueEnd);
  const equal = rawDocument([{ name: '$eq', type: id.type, value }]);
  return rawDocument([
    {
      name: 'q',
      type: BSON_TYPE.document,
      value: rawDocument([{ name: '_id', type: BSON_TYPE.document, value: equal }]),
    },
    { name: 'u', type: BSON_TYPE.document, value: document },
    { name: 'upsert', type: BSON_TYPE.bool, value: Buffer.of(1) },
  ]);
}
