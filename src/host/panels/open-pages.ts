import type { Memento } from 'vscode';

const KEY = 'openRunPages';

/**
 * The runs whose pages are open in this window. A page tells its own state to VS Code, which may not have saved it when the
 * window reloads within seconds: then this says which run a page was of.
 */
export class OpenPages {
  readonly #memento: Pick<Memento, 'get' | 'update'>;
  readonly #onFailure: (error: unknown) => void;

  constructor(memento: Pick<Memento, 'get' | 'update'>, onFailure: (error: unknown) => void) {
    this.#memento = memento;
    this.#onFailure = onFailure;
  }

  /** Run ids by the titles of their panels. */
  #read(): Readonly<Record<string, string>> {
    const stored = this.#memento.get<unknown>(KEY);
    if (typeof stored !== 'object' || stored === null) return {};
    const entries = Object.entries(stored).filter(
      (entry): entry is [string, string] => isRunId(entry[0]) && typeof entry[1] === 'string',
    );
    return Object.fromEntries(entries);
  }

  note(runId: string, title: string): void {
    if (this.#read()[runId] !== title) this.#write({ ...this.#read(), [runId]: title });
  }

  forget(runId: string): void {
    const { [runId]: gone, ...rest } = this.#read();
    if (gone !== undefined) this.#write(rest);
  }

  /** The run that a panel of this title was of, of those that are not `taken`. */
  find(title: string, taken: (runId: string) => boolean): string | undefined {
    return Object.entries(this.#read()).find(([runId, noted]) => noted === title && !taken(runId))?.[0];
  }

  #write(pages: Readonly<Record<string, string>>): void {
    this.#memento.update(KEY, pages).then(undefined, this.#onFailure);
  }
}

/** As the folders of runs are named. */
export function isRunId(value: unknown): value is string {
  return typeof value === 'string' && /^\d{8}T\d{6}Z-[0-9a-f]{8}$/.test(value);
}
