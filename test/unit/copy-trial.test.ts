import { serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { NOWHERE, tryCopy, type CopyTrial } from '../../src/engine/copy/trial.js';
import type { CopySource } from '../../src/engine/copy/ports.js';
import { openPacers } from '../support/copy-parts.js';
import { EventClock } from '../support/event-clock.js';
import { memorySession, MemorySource, MemoryTarget } from '../support/memory-copy.js';
import { planOf, plannedCollection } from './engine-builders.js';

const ns = { db: 'shop', coll: 'orders' };
const documents = Array.from({ length: 500 }, (_, i) => Buffer.from(serialize({ _id: i, text: 'x'.repeat(50) })));

/** A source that never comes to its end, with a reply every 100 ms. */
function endless(clock: EventClock): CopySource {
  const source = new MemorySource(documents);
  const read: CopySource['read'] = (ns, order, range, options) => {
    let reader = source.read(ns, order, range, options);
    return {
      next: async () => {
        await clock.sleep(100);
        const batch = await reader.next();
        if (batch) return batch;
        reader = source.read(ns, order, range, options);
        return reader.next();
      },
      close: () => reader.close(),
    };
  };
  return Object.assign(Object.create(source) as MemorySource, { read });
}

function trial(change: Partial<CopyTrial> & { clock: EventClock }): CopyTrial {
  const source = new MemorySource(documents);
  return {
    plan: planOf([plannedCollection(ns, { db: 'shop', coll: 'scratch' }, { documents: 500 })], {
      conflictPolicy: 'skip',
    }),
    session: memorySession(source),
    source,
    target: NOWHERE,
    pacers: openPacers(100),
    readers: 2,
    random: Math.random,
    ms: 5_000,
    signal: new AbortController().signal,
    ...change,
  };
}

describe('trying a copy', () => {
  it('ends with its time, with a sample for each second', async () => {
    const clock = new EventClock();
    const began = clock.now();
    const { samples, heldByRequestUnits } = await clock.run(tryCopy(trial({ clock, source: endless(clock) })));
    expect(clock.now() - began).toBeLessThan(6_000);
    expect(samples.length).toBeGreaterThanOrEqual(5);
    for (const { ms, documents: count, bytes } of samples.slice(0, 5)) {
      expect(ms).toBeGreaterThanOrEqual(1000);
      expect(count).toBeGreaterThan(0);
      expect(bytes).toBe(count * (documents[0]?.length ?? 0));
    }
    expect(heldByRequestUnits).toBe(false);
  });

  it('ends with the collection where that is small, every document counted once', async () => {
    const clock = new EventClock();
    const target = new MemoryTarget();
    const { samples } = await clock.run(tryCopy(trial({ clock, target })));
    expect(samples.reduce((sum, { documents: count }) => sum + count, 0)).toBe(500);
    expect(target.stored.size).toBe(500);
  });

  it('waits for what is on its way when it is called off', async () => {
    const clock = new EventClock();
    const stop = new AbortController();
    const target = new MemoryTarget();
    let open = 0;
    const openWriter = async (): ReturnType<MemoryTarget['openWriter']> => {
      const writer = await target.openWriter();
      return {
        insert: async (...args) => {
          open += 1;
          await clock.sleep(700);
          // In the middle of an insert.
          if (target.inserts > 3) stop.abort();
          const reply = await writer.insert(...args);
          open -= 1;
          return reply;
        },
        close: () => writer.close(),
      };
    };
    const slow = Object.assign(Object.create(target) as MemoryTarget, { openWriter });
    const trying = tryCopy(trial({ clock, source: endless(clock), target: slow, signal: stop.signal }));
    await expect(clock.run(trying)).rejects.toMatchObject({ code: 'cancelled' });
    expect(open).toBe(0);
  });

  it('gives up on a cluster that does not answer, instead of waiting for ever', async () => {
    const clock = new EventClock();
    const silent = Object.assign(Object.create(new MemorySource(documents)) as MemorySource, {
      read: (_ns: unknown, _order: unknown, _range: unknown, { signal }: { signal: AbortSignal }) => ({
        next: () => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
        close: () => Promise.resolve(),
      }),
    });
    await expect(clock.run(tryCopy(trial({ clock, source: silent })))).rejects.toMatchObject({
      code: 'connection-lost',
    });
    const calledOff = tryCopy(trial({ clock, signal: AbortSignal.abort() }));
    await expect(clock.run(calledOff)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('tells what an insert was charged, and that request units held it up', async () => {
    const clock = new EventClock();
    const target = new MemoryTarget();
    const openWriter = async (): ReturnType<MemoryTarget['openWriter']> => {
      const writer = await target.openWriter();
      return {
        insert: async (ns, batch, options) => ({
          ...(await writer.insert(ns, batch, options)),
          charge: batch.count * 7,
        }),
        close: () => writer.close(),
      };
    };
    const charging = Object.assign(Object.create(target) as MemoryTarget, { openWriter });
    const pacers = { ...openPacers(100), limitedBy: () => 'request-units' as const };
    const tried = await clock.run(tryCopy(trial({ clock, source: endless(clock), target: charging, pacers })));
    expect(tried).toMatchObject({ ruPerDocument: 7, heldByRequestUnits: true });
  });
});
