import { describe, expect, it } from 'vitest';
import { isChosen, plainId } from '../../src/core/model/dead-letter.js';

const letter = (id: unknown, idHex = '07aa', ns = 'shop.orders') => ({ ns, id, idHex });

describe('dead letters that are chosen', () => {
  it('are all of them where nothing is said', () => {
    expect(isChosen({}, letter(1))).toBe(true);
    expect(isChosen({ namespaces: new Set(['shop.orders']) }, letter(1))).toBe(true);
    expect(isChosen({ namespaces: new Set(['shop.other']) }, letter(1))).toBe(false);
  });

  it('are known by the bytes of their _id, by its Extended JSON, and by what people call it', () => {
    const oid = letter({ $oid: '64b0c0ffee64b0c0ffee64b0' });
    for (const id of ['07aa', '{"$oid":"64b0c0ffee64b0c0ffee64b0"}', '64b0c0ffee64b0c0ffee64b0'])
      expect(isChosen({ ids: ['x', id] }, oid)).toBe(true);
    expect(isChosen({ ids: ['42'] }, letter({ $numberInt: '42' }))).toBe(true);
    expect(isChosen({ ids: ['a b'] }, letter('a b'))).toBe(true);
    expect(isChosen({ ids: ['{"a":{"$numberInt":"1"}}'] }, letter({ a: { $numberInt: '1' } }))).toBe(true);
    expect(isChosen({ ids: ['43', ''] }, letter({ $numberInt: '42' }, ''))).toBe(false);
    expect(isChosen({ ids: [] }, letter(null))).toBe(false);
  });

  it('have no plain name where their _id is a document', () => {
    expect([{ a: '1' }, { $oid: '1', b: '2' }, null, 7].map(plainId)).toEqual(['', '', '', '']);
  });
});
