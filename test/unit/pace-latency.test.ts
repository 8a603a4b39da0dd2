import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ceilings } from '../../src/engine/pace/ceiling.js';
import { LatencyGradient } from '../../src/engine/pace/latency-gradient.js';
import { PacedCopy } from '../../src/engine/pace/paced-copy.js';
import { EventClock } from '../support/event-clock.js';

const never = new AbortController().signal;
const LOAD = { documents: 1_000, bytes: 1_000_000 };

/** A target that works on `servers` inserts at once, `serviceMs` each; the others stand in line. */
async function copyInto(target: { servers: number; serviceMs: number; wayMs: number }, seconds: number) {
  const clock = new EventClock();
  const pacer = new PacedCopy({ clock, ceilings: new Ceilings(clock.now()), roundTripMs: target.wayMs });
  const free = Array.from({ length: target.servers }, () => clock.now());
  const end = clock.now() + seconds * 1_000;
  let inFlight = 0;
  let done = 0;
  let latency = 0;
  async function writer(): Promise<void> {
    while (clock.now() < end) {
      if (inFlight >= pacer.concurrency()) {
        await clock.sleep(Math.max(1, target.serviceMs / 20));
        continue;
      }
      inFlight += 1;
      await pacer.admit(LOAD, never);
      const sentAt = clock.now();
      await clock.sleep(target.wayMs / 2);
      const server = free.indexOf(Math.min(...free));
      free[server] = Math.max(free[server] ?? 0, clock.now()) + target.serviceMs;
      await clock.sleep(free[server] - clock.now() + target.wayMs / 2);
      inFlight -= 1;
      done += 1;
      latency = clock.now() - sentAt;
      pacer.settle(LOAD, undefined);
      pacer.observe({ sent: LOAD.documents, throttled: 0, latencyMs: latency });
    }
  }
  await clock.run(Promise.all(Array.from({ length: 32 }, writer)));
  const most = (seconds * 1_000 * target.servers) / target.serviceMs;
  const needed = target.servers * (1 + target.wayMs / target.serviceMs);
  return { share: done / most, concurrency: pacer.concurrency(), needed, latency };
}

describe('how many inserts are on their way', () => {
  it('keeps a target busy and lets no long line grow', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 20, max: 200 }),
        fc.integer({ min: 0, max: 100 }),
        async (servers, serviceMs, wayMs) => {
          fc.pre(servers * (1 + wayMs / serviceMs) <= 24);
          const o = await copyInto({ servers, serviceMs, wayMs }, 15);
          const told = JSON.stringify({ servers, serviceMs, wayMs, o });
          expect(o.share, told).toBeGreaterThan(0.8);
          expect(o.concurrency, told).toBeLessThanOrEqual(Math.ceil(o.needed) * 2 + 4);
        },
      ),
      { numRuns: 8 },
    );
  }, 60_000);

  it('sends fewer at once when the target refuses for being busy, and half as many when it gives up', () => {
    const gradient = new LatencyGradient(0);
    let now = 0;
    const answer = (): void => {
      now += 20;
      gradient.observe({ sent: 100, latencyMs: 10, inFlight: gradient.concurrency() }, now);
    };
    for (let i = 0; i < 500; i += 1) answer();
    expect(gradient.concurrency()).toBe(32);
    gradient.giveWay();
    expect(gradient.concurrency()).toBe(16);
    gradient.pushBack();
    for (let i = 0; i < 25; i += 1) answer();
    expect(gradient.concurrency()).toBeLessThanOrEqual(12);
  });

  it('asks for more only where what it asks for is used', () => {
    const gradient = new LatencyGradient(0);
    for (let now = 0; now < 10_000; now += 20) gradient.observe({ sent: 100, latencyMs: 10, inFlight: 1 }, now);
    expect(gradient.concurrency()).toBe(2);
  });

  it('notices after a minute that the way has become longer', () => {
    const gradient = new LatencyGradient(0);
    const pass = (from: number, to: number, latencyMs: number): void => {
      for (let now = from; now < to; now += 20)
        gradient.observe({ sent: 100, latencyMs, inFlight: gradient.concurrency() }, now);
    };
    pass(0, 5_000, 10);
    pass(5_000, 55_000, 100);
    expect(gradient.concurrency()).toBeLessThanOrEqual(3);
    pass(55_000, 90_000, 100);
    expect(gradient.concurrency()).toBeGreaterThan(8);
  });
});
