import type { Document } from 'bson';
import { describe, expect, it } from 'vitest';
import { Budgets } from '../../src/relay/budgets.js';
import { virtualClock } from '../support/virtual-clock.js';

const NS = { db: 'shop', coll: 'orders' };
const THROTTLED = { ok: 0, code: 16500, errmsg: 'Error=16500, RetryAfterMs=8' };

function target(answer: (question: string, nth: number) => Document) {
  const asked: string[] = [];
  return {
    asked,
    command: (body: Document): Promise<Document> => {
      const question = String(body['customAction'] ?? Object.keys(body)[0]);
      asked.push(question);
      return Promise.resolve(answer(question, asked.length));
    },
  };
}

describe('budgets', () => {
  it('asks again soon where the target was too busy to say, and takes it for no answer', async () => {
    const clock = virtualClock();
    const budgets = new Budgets(clock, 'discover');
    const link = target((_, nth) => (nth <= 2 ? THROTTLED : { ok: 1, provisionedThroughput: 400 }));
    expect((await budgets.of(NS, link)).snapshot().provisioned).toBeUndefined();
    expect(await budgets.lastCharge(NS, link)).toBeUndefined();
    clock.advance(1_000);
    expect((await budgets.of(NS, link)).snapshot().provisioned).toBe(400);
  });

  it('keeps the shared budget that it knows while the target is too busy', async () => {
    const clock = virtualClock();
    const budgets = new Budgets(clock, 'discover');
    let busy = false;
    const link = target((question) => {
      if (question === 'GetDatabase') return busy ? THROTTLED : { ok: 1, provisionedThroughput: 1_000 };
      return { ok: 1 };
    });
    const first = await budgets.of(NS, link);
    expect(await budgets.of({ db: 'shop', coll: 'customers' }, link)).toBe(first);
    busy = true;
    clock.advance(60_000);
    expect(await budgets.of(NS, link)).toBe(first);
    expect(first.snapshot().provisioned).toBe(1_000);
  });

  it('does not take a statistic that cannot be had for a target without request units', async () => {
    const clock = virtualClock();
    const budgets = new Budgets(clock, 'discover');
    const link = target((question) => {
      if (question === 'getLastRequestStatistics') return { ok: 0, code: 50, errmsg: 'Request timed out' };
      return { ok: 0, code: 26, errmsg: 'not found' };
    });
    await budgets.of(NS, link);
    await budgets.lastCharge(NS, link);
    expect(budgets.shouldMeasure(NS)).toBe(true);
  });

  it('reads the budget of a collection that came after the first reading, and asks a serverless one no more than that', async () => {
    const clock = virtualClock();
    const budgets = new Budgets(clock, 'discover');
    const link = target((_, nth) => (nth === 1 ? { ok: 0, code: 26, errmsg: 'not found' } : { ok: 1 }));
    for (let write = 0; write < 20; write += 1) {
      await budgets.of(NS, link);
      budgets.reread(NS);
    }
    expect(link.asked).toEqual(['GetCollection', 'GetCollection', 'GetDatabase']);
  });

  it('reads autoscale by its maximum', async () => {
    const budgets = new Budgets(virtualClock(), 'discover');
    const link = target(() => ({ ok: 1, provisionedThroughput: 400, autoScaleSettings: { maxThroughput: 4_000 } }));
    expect((await budgets.of(NS, link)).snapshot().provisioned).toBe(4_000);
  });

  it('takes a figure of 0 for none, so that writes are not held back for ever', async () => {
    const budgets = new Budgets(virtualClock(), 'discover');
    const link = target(() => ({ ok: 1, provisionedThroughput: 0, autoScaleSettings: { maxThroughput: 0 } }));
    const pacer = await budgets.of(NS, link);
    expect(pacer.snapshot().provisioned).toBeUndefined();
    expect(pacer.tryAdmit(5)).toBe(true);
  });

  it('reads on over another connection when the one that was asking ends', async () => {
    const budgets = new Budgets(virtualClock(), 'discover');
    let fail: (error: Error) => void = () => undefined;
    const broken = { command: () => new Promise<Document>((_, reject) => (fail = reject)) };
    const whole = target(() => ({ ok: 1, provisionedThroughput: 400 }));
    const first = budgets.of(NS, broken);
    const second = budgets.of(NS, whole);
    fail(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    expect((await second).snapshot().provisioned).toBe(400);
  });
});
