import { describe, expect, it } from 'vitest';
import { OpenPages } from '../../src/host/panels/open-pages.js';

function memento(values = new Map<string, unknown>()) {
  return {
    get: <T>(key: string) => values.get(key) as T | undefined,
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  };
}
const noFailure = (error: unknown): never => {
  throw error;
};
const A = '20260314T120000Z-0000000a';
const B = '20260314T120000Z-0000000b';
const nobody = (): boolean => false;

describe('the pages that were open', () => {
  it('are found again by their titles after a reload', () => {
    const kept = memento();
    const before = new OpenPages(kept, noFailure);
    before.note(A, 'shop.orders: old → new');
    before.note(B, 'shop.items: old → new');
    expect(new OpenPages(kept, noFailure).find('shop.items: old → new', nobody)).toBe(B);
  });

  it('are each given back once, also two of one title', () => {
    const pages = new OpenPages(memento(), noFailure);
    pages.note(A, 'shop.orders: old → new');
    pages.note(B, 'shop.orders: old → new');
    const taken = new Set<string>();
    for (let i = 0; i < 2; i += 1) taken.add(pages.find('shop.orders: old → new', (id) => taken.has(id)) ?? 'none');
    expect(taken).toEqual(new Set([A, B]));
    expect(pages.find('shop.orders: old → new', (id) => taken.has(id))).toBeUndefined();
  });

  it('are forgotten once they were closed', () => {
    const pages = new OpenPages(memento(), noFailure);
    pages.note(A, 'a');
    pages.forget(A);
    expect(pages.find('a', nobody)).toBeUndefined();
  });

  it.each([null, 'text', 7, ['a'], { '../../x': 'a', [A]: 7 }])('are none where the stored state is %j', (stored) => {
    expect(new OpenPages(memento(new Map([['openRunPages', stored]])), noFailure).find('a', nobody)).toBeUndefined();
  });
});
