import { describe, expect, it } from 'vitest';
import { RuBucket } from '../../src/core/throttle/ru-bucket.js';

describe('a budget without a provisioned figure', () => {
  it('holds what the target has taken even after hours without a refusal, so that the next refusals still slow it down', () => {
    let now = 0;
    const bucket = new RuBucket(now);
    const second = (ru: number, throttled: number): void => {
      now += 1_000;
      bucket.take(ru);
      bucket.settle(ru, ru);
      bucket.observe(10, throttled, 0, now);
    };
    second(1_000, 5);
    for (let seconds = 0; seconds < 5 * 3_600; seconds += 1) second(1_000, 0);
    const { rate = Number.NaN } = bucket.snapshot();
    expect(rate).toBeGreaterThan(1_000);
    expect(rate).toBeLessThan(2_500);
    for (let seconds = 0; seconds < 5; seconds += 1) second(1_000, 5);
    expect(bucket.snapshot().rate).toBeLessThan(1_000);
    bucket.take(1_000);
    expect(bucket.waitMs(now)).toBeGreaterThan(0);
  });
});
