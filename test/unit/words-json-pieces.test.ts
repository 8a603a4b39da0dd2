import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, REDACTED } from '../../src/core/model/redact.js';
import { jsonPieces } from '../../src/words/json-pieces.js';

const asItIs = (text: string): string => text;
const textOf = (value: unknown, indent = 0, clean = asItIs): string => [...jsonPieces(value, indent, clean)].join('');

describe('JSON in pieces', () => {
  it('is what JSON.stringify makes of a value, however deep and with whatever indent', () => {
    const values = fc.anything({ withDate: true, withNullPrototype: true, maxDepth: 6, maxKeys: 3 });
    fc.assert(
      fc.property(fc.array(values), fc.constantFrom(0, 2, 3), (value, indent) => {
        expect(textOf(value, indent)).toBe(JSON.stringify(value, undefined, indent));
      }),
    );
    expect(textOf(undefined)).toBe('');
    expect(textOf({ a: undefined, b: [undefined, asItIs], c: {}, d: [], e: new Date(0) }, 2)).toBe(
      JSON.stringify({ a: undefined, b: [undefined, asItIs], c: {}, d: [], e: new Date(0) }, undefined, 2),
    );
  });

  it('never holds more than a piece: of a long list no piece is longer than a system call is worth', () => {
    const list = { targets: [{ findings: Array.from({ length: 20_000 }, (_, i) => ({ i, name: `shop.漢字${i}` })) }] };
    const pieces = [...jsonPieces(list, 2, asItIs)];
    expect(pieces.length).toBeGreaterThan(10);
    for (const piece of pieces) expect(piece.length).toBeLessThan(70_000);
  });

  it('hides secrets in values at any depth, escaped ones too', () => {
    const secrets = fc.string({ minLength: 4, maxLength: 20, unit: 'grapheme' }).filter((text) => !text.includes('*'));
    fc.assert(
      fc.property(secrets, fc.nat(8), fc.boolean(), (secret, depth, escaped) => {
        let value: unknown = `${escaped ? 'a\n' : ''}before ${secret} after`;
        for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { value };
        const found = JSON.stringify(JSON.parse(textOf([value], 2, (text) => text.split(secret).join(REDACTED))));
        expect(found).toContain(`before ${REDACTED} after`);
      }),
    );
  });

  it('stays JSON where a field is called as secrets are', () => {
    const validator = { $jsonSchema: { properties: { password: { bsonType: 'string' }, accountKey: 1 } } };
    const hosts = ['mongodb://db.example.net', { a: 'someone@example.net' }, 'mongodb://app:hunter22@h.example/'];
    expect(JSON.parse(textOf({ validator, hosts }, 0, redact))).toEqual({
      validator,
      hosts: [hosts[0], hosts[1], `mongodb://app:${REDACTED}@h.example/`],
    });
  });
});
