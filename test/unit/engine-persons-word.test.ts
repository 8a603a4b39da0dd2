import { describe, expect, it } from 'vitest';
import { PersonsWord } from '../../src/engine/persons-word.js';

describe("a person's word", () => {
  it('lets go what waits for it, and nothing else', async () => {
    const word = new PersonsWord(new AbortController().signal);
    const ended: string[] = [];
    const studio = word.until('studio-3t-done').then(() => ended.push('studio'));
    const cutOver = word.until('cut-over').then(() => ended.push('cut-over'));
    word.proceed('cut-over');
    await cutOver;
    expect(ended).toEqual(['cut-over']);
    word.proceed('studio-3t-done');
    await studio;
    expect(ended).toEqual(['cut-over', 'studio']);
  });

  it('counts for nothing when it comes before it was asked for', async () => {
    const word = new PersonsWord(new AbortController().signal);
    word.proceed('cut-over');
    let done = false;
    const waiting = word.until('cut-over').then(() => (done = true));
    await new Promise(setImmediate);
    expect(done).toBe(false);
    word.proceed('cut-over');
    await waiting;
  });

  it.each([[false], [true]])('is not waited for once the run is told to stop (before: %s)', async (before) => {
    const stop = new AbortController();
    const word = new PersonsWord(stop.signal);
    if (before) stop.abort('paused');
    const waiting = word.until('studio-3t-done').catch((reason: unknown) => reason);
    stop.abort('paused');
    expect(await waiting).toBe('paused');
    word.proceed('studio-3t-done');
  });
});
