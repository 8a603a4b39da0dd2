import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruPerSecond } from '../../src/core/model/units.js';
import { RuPacer } from '../../src/relay/pacer.js';
import { virtualClock } from '../support/virtual-clock.js';

const never = new AbortController().signal;

describe('the pacer', () => {
  it('lets no second carry more than the provisioned rate, one command and a short burst aside', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 100, max: 100_000 }),
        fc.array(fc.double({ min: 0.01, max: 0.04, noNaN: true }), { minLength: 100, maxLength: 200 }),
        async (rate, shares) => {
          const clock = virtualClock();
          const pacer = new RuPacer(clock);
          pacer.provision(ruPerSecond(rate));
          const sent: { at: number; ru: number }[] = [];
          for (const share of shares) {
            const ru = rate * share;
            await pacer.admit(ru, never);
            sent.push({ at: clock.now(), ru });
            pacer.observe(10, 0, 0);
          }
          for (const { at } of sent) {
            const inSecond = sent.filter((s) => s.at >= at && s.at < at + 1000).reduce((sum, s) => sum + s.ru, 0);
            // 1.01: the highest share of the provisioned rate; 0.1: the burst; 0.04: the last command.
            expect(inSecond).toBeLessThanOrEqual(rate * (1.01 + 0.1 + 0.04) + 1);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('uses at least 97 % of the budget while the tool has enough to send', async () => {
    const clock = virtualClock();
    const pacer = new RuPacer(clock);
    pacer.provision(ruPerSecond(10_000));
    const start = clock.now();
    let ru = 0;
    while (clock.now() - start < 20_000) {
      await pacer.admit(240, never);
      ru += 240;
      pacer.observe(24, 0, 0);
    }
    expect(ru / 20 / 10_000).toBeGreaterThan(0.97);
  });

  it('slows down when more than the band is throttled and comes back when nothing is', () => {
    const clock = virtualClock();
    const pacer = new RuPacer(clock);
    pacer.provision(ruPerSecond(1_000));
    const rate = (): number => pacer.snapshot().rate ?? Number.NaN;
    for (let i = 0; i < 10; i += 1) {
      clock.advance(1_000);
      pacer.observe(100, 20, 5);
    }
    const slowed = rate();
    expect(slowed).toBeLessThan(300);
    expect(slowed).toBeGreaterThanOrEqual(100);
    for (let i = 0; i < 100; i += 1) {
      clock.advance(1_000);
      pacer.observe(100, 0, 0);
    }
    expect(rate()).toBeCloseTo(1_010, 0);
  });

  it('holds everyone back while the whole budget is spent, and nobody for one hot partition', async () => {
    const clock = virtualClock();
    const pacer = new RuPacer(clock);
    pacer.observe(100, 3, 500);
    expect(pacer.tryAdmit(1)).toBe(true);
    pacer.observe(100, 90, 500);
    expect(pacer.tryAdmit(1)).toBe(false);
    const before = clock.now();
    await pacer.admit(1, never);
    expect(clock.now() - before).toBe(500);
  });

  it('learns the charge that the target tells', () => {
    const pacer = new RuPacer(virtualClock());
    pacer.provision(ruPerSecond(1_000));
    expect(pacer.isLearning()).toBe(true);
    for (let i = 0; i < 20; i += 1) pacer.learn(10_000, 70);
    expect(pacer.isLearning()).toBe(false);
    expect(pacer.estimate(1_000)).toBeCloseTo(7, 5);
    for (let i = 0; i < 40; i += 1) pacer.learn(10_000, 140);
    expect(pacer.estimate(1_000)).toBeCloseTo(14, 1);
  });

  it('gives the next in the queue its turn when one is called off', async () => {
    const clock = virtualClock();
    const pacer = new RuPacer(clock);
    pacer.provision(ruPerSecond(100));
    const gone = new AbortController();
    gone.abort(new Error('gone'));
    await expect(pacer.admit(10, gone.signal)).rejects.toThrow('gone');
    await expect(pacer.admit(10, never)).resolves.toBeUndefined();
  });
});
