import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/core/model/redact.js';

describe('redaction', () => {
  it.each([
    ['mongodb://user:secret@host:1/?a=b', 'mongodb://user:***@host:1/?a=b'],
    ['mongodb+srv://user:secret@host/', 'mongodb+srv://user:***@host/'],
    [
      'mongodb://acct:k/ey==@acct.mongo.cosmos.azure.com:10255/',
      'mongodb://acct:***@acct.mongo.cosmos.azure.com:10255/',
    ],
    ['mongodb://user:p@ss@host/', 'mongodb://user:***@host/'],
    ['mongodb://user@host/', 'mongodb://user@host/'],
    ['mongodb://host/', 'mongodb://host/'],
    ['password: "two words" and more', 'password: *** and more'],
    ['AccountKey=abc;x=1', 'AccountKey=***;x=1'],
  ])('%s', (text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it('leaves no literal secret in any of its forms', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(secret.trim().length >= 4 && !'***'.includes(secret) && !/[\ud800-\udfff]/.test(secret));
        for (const form of [secret, encodeURIComponent(secret)]) {
          const shown = redact(`${before} ${form} ${after}`, [secret]);
          fc.pre(!`${before} ${after} ***`.includes(secret));
          expect(shown).not.toContain(` ${form} `);
        }
      }),
    );
  });
});
