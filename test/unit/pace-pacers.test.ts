import { describe, expect, it } from 'vitest';
import { MigrationError } from '../../src/core/model/error.js';
import type { Throughput } from '../../src/core/model/facts.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import { copyPacers, type RuBudgetFacts } from '../../src/engine/pace/pacers.js';
import { RuBudget } from '../../src/engine/pace/ru-budget.js';
import { virtualClock } from '../support/virtual-clock.js';

const never = new AbortController().signal;
const ORDERS = { db: 'shop', coll: 'orders' };
const ITEMS = { db: 'shop', coll: 'items' };
const manual = (figure: number): Throughput => ({ kind: 'manual', ruPerSecond: ruPerSecond(figure) });
const throttled = (): MigrationError =>
  new MigrationError('command-failed', { serverCode: 16500, message: 'RetryAfterMs=40' });

function factsOf(own: () => Throughput, shared?: Throughput): RuBudgetFacts & { asked: number } {
  const facts = {
    asked: 0,
    getCollection: () => {
      facts.asked += 1;
      return Promise.resolve().then(() => ({ exists: true, throughput: own() }));
    },
    getDatabaseThroughput: () => Promise.resolve(shared),
  };
  return facts;
}

describe('the pacers of a run', () => {
  it('give collections of a shared budget one pacer, and others their own', async () => {
    const clock = virtualClock();
    const options = { clock, roundTripMs: 1, signal: never };
    const shared = copyPacers({ ...options, ru: factsOf(() => ({ kind: 'shared' }), manual(1_000)) });
    expect(await shared.of(ORDERS)).toBe(await shared.of(ITEMS));
    expect([...shared.budgets()]).toEqual([['shop.', 1_000]]);
    const own = copyPacers({ ...options, ru: factsOf(() => manual(400)) });
    expect(await own.of(ORDERS)).not.toBe(await own.of(ITEMS));
    expect([...own.budgets()]).toEqual([
      ['shop.orders', 400],
      ['shop.items', 400],
    ]);
    const servers = copyPacers({ ...options, ru: undefined });
    const pacer = await servers.of(ORDERS);
    expect(pacer.insertLimit()).toEqual({ documents: Infinity, bytes: Infinity });
    expect(pacer.wantsCharge()).toBe(false);
    expect(servers.budgets().size).toBe(0);
  });

  it('tell what limits most of the budgets that are written to just now', async () => {
    const clock = virtualClock();
    const pacers = copyPacers({ clock, ru: undefined, roundTripMs: 1, signal: never });
    expect(pacers.limitedBy()).toBeUndefined();
    const [orders, items] = await Promise.all([pacers.of(ORDERS), pacers.of(ITEMS)]);
    expect(pacers.limitedBy()).toBeUndefined();
    const load = { documents: 1, bytes: 1 };
    await orders.admit(load, never);
    orders.waited('source', 3_000);
    items.waited('target', 3_000);
    expect(pacers.limitedBy()).toBe('source');
    orders.settle(load, undefined);
    await clock.sleep(3_001);
    expect(pacers.limitedBy()).toBeUndefined();
    await items.admit(load, never);
    await clock.sleep(1_000);
    expect(pacers.limitedBy()).toBe('target');
  });

  it('ask once however many writers there are, again when the target is too busy to say, and again after a failure', async () => {
    const clock = virtualClock();
    let failures: Error[] = [throttled(), throttled(), new Error('gone')];
    const facts = factsOf(() => {
      const [failure] = failures;
      failures = failures.slice(1);
      if (failure) throw failure;
      return manual(400);
    });
    const pacers = copyPacers({ clock, ru: facts, roundTripMs: 1, signal: never });
    await expect(pacers.of(ORDERS)).rejects.toThrow('gone');
    expect(facts.asked).toBe(3);
    await Promise.all(Array.from({ length: 8 }, () => pacers.of(ORDERS)));
    expect(facts.asked).toBe(4);
  });

  it('see throughput that is changed meanwhile', async () => {
    const clock = virtualClock();
    let figure = 400;
    const pacers = copyPacers({ clock, ru: factsOf(() => manual(figure)), roundTripMs: 1, signal: never });
    const pacer = await pacers.of(ORDERS);
    figure = 4_000;
    clock.advance(31_000);
    await pacer.admit({ documents: 1, bytes: 10 }, never);
    await new Promise((resolve) => setImmediate(resolve));
    expect(pacers.budgets().get('shop.orders')).toBe(4_000);
  });

  it('keep the ceilings that are set', () => {
    const pacers = copyPacers({
      clock: virtualClock(),
      ru: undefined,
      roundTripMs: 1,
      signal: never,
      ceilings: { sourceConnections: 2 },
    });
    expect(pacers.ceilings()).toEqual({ sourceConnections: 2 });
    pacers.setCeilings({ bytesPerSecond: 5 });
    expect(pacers.ceilings()).toEqual({ bytesPerSecond: 5 });
  });
});

describe('a budget in request units', () => {
  const LOAD = { documents: 10, bytes: 10_000 };
  const provisioned = (kind: 'manual' | 'autoscale'): RuBudget => {
    const ru = new RuBudget(0);
    ru.provision(
      kind === 'manual' ? { kind, ruPerSecond: ruPerSecond(10_000) } : { kind, maxRuPerSecond: ruPerSecond(10_000) },
    );
    return ru;
  };
  const pass = (ru: RuBudget, from: number, seconds: number, refused: number): void => {
    for (let s = 1; s <= seconds; s += 1)
      ru.observe({ sent: 100, throttled: refused, latencyMs: 5 }, (from + s) * 1_000);
  };

  it('does not learn from a charge of which a part is for refused documents', () => {
    const ru = provisioned('manual');
    ru.settle(LOAD, 0, 100, 0, 0);
    expect(ru.estimate(LOAD)).toBeCloseTo(100, 6);
    ru.settle(LOAD, 100, 30, 7, 0);
    expect(ru.estimate(LOAD)).toBeCloseTo(100, 6);
    // Nobody asked for the charge: what went in, and what the refusals cost.
    expect(ru.settle(LOAD, 100, undefined, 5, 0)).toBeCloseTo(50 + 5 * 0.38, 6);
  });

  it('forgives what autoscale refused while it grew', () => {
    const auto = provisioned('autoscale');
    const manualOne = provisioned('manual');
    for (const ru of [auto, manualOne]) {
      pass(ru, 0, 25, 60);
      expect(ru.rate).toBe(1_000);
      pass(ru, 25, 29, 0);
    }
    expect(auto.rate).toBeGreaterThan(9_000);
    expect(manualOne.rate).toBeLessThan(3_500);
    pass(auto, 54, 2, 0);
    expect(auto.rate).toBe(10_000);
  });

  it('has as many inserts on their way as slow answers need for the budget to be used up, unless the server waits inside', () => {
    const ru = provisioned('manual');
    expect(ru.leastConcurrency(5)).toBe(2);
    expect(ru.leastConcurrency(100)).toBe(6);
    expect(ru.leastConcurrency(10_000)).toBe(16);
    ru.observe({ sent: 10, throttled: 10, latencyMs: 60_000, timedOut: true }, 100);
    expect(ru.leastConcurrency(10_000)).toBe(1);
    expect(new RuBudget(0).leastConcurrency(100)).toBe(1);
  });

  it('gives way when the server has tried again by itself and given up', () => {
    const ru = provisioned('manual');
    ru.observe({ sent: 10, throttled: 10, latencyMs: 60_000, timedOut: true }, 100);
    expect(ru.rate).toBeCloseTo((10_000 * 0.985) / 2, 6);
  });
});
