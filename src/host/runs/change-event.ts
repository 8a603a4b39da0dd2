import type { Event } from 'vscode';

/** An event without VS Code: who follows runs is tested without it. */
export class ChangeEvent {
  readonly #listeners = new Set<{ readonly tell: () => unknown }>();

  readonly event: Event<void> = (listener, thisArgs?: unknown, disposables?) => {
    const entry = { tell: (): unknown => listener.call(thisArgs) };
    this.#listeners.add(entry);
    const subscription = { dispose: () => this.#listeners.delete(entry) };
    disposables?.push(subscription);
    return subscription;
  };

  /** A listener that fails keeps no other from hearing. */
  fire(onFailure: (error: unknown) => void): void {
    for (const { tell } of [...this.#listeners]) {
      try {
        tell();
      } catch (error) {
        onFailure(error);
      }
    }
  }
}
