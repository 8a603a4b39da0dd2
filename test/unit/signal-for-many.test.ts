import { getEventListeners } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { signalForMany } from '../../src/engine/signal-for-many.js';

describe('a signal for many', () => {
  const listen = (signal: AbortSignal, count: number): { heard: () => number } => {
    let heard = 0;
    for (let at = 0; at < count; at++) signal.addEventListener('abort', () => (heard += 1), { once: true });
    return { heard: () => heard };
  };

  it('is listened to by a thousand without the warning that its parent would give', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    onTestFinished(() => warn.mockRestore());
    const parent = new AbortController();
    listen(signalForMany(parent.signal), 1_000);
    expect(warn).not.toHaveBeenCalled();
    listen(parent.signal, 1_000);
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ name: 'MaxListenersExceededWarning' }));
  });

  it('aborts with the first of its parents, at once and for its reason, and all who listen hear it once', () => {
    const [one, other] = [new AbortController(), new AbortController()];
    const signal = signalForMany(one.signal, other.signal);
    const { heard } = listen(signal, 1_000);
    other.abort('enough');
    one.abort('too late');
    expect([signal.aborted, signal.reason, heard()]).toEqual([true, 'enough', 1_000]);
  });

  it('is aborted from the start where a parent is', () => {
    const signal = signalForMany(new AbortController().signal, AbortSignal.abort('before'));
    expect([signal.aborted, signal.reason]).toEqual([true, 'before']);
  });

  it('leaves no listener on a parent', () => {
    const parent = new AbortController();
    const signals = Array.from({ length: 100 }, () => signalForMany(parent.signal));
    for (const signal of signals) listen(signal, 1);
    expect(getEventListeners(parent.signal, 'abort')).toHaveLength(0);
  });
});
