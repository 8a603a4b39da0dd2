import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isThrottled, retryAfterMs, throttleWait } from '../../src/adapters/mongo/throttle.js';
import { MigrationError } from '../../src/core/model/error.js';

const throttled = (message: string): MigrationError =>
  new MigrationError('command-failed', { serverCode: 16_500, message });

describe('a throttled answer', () => {
  it('is told by its code', () => {
    expect(isThrottled(throttled(''))).toBe(true);
    expect(isThrottled(new MigrationError('command-failed', { serverCode: 50, message: 'RetryAfterMs=3' }))).toBe(
      false,
    );
    expect(isThrottled(new Error('16500'))).toBe(false);
  });

  it.each([
    [
      "Error=16500, RetryAfterMs=34, Details='Response status code does not indicate success: TooManyRequests (429)",
      34,
    ],
    ["Error=16500, Details='Insert error.'", undefined],
    ['Message: {"Errors":["Request rate is large"]}\r\nActivityId: x, StatusCode: 429', undefined],
  ])('%j asks to wait %s ms', (message, expected) => {
    expect(retryAfterMs(message)).toBe(expected);
  });

  it('is waited for at least as long as told, and little longer', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(50), fc.double({ min: 0, max: 0.999, noNaN: true }), (ms, attempt, random) => {
        const wait = throttleWait(throttled(`RetryAfterMs=${ms}, x`), attempt, () => random);
        expect(wait).toBeGreaterThanOrEqual(ms);
        expect(wait).toBeLessThanOrEqual(ms + 10);
      }),
    );
  });

  it('that does not say how long is backed off from: longer each time, never over five seconds, never at once', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
        const wait = throttleWait(throttled("Details='Insert error.'"), attempt, () => random);
        const ceiling = Math.min(5000, 50 * 2 ** attempt);
        expect(wait).toBeGreaterThanOrEqual(ceiling / 2);
        expect(wait).toBeLessThanOrEqual(ceiling);
      }),
    );
  });
});
