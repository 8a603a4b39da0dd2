import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruPerSecond } from '../../src/core/model/units.js';
import { Ceilings } from '../../src/engine/pace/ceiling.js';
import { PacedCopy } from '../../src/engine/pace/paced-copy.js';
import type { CopyCeilings } from '../../src/core/model/plan.js';
import type { CopyLoad } from '../../src/engine/pace/pacer.js';
import { RuBudget } from '../../src/engine/pace/ru-budget.js';
import { EventClock } from '../support/event-clock.js';

const never = new AbortController().signal;
const ONE_KB = 1_024;

function paced(ceilings: CopyCeilings, ru?: number) {
  const clock = new EventClock();
  const limits = new Ceilings(clock.now());
  limits.set(ceilings, clock.now());
  let budget: RuBudget | undefined;
  if (ru !== undefined) {
    budget = new RuBudget(clock.now());
    budget.provision({ kind: 'manual', ruPerSecond: ruPerSecond(ru) });
  }
  const pacer = new PacedCopy({ clock, ceilings: limits, roundTripMs: 1, ...(budget ? { ru: budget } : {}) });
  let documents = 0;
  let bytes = 0;
  /** Sends documents of 1 KB until `ms` are over. */
  async function send(ms: number, charge = 5): Promise<{ documents: number; bytes: number }> {
    documents = 0;
    bytes = 0;
    const end = clock.now() + ms;
    while (clock.now() < end) {
      const limit = pacer.insertLimit();
      const count = Math.max(1, Math.floor(Math.min(limit.documents, limit.bytes / ONE_KB, 1_000)));
      const load: CopyLoad = { documents: count, bytes: count * ONE_KB };
      await pacer.admit(load, never);
      await clock.sleep(1);
      pacer.settle(load, pacer.wantsCharge() ? count * charge : undefined);
      pacer.observe({ sent: count, throttled: 0, latencyMs: 1 });
      documents += count;
      bytes += load.bytes;
    }
    return { documents, bytes };
  }
  return { clock, pacer, limits, run: (ms: number, charge?: number) => clock.run(send(ms, charge)) };
}

describe('ceilings', () => {
  it('are not passed, and are used up', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 20, max: 50_000 }),
        fc.constantFrom('documentsPerSecond', 'bytesPerSecond', 'ruPerSecond'),
        async (documents, kind) => {
          const unit = { documentsPerSecond: 1, bytesPerSecond: ONE_KB, ruPerSecond: 5 }[kind];
          const { run } = paced({ [kind]: documents * unit }, kind === 'ruPerSecond' ? 1_000_000 : undefined);
          const sent = await run(10_000);
          // What piles up in 100 ms, and one insert of 250 ms on debt, over what ten seconds allow.
          expect(sent.documents).toBeLessThanOrEqual(documents * 10.5 + 12);
          expect(sent.documents).toBeGreaterThanOrEqual(documents * 10 * 0.95 - 12);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('can be changed while the copy runs', async () => {
    const { clock, limits, run } = paced({ documentsPerSecond: 100 });
    const before = await run(5_000);
    limits.set({ documentsPerSecond: 1_000 }, clock.now());
    const faster = await run(5_000);
    limits.set({}, clock.now());
    const free = await run(1_000);
    limits.set({ documentsPerSecond: 50 }, clock.now());
    const slower = await run(5_000);
    expect(before.documents).toBeLessThanOrEqual(550);
    expect(faster.documents).toBeGreaterThan(4_700);
    expect(faster.documents).toBeLessThan(5_400);
    expect(free.documents).toBeGreaterThan(50_000);
    expect(slower.documents).toBeLessThan(300);
    expect(slower.documents).toBeGreaterThan(200);
  });

  it('wakes who sleeps for a low one soon after it was raised', async () => {
    const { clock, pacer, limits } = paced({ documentsPerSecond: 1 });
    const big = { documents: 100, bytes: 100 };
    await clock.run(pacer.admit(big, never));
    const waiting = pacer.admit(big, never);
    await clock.run(clock.sleep(10));
    limits.set({ documentsPerSecond: 1_000_000 }, clock.now());
    const since = clock.now();
    await clock.run(waiting);
    expect(clock.now() - since).toBeLessThanOrEqual(250);
  });

  it('takes a wait back when the run is stopped', async () => {
    const { clock, pacer } = paced({ documentsPerSecond: 1 });
    const stop = new AbortController();
    await clock.run(pacer.admit({ documents: 1_000, bytes: 1 }, stop.signal));
    const waiting = pacer.admit({ documents: 1, bytes: 1 }, stop.signal);
    stop.abort(new Error('paused'));
    await expect(clock.run(waiting)).rejects.toThrow('paused');
  });
});

describe('what limits a copy', () => {
  it('is the ceiling, and the request units where they are less', async () => {
    const capped = paced({ ruPerSecond: 500 }, 10_000);
    await capped.run(5_000);
    expect(capped.pacer.limitedBy()).toBe('ceiling');
    const full = paced({ ruPerSecond: 50_000 }, 1_000);
    await full.run(5_000);
    expect(full.pacer.limitedBy()).toBe('request-units');
  });

  it('is who was waited for', async () => {
    const { clock, pacer, limits } = paced({});
    expect(pacer.limitedBy()).toBe('engine');
    pacer.waited('source', 3_000);
    expect(pacer.limitedBy()).toBe('source');
    limits.set({ sourceConnections: 1 }, clock.now());
    expect(pacer.limitedBy()).toBe('ceiling');
    await clock.run(clock.sleep(6_000));
    expect(pacer.limitedBy()).toBe('engine');
    pacer.waited('target', 3_000);
    expect(pacer.limitedBy()).toBe('target');
  });

  it('is the network where the way takes more of an answer than the target does', async () => {
    const clock = new EventClock();
    const pacer = new PacedCopy({ clock, ceilings: new Ceilings(clock.now()), roundTripMs: 80 });
    const load = { documents: 10, bytes: 10 };
    for (let i = 0; i < 30; i += 1) {
      await pacer.admit(load, never);
      await clock.run(clock.sleep(100));
      pacer.settle(load, undefined);
      pacer.observe({ sent: 10, throttled: 0, latencyMs: 100 });
      pacer.waited('target', 90);
    }
    expect(pacer.limitedBy()).toBe('network');
  });
});
