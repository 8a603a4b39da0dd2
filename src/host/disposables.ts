/** Whatever has to be let go. VS Code's own `Disposable` has this shape. */
interface Disposes {
  dispose(): unknown;
}

/** Lets go of everything in reverse order, once. What is added after that is let go of at once. */
export class DisposableStore {
  readonly #items: Disposes[] = [];
  #disposed = false;

  add<T extends Disposes>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    for (let item = this.#items.pop(); item; item = this.#items.pop()) item.dispose();
  }
}
