import { describe, expect, it } from 'vitest';
import { loadedOnce } from '../../src/host/loaded-once.js';

describe('what is loaded once', () => {
  it('is not loaded before it is asked for, and once however many ask', async () => {
    let loads = 0;
    const get = loadedOnce(() => Promise.resolve({ load: (loads += 1) }));
    expect(loads).toBe(0);
    const [one, other] = await Promise.all([get(), get()]);
    expect([one, await get(), loads]).toEqual([{ load: 1 }, other, 1]);
    expect(one).toBe(other);
  });

  it('is tried again after a failed load, which all who waited for it are told of', async () => {
    let loads = 0;
    const get = loadedOnce(() =>
      (loads += 1) === 1 ? Promise.reject(new Error('file is gone')) : Promise.resolve(loads),
    );
    const waited = await Promise.allSettled([get(), get()]);
    expect(waited.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect([await get(), await get(), loads]).toEqual([2, 2, 2]);
  });
});
