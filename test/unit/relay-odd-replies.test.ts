import { Long, ObjectId, serialize, type Document } from 'bson';
import { describe, expect, it } from 'vitest';
import { RelayCounters } from '../../src/relay/counters.js';
import { Delivery } from '../../src/relay/delivery.js';
import { RuPacer } from '../../src/relay/pacer.js';
import type { DeadLetterPort, DuplicatePolicy } from '../../src/relay/policy.js';
import { MOST_REFUSED_IN_A_ROW, Refusals, type Hopeless } from '../../src/core/conflict/refusals.js';
import { openOpMsg, writeDocumentMessage, writeOpMsg } from '../../src/relay/wire.js';
import { readWriteHead, WriteCommand, type WriteKind } from '../../src/relay/write-command.js';
import { ScriptedLink } from '../support/scripted-link.js';
import { virtualClock } from '../support/virtual-clock.js';

const NS = { db: 'shop', coll: 'orders' };
const PAYLOAD = { insert: 'documents', update: 'updates', delete: 'deletes' } as const;
const THROTTLE = "Error=16500, RetryAfterMs=8, Details='TooManyRequests (429)'";

function command(kind: WriteKind, operations: readonly Document[], ordered = false): WriteCommand {
  const body = serialize({ [kind]: NS.coll, ordered, $db: NS.db });
  const documents = operations.map((o) => serialize(o));
  const message = openOpMsg(
    writeOpMsg({ requestId: 7, responseTo: 0, body, sequence: { identifier: PAYLOAD[kind], documents } }),
  );
  const head = readWriteHead(message.buffer, message.bodyStart, message.flags);
  if (!head) throw new Error('not a write');
  return new WriteCommand(message, head);
}

interface Settings {
  readonly duplicates?: DuplicatePolicy;
  readonly deadLetters?: DeadLetterPort | undefined;
  readonly refusals?: Refusals;
}

function delivery(link: ScriptedLink, write: WriteCommand, settings: Settings = {}) {
  const buried: Document[] = [];
  const clock = virtualClock();
  const counters = new RelayCounters().of(NS);
  const sink: DeadLetterPort = { add: (_ns, bytes) => Promise.resolve(void buried.push(bytes)) };
  const running = new Delivery(write, {
    link,
    pacer: new RuPacer(clock),
    counters,
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    duplicates: settings.duplicates ?? { kind: 'fail', onConflict: () => undefined },
    deadLetters: 'deadLetters' in settings ? settings.deadLetters : sink,
    refusals: settings.refusals ?? new Refusals(0, () => undefined),
    measure: () => Promise.resolve(undefined),
  });
  return { running, counters, buried };
}

const found = (documents: readonly Document[], id: number | Long = 0): Document => ({
  cursor: { id, ns: 'shop.orders', firstBatch: documents },
  ok: 1,
});

describe('replies that leave something unsaid', () => {
  it('sends again what a reply counts neither as written nor as failed', async () => {
    const stored: Document[] = [{ _id: 1 }];
    const link = new ScriptedLink(({ name, operations }, nth) => {
      if (name === 'find') return found(stored);
      if (nth === 1) return { ok: 1, n: 1 };
      stored.push(...operations.filter((o) => o['_id'] !== 1));
      return { ok: 1, n: 2, writeErrors: [{ index: 0, code: 11000, errmsg: 'E11000' }] };
    });
    const { running, counters } = delivery(link, command('insert', [{ _id: 1 }, { _id: 2 }, { _id: 3 }]));
    expect(await running.run()).toEqual({ n: 3, ok: 1 });
    expect(stored).toHaveLength(3);
    expect(counters.acknowledged).toBe(3);
  });

  it('takes no number of a write error that it did not send for a success', async () => {
    const link = new ScriptedLink((_, nth) =>
      nth === 1 ? { ok: 1, n: 1, writeErrors: [{ index: 9, code: 16500, errmsg: THROTTLE }] } : { ok: 1, n: 2 },
    );
    const { running, counters } = delivery(link, command('insert', [{ _id: 1 }, { _id: 2 }]));
    expect(await running.run()).toEqual({ n: 2, ok: 1 });
    expect(link.count('insert')).toBe(2);
    expect(counters.acknowledged).toBe(2);
  });

  it('tells the tool, after some tries, of documents that a target never accounts for', async () => {
    const link = new ScriptedLink(() => ({ ok: 1, n: 0 }));
    const { running, counters } = delivery(link, command('insert', [{ _id: 1 }, { _id: 2 }]));
    const reply = await running.run();
    expect(reply).toMatchObject({ n: 0, writeErrors: [{ index: 0 }, { index: 1 }] });
    expect(counters).toMatchObject({ acknowledged: 0, failed: 2 });
  });

  it('sends a document once though a reply names it twice', async () => {
    const link = new ScriptedLink((_, nth) =>
      nth === 1
        ? {
            ok: 1,
            n: 1,
            writeErrors: [
              { index: 0, code: 16500, errmsg: THROTTLE },
              { index: 0, code: 16500, errmsg: THROTTLE },
            ],
          }
        : { ok: 1, n: 1 },
    );
    const { running } = delivery(link, command('insert', [{ _id: 1 }, { _id: 2 }]));
    expect(await running.run()).toEqual({ n: 2, ok: 1 });
    expect(link.seen[1]?.operations).toEqual([{ _id: 1 }]);
  });

  it('takes ok: 1 with a throttle in its top-level code for a throttle', async () => {
    const link = new ScriptedLink((_, nth) =>
      nth === 1 ? { ok: 1, n: 1, code: 16500, errmsg: THROTTLE } : { ok: 1, n: 1 },
    );
    const { running } = delivery(link, command('update', [{ q: { _id: 1 }, u: { $set: { a: 1 } } }]));
    expect(await running.run()).toMatchObject({ n: 1, ok: 1 });
    expect(link.count('update')).toBe(2);
  });

  it('passes on a write concern error of any part, not only of the last', async () => {
    const link = new ScriptedLink((_, nth) =>
      nth === 1
        ? {
            ok: 1,
            n: 1,
            writeErrors: [{ index: 1, code: 16500, errmsg: THROTTLE }],
            writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' },
          }
        : { ok: 1, n: 1 },
    );
    const { running } = delivery(link, command('insert', [{ _id: 1 }, { _id: 2 }]));
    const reply = await running.run();
    expect(reply).toMatchObject({ n: 2, writeConcernError: { errmsg: 'waiting for replication timed out' } });
  });

  it('reads replies that quote text which is not UTF-8', async () => {
    const body = Buffer.from(
      serialize({ ok: 1, n: 1, writeErrors: [{ index: 0, code: 11000, errmsg: 'dup key: QQQ' }] }),
    );
    body.fill(0xff, body.indexOf('QQQ'), body.indexOf('QQQ') + 3);
    const link = new ScriptedLink(({ name }) =>
      name === 'find' ? found([{ _id: 1 }]) : writeOpMsg({ requestId: 1, responseTo: 2, body }),
    );
    const { running, counters } = delivery(link, command('insert', [{ _id: 1 }, { _id: 2 }]));
    expect(await running.run()).toMatchObject({ n: 2, ok: 1 });
    expect(counters).toMatchObject({ acknowledged: 1, alreadyThere: 1 });
  });
});

describe('duplicate keys', () => {
  const E11000 = { index: 0, code: 11000, errmsg: 'E11000' };

  it('looks up a duplicate that the target reports for the whole command', async () => {
    const link = new ScriptedLink(({ name }) =>
      name === 'find' ? found([{ _id: 1, v: 1 }]) : { ok: 0, code: 11000, errmsg: 'E11000' },
    );
    const { running, counters, buried } = delivery(link, command('insert', [{ _id: 1, v: 1 }]));
    expect(await running.run()).toEqual({ n: 1, ok: 1 });
    expect(buried).toEqual([]);
    expect(counters.alreadyThere).toBe(1);
  });

  it('judges nothing when the target lets nobody look: the tool gets the refusal', async () => {
    const link = new ScriptedLink(({ name }) =>
      name === 'find'
        ? { ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not authorized' }
        : { ok: 1, n: 0, writeErrors: [E11000] },
    );
    const { running, counters, buried } = delivery(link, command('insert', [{ _id: 1 }]));
    const reply = await running.run();
    expect(Number(reply['ok'])).toBe(0);
    expect(Number(reply['code'])).toBe(13);
    expect(buried).toEqual([]);
    expect(counters).toMatchObject({ conflicts: 0, failed: 1 });
  });

  it('follows the cursor to the stored document, whatever else has the same _id in other shards', async () => {
    const link = new ScriptedLink(({ name }) => {
      if (name === 'find') return found([{ _id: 1, tenant: 'other' }], Long.fromNumber(77));
      if (name === 'getMore')
        return { cursor: { id: 0, ns: 'shop.orders', nextBatch: [{ _id: 1, tenant: 'mine' }] }, ok: 1 };
      return { ok: 1, n: 0, writeErrors: [E11000] };
    });
    const { running, counters } = delivery(link, command('insert', [{ _id: 1, tenant: 'mine' }]));
    expect(await running.run()).toEqual({ n: 1, ok: 1 });
    expect(link.seen[2]?.body).toMatchObject({ collection: NS.coll, $db: NS.db });
    expect(counters).toMatchObject({ alreadyThere: 1, conflicts: 0 });
  });

  it('replaces nothing when several documents have that _id', async () => {
    const link = new ScriptedLink(({ name }) => {
      if (name === 'find')
        return found([
          { _id: 1, tenant: 'a' },
          { _id: 1, tenant: 'b' },
        ]);
      if (name === 'update') return { ok: 1, n: 1, nModified: 1 };
      return { ok: 1, n: 0, writeErrors: [E11000] };
    });
    const { running, buried } = delivery(link, command('insert', [{ _id: 1, tenant: 'c' }]), {
      duplicates: { kind: 'overwrite' },
    });
    await running.run();
    expect(link.count('update')).toBe(0);
    expect(buried).toHaveLength(1);
  });

  it('never runs a document as an update when it replaces the stored one', async () => {
    const link = new ScriptedLink(({ name }) => {
      if (name === 'find') return found([{ _id: 1, v: 1 }]);
      if (name === 'update') return { ok: 1, n: 1, nModified: 1 };
      return { ok: 1, n: 0, writeErrors: [E11000] };
    });
    const { running, buried } = delivery(link, command('insert', [{ $set: { v: 2 }, _id: 1 }]), {
      duplicates: { kind: 'overwrite' },
    });
    await running.run();
    expect(link.count('update')).toBe(0);
    expect(buried).toHaveLength(1);
  });

  it('knows its own document where the server has moved _id to the front', async () => {
    const link = new ScriptedLink(({ name }) =>
      name === 'find' ? found([{ _id: 1, a: 2, b: 3 }]) : { ok: 1, n: 0, writeErrors: [E11000] },
    );
    const { running, counters } = delivery(link, command('insert', [{ a: 2, _id: 1, b: 3 }]));
    expect(await running.run()).toEqual({ n: 1, ok: 1 });
    expect(counters).toMatchObject({ alreadyThere: 1, conflicts: 0 });
  });

  it('says nothing of a dead letter where none is kept', async () => {
    const link = new ScriptedLink(({ name }) => (name === 'find' ? found([]) : { ok: 1, n: 0, writeErrors: [E11000] }));
    const { running, counters } = delivery(link, command('insert', [{ _id: 1, unique: 5 }]), {
      deadLetters: undefined,
    });
    expect(await running.run()).toMatchObject({ n: 0, writeErrors: [{ index: 0, code: 11000 }] });
    expect(counters.deadLettered).toBe(0);
  });

  it('does not count a duplicate key of an update as a conflict of inserts', async () => {
    const link = new ScriptedLink(() => ({ ok: 1, n: 0, nModified: 0, writeErrors: [E11000] }));
    const write = command('update', [{ q: { _id: 1 }, u: { $set: { unique: 5 } } }]);
    const { running, counters } = delivery(link, write);
    expect(await running.run()).toMatchObject({ n: 0, writeErrors: [{ index: 0, code: 11000 }] });
    expect(counters).toMatchObject({ conflicts: 0, failed: 1 });
  });
});

describe('what is sent again', () => {
  it('gives a document without _id one before it is sent, so that a second try cannot double it', async () => {
    const link = new ScriptedLink((_, nth) => (nth === 1 ? { ok: 0, code: 16500, errmsg: THROTTLE } : { ok: 1, n: 2 }));
    const { running } = delivery(link, command('insert', [{ a: 1 }, { _id: 5, a: 2 }]));
    await running.run();
    expect(link.seen).toHaveLength(2);
    expect(link.seen[0]?.operations[0]).toMatchObject({ a: 1, _id: expect.any(ObjectId) as unknown });
    expect(Object.keys(link.seen[0]?.operations[0] ?? {})).toEqual(['_id', 'a']);
    expect(link.seen[1]?.operations).toEqual(link.seen[0]?.operations);
  });

  it('passes an ambiguous throttle on when documents without _id went out as they came', async () => {
    const link = new ScriptedLink(() => ({ ok: 1, n: 2 }));
    const { running, counters } = delivery(link, command('insert', [{ a: 1 }, { a: 2 }]));
    const first = writeDocumentMessage(0, 7, { ok: 0, code: 16500, errmsg: THROTTLE });
    const reply = await running.continueFrom(first, 0);
    expect(Number(reply['code'])).toBe(16500);
    expect(link.seen).toEqual([]);
    expect(counters.failed).toBe(2);
  });

  it.each([
    ['an increment', 'update', { q: { _id: 1 }, u: { $inc: { n: 1 } } }],
    ['an update of any one match', 'update', { q: { state: 'new' }, u: { $set: { state: 'taken' } } }],
    ['an upsert without _id', 'update', { q: { a: 1 }, u: { $set: { b: 1 } }, upsert: true }],
    ['a delete of any one match', 'delete', { q: { _id: { $gt: 5 } }, limit: 1 }],
  ] as const)('does not repeat %s that may have been done', async (_what, kind, operation) => {
    const link = new ScriptedLink(() => ({ ok: 0, code: 50, errmsg: 'Request timed out' }));
    const { running } = delivery(link, command(kind, [operation]));
    const reply = await running.run();
    expect(Number(reply['code'])).toBe(50);
    expect(link.seen).toHaveLength(1);
  });

  it('waits for a write conflict to pass', async () => {
    const link = new ScriptedLink((_, nth) =>
      nth === 1 ? { ok: 1, n: 0, writeErrors: [{ index: 0, code: 112, errmsg: 'WriteConflict' }] } : { ok: 1, n: 1 },
    );
    const { running, buried } = delivery(link, command('insert', [{ _id: 1 }]));
    expect(await running.run()).toEqual({ n: 1, ok: 1 });
    expect(buried).toEqual([]);
  });

  it('does not wait for ever on a logical partition that is full', async () => {
    const link = new ScriptedLink((_, nth) =>
      nth > 3
        ? { ok: 1, n: 1 }
        : {
            ok: 1,
            n: 0,
            writeErrors: [
              { index: 0, code: 16500, errmsg: 'Error=16500: Partition key reached maximum size of 20 GB' },
            ],
          },
    );
    const { running, buried } = delivery(link, command('insert', [{ _id: 1 }]));
    expect(await running.run()).toMatchObject({ n: 0, writeErrors: [{ code: 121 }] });
    expect(buried).toHaveLength(1);
  });
});

describe('a target that refuses all that comes', () => {
  const UNKNOWN = { code: 4242, errmsg: 'no room for this' };
  /** Sends batches of 100 one after another; of each, those that `isGood` says are taken. Ends with the last or the first that is not carried on. */
  async function sendBatches(
    batches: number,
    refusal: { code: number; errmsg: string },
    { isGood = () => false, limit = MOST_REFUSED_IN_A_ROW }: { isGood?: (id: number) => boolean; limit?: number } = {},
  ) {
    const told: Hopeless[] = [];
    const refusals = new Refusals(limit, (found) => told.push(found));
    const link = new ScriptedLink(({ operations }) => {
      const bad = operations.flatMap((o, index) => (isGood(Number(o['_id'])) ? [] : [{ index, ...refusal }]));
      return { ok: 1, n: operations.length - bad.length, writeErrors: bad };
    });
    let kept = 0;
    const codes = new Set<unknown>();
    for (let batch = 0; batch < batches; batch++) {
      const documents = Array.from({ length: 100 }, (_, i) => ({ _id: batch * 100 + i }));
      const { running, buried } = delivery(link, command('insert', documents), { refusals });
      const reply = await running.run();
      for (const { code } of (reply['writeErrors'] ?? []) as { code: number }[]) codes.add(code);
      kept += buried.length;
    }
    return { told, kept, codes: [...codes] };
  }

  it('is told once of each collection, and nothing more of it is kept', async () => {
    const { told, kept, codes } = await sendBatches(12, UNKNOWN);
    expect(told).toEqual([{ ns: NS, documents: 1_000, code: 4242, message: 'no room for this' }]);
    expect(kept).toBe(1_000);
    // The tool is told the truth then, and ends.
    expect(codes).toEqual([121, 4242]);
  });

  it('is not seen in bad documents among good ones, however many', async () => {
    const { told, kept } = await sendBatches(60, UNKNOWN, { isGood: (id) => id % 500 === 0 });
    expect(told).toEqual([]);
    expect(kept).toBe(6_000 - 12);
  });

  it('is not seen in documents that are at fault themselves', async () => {
    const { told, kept } = await sendBatches(15, { code: 16, errmsg: 'Request size is too large' });
    expect(told).toEqual([]);
    expect(kept).toBe(1_500);
  });

  it('is seen in a partition that has no room any more', async () => {
    const full = { code: 16500, errmsg: 'Error=16500: Partition key reached maximum size of 20 GB' };
    expect((await sendBatches(10, full)).told).toMatchObject([{ documents: 1_000, code: 16500 }]);
  });

  it('is looked for no more where the user says so', async () => {
    expect(await sendBatches(15, UNKNOWN, { limit: 0 })).toMatchObject({ told: [], kept: 1_500 });
  });
});
