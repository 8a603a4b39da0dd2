import type { Awaited } from '../core/model/handoff.js';

/** Where a run waits for a person, and where the person's word arrives: from a key, a command or another window. */
export class PersonsWord {
  private readonly waiting = new Map<Awaited, () => void>();

  constructor(private readonly signal: AbortSignal) {}

  /** Resolves when a person has said that it is done. A word that came before it was asked for counts for nothing. Rejects with the signal's reason. */
  async until(what: Awaited): Promise<void> {
    const { signal } = this;
    signal.throwIfAborted();
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.waiting.delete(what);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.waiting.set(what, go);
      signal.addEventListener('abort', go);
    });
    signal.throwIfAborted();
  }

  /** It is done. Nothing happens where nobody waits for it. */
  proceed(what: Awaited): void {
    this.waiting.get(what)?.();
  }
}
