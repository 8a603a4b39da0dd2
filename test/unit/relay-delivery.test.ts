import { serialize } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruPerSecond } from '../../src/core/model/units.js';
import { RelayCounters } from '../../src/relay/counters.js';
import { Delivery } from '../../src/relay/delivery.js';
import { RuPacer } from '../../src/relay/pacer.js';
import type { DuplicatePolicy } from '../../src/relay/policy.js';
import { Refusals } from '../../src/core/conflict/refusals.js';
import { openOpMsg, writeOpMsg } from '../../src/relay/wire.js';
import { readWriteHead, WriteCommand } from '../../src/relay/write-command.js';
import { virtualClock } from '../support/virtual-clock.js';
import { ModelTarget, type Behaviour } from '../support/model-target.js';

const NS = { db: 'shop', coll: 'orders' };
const LIMIT = 400;

function insertCommand(documents: readonly Uint8Array[], ordered = false): WriteCommand {
  const body = serialize({ insert: NS.coll, ordered, $db: NS.db });
  const message = openOpMsg(
    writeOpMsg({ requestId: 7, responseTo: 0, body, sequence: { identifier: 'documents', documents } }),
  );
  const head = readWriteHead(message.buffer, message.bodyStart, message.flags);
  if (!head) throw new Error('not a write');
  return new WriteCommand(message, head);
}

const aDocument = (id: number, padding: number): Uint8Array => serialize({ _id: id, pad: 'x'.repeat(padding) });

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  style: fc.constantFrom('modern', 'insertError', 'legacy', 'commandLevel'),
  throttle: fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
  writtenAnyway: fc.boolean(),
});

const world = fc.record({
  paddings: fc.array(
    fc.oneof({ weight: 9, arbitrary: fc.nat(200) }, { weight: 1, arbitrary: fc.integer({ min: 500, max: 900 }) }),
    {
      minLength: 1,
      maxLength: 40,
    },
  ),
  behaviours: fc.array(behaviour, { maxLength: 12 }),
  sizeRefusal: fc.constantFrom<'writeError' | 'command'>('writeError', 'command'),
  /** Documents that an earlier try has left on the target. */
  earlier: fc.array(fc.nat(39), { maxLength: 10 }),
  budget: fc.option(fc.integer({ min: 50, max: 5000 }), { nil: undefined }),
});

async function deliver(
  target: ModelTarget,
  command: WriteCommand,
  options: {
    duplicates?: DuplicatePolicy;
    buried?: Map<number, Uint8Array>;
    budget?: number | undefined;
    /** The reply to the whole command, sent as it came. */
    first?: Buffer;
  } = {},
) {
  const clock = virtualClock();
  const counters = new RelayCounters();
  const pacer = new RuPacer(clock);
  if (options.budget !== undefined) pacer.provision(ruPerSecond(options.budget));
  const ids = options.buried ?? new Map<number, Uint8Array>();
  const delivery = new Delivery(command, {
    link: target,
    pacer,
    counters: counters.of(NS),
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    duplicates: options.duplicates ?? { kind: 'fail', onConflict: () => undefined },
    deadLetters: {
      add: (_ns, document) => {
        ids.set(Buffer.from(document).readInt32LE(9), document);
        return Promise.resolve();
      },
    },
    refusals: new Refusals(0, () => undefined),
    measure: () => Promise.resolve(6),
  });
  const reply = options.first ? await delivery.continueFrom(options.first, 0) : await delivery.run();
  return { reply, counters: counters.of(NS), clock, buried: ids };
}

describe('delivery of a write command', () => {
  it('brings every document to the target exactly once or to the dead letters, whatever is throttled, written anyway or too large', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ paddings, behaviours, sizeRefusal, earlier, budget }) => {
        const documents = paddings.map((padding, id) => aDocument(id, padding));
        const target = new ModelTarget(behaviours, LIMIT, sizeRefusal);
        const there = new Set(earlier.filter((i) => (documents[i]?.length ?? Infinity) <= LIMIT));
        const before = new ModelTarget([], LIMIT, 'writeError');
        await deliver(before, insertCommand([...there].map((i) => documents[i] as Uint8Array)));
        for (const [key, document] of before.stored) target.stored.set(key, document);

        const { reply, counters, buried } = await deliver(target, insertCommand(documents), { budget });

        const large = documents.flatMap((d, id) => (d.length > LIMIT ? [id] : []));
        expect(target.stored.size).toBeGreaterThanOrEqual(documents.length - large.length);
        const stored = [...target.stored.values()].map((d) => d.toString('hex'));
        for (const d of documents.filter((x) => x.length <= LIMIT))
          expect(stored).toContain(Buffer.from(d).toString('hex'));
        // What a throttled reply wrote all the same is on the target, even if it is above the model's limit.
        for (const id of large)
          expect(buried.has(id) || stored.includes(Buffer.from(documents[id] as Uint8Array).toString('hex'))).toBe(
            true,
          );
        expect(counters.acknowledged + counters.alreadyThere + counters.deadLettered).toBe(documents.length);
        expect(counters.conflicts).toBe(0);
        expect(counters.failed).toBe(0);
        const errors = (reply['writeErrors'] ?? []) as { code: number }[];
        expect(errors.every((e) => e.code === 121)).toBe(true);
        expect(Number(reply['n']) + errors.length).toBe(documents.length);
      }),
      { numRuns: 400 },
    );
  });

  it('keeps the order of an ordered write through throttles', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(behaviour, { maxLength: 10 }), async (behaviours) => {
        const target = new ModelTarget(behaviours, LIMIT, 'writeError');
        const documents = Array.from({ length: 20 }, (_, id) => aDocument(id, 10));
        const { reply } = await deliver(target, insertCommand(documents, true));
        expect(reply['n']).toBe(20);
        expect([...target.stored.values()].map((d) => d.readInt32LE(9))).toEqual(documents.map((_, id) => id));
      }),
    );
  });

  it('ends an ordered write at a document that is refused, and tells the tool which one', async () => {
    const target = new ModelTarget([], LIMIT, 'writeError');
    const { reply, counters } = await deliver(
      target,
      insertCommand([aDocument(0, 1), aDocument(1, 800), aDocument(2, 1)], true),
    );
    expect(reply).toMatchObject({ n: 1, writeErrors: [{ index: 1, code: 16 }], ok: 1 });
    expect(target.stored.size).toBe(1);
    expect(counters.failed).toBe(1);
  });

  it('never takes a document with other bytes for its own', async () => {
    const target = new ModelTarget([], LIMIT, 'writeError');
    await deliver(target, insertCommand([aDocument(1, 5)]));
    const conflicts: string[] = [];
    const policy: DuplicatePolicy = {
      kind: 'fail',
      onConflict: (_ns, id) => conflicts.push(Buffer.from(id).toString('hex')),
    };
    const { reply, counters } = await deliver(target, insertCommand([aDocument(1, 6), aDocument(2, 6)]), {
      duplicates: policy,
    });
    expect(conflicts).toEqual(['1001000000']);
    expect(reply).toMatchObject({ n: 1, writeErrors: [{ index: 0, code: 11000 }] });
    expect(counters.conflicts).toBe(1);
  });

  it('waits as long as the target says, plus at most a fifth of it', async () => {
    const once: Behaviour = { style: 'modern', throttle: [true], writtenAnyway: false };
    const target = new ModelTarget([once], LIMIT, 'writeError');
    const { clock } = await deliver(target, insertCommand([aDocument(1, 1)]));
    expect(clock.slept).toBeGreaterThanOrEqual(8);
    expect(clock.slept).toBeLessThanOrEqual(10);
  });

  it('passes a refusal of the whole command on as it is', async () => {
    const target = new ModelTarget([], LIMIT, 'writeError');
    target.roundTrip = (message) =>
      Promise.resolve(
        writeOpMsg({
          requestId: 0,
          responseTo: Buffer.from(message).readInt32LE(4),
          body: serialize({ ok: 0, code: 13, codeName: 'Unauthorized', errmsg: 'not authorized' }),
        }),
      );
    const { reply, counters } = await deliver(target, insertCommand([aDocument(1, 1), aDocument(2, 1)]));
    expect(reply).toMatchObject({ code: expect.objectContaining({ value: 13 }) as unknown, codeName: 'Unauthorized' });
    expect(counters.failed).toBe(2);
  });

  it('has nothing more to send when the first reply told that everything is there already', async () => {
    const target = new ModelTarget([], LIMIT, 'writeError');
    const documents = Array.from({ length: 5 }, (_, id) => aDocument(id, 10));
    await deliver(target, insertCommand(documents));
    const sent = target.insertCommands;
    const command = insertCommand(documents);
    const first = await target.roundTrip(command.part(9, command.operations));
    const { reply, counters } = await deliver(target, command, { first });
    expect(target.insertCommands).toBe(sent + 1);
    expect(reply).toMatchObject({ n: 5, ok: 1 });
    expect(counters.alreadyThere).toBe(5);
  });
});
