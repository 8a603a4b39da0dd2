import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meaningOfCommandError, meaningOfWriteError, retryDelayMs } from '../../src/core/throttle/server-error.js';

const MODERN =
  "Error=16500, RetryAfterMs=34, Details='Response status code does not indicate success: TooManyRequests (429); Substatus: 3200'";

describe('what a target means by an error', () => {
  it.each([
    [16500, MODERN, { kind: 'throttled', retryAfterMs: 34, timedOut: false }],
    [16500, "Error=16500, Details='Insert error.'", { kind: 'throttled', retryAfterMs: undefined, timedOut: false }],
    [
      1,
      'Message: {"Errors":["Request rate is large"]}',
      { kind: 'throttled', retryAfterMs: undefined, timedOut: false },
    ],
    [
      50,
      'Request timed out. Retries due to rate limiting: True.',
      { kind: 'throttled', retryAfterMs: undefined, timedOut: true },
    ],
    [11000, "Duplicate key violation on the requested collection: Index '_id_'", { kind: 'duplicate' }],
    [121, 'Document failed validation', { kind: 'refused', known: true }],
    [61, 'document lacks the shard key', { kind: 'refused', known: true }],
    [4242, 'a reason of a target to come', { kind: 'refused', known: false }],
    [16500, 'Partition key reached maximum size of 20 GB', { kind: 'refused', known: false }],
    [13, 'not authorized', { kind: 'fatal' }],
    [10107, 'not primary', { kind: 'fatal' }],
  ])('reads a write error %i', (code, message, meaning) => {
    expect(meaningOfWriteError(code, message)).toEqual(meaning);
  });

  it.each([
    [16500, MODERN, 'throttled'],
    [16, 'Request size is too large', 'refused'],
    [2, 'Size 17000000 is larger than MaxDocumentSize 16777216', 'refused'],
    [2, 'unknown option', 'fatal'],
    [115, 'Command not supported', 'fatal'],
    [13, 'not authorized', 'fatal'],
  ])('reads a refused command %i', (code, message, kind) => {
    expect(meaningOfCommandError(code, message).kind).toBe(kind);
  });

  it('never waits less than the target says, and never more than a fifth longer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.option(fc.integer({ min: 1, max: 5_000 }), { nil: undefined }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, advised, random) => {
          const delay = retryDelayMs(attempt, advised, () => random);
          expect(delay).toBeGreaterThanOrEqual(advised ?? 50);
          expect(delay).toBeLessThanOrEqual((advised ?? 2_000) * 1.2 + 1);
        },
      ),
    );
  });

  it('waits a little where the target says 0, and a minute at most, whatever it says', () => {
    expect(retryDelayMs(4, 0, () => 0)).toBe(400);
    expect(retryDelayMs(1, 99_999_999_999, () => 0)).toBe(60_000);
  });
});
