import { window, type Disposable, type WebviewPanel } from 'vscode';
import { DisposableStore } from '../disposables.js';
import { PANELS } from '../ids.js';
import { loadedOnce } from '../loaded-once.js';
import type { AssessShell } from '../services.js';

/** What is loaded with the first assessment. */
export interface Assessing extends AssessShell, Disposable {
  restore(panel: WebviewPanel): Promise<void>;
}

/** Assessments before anybody has made one: VS Code knows how to bring a report back after a reload, and the code is read when it is wanted. */
export class LazyAssessing implements Disposable, AssessShell {
  readonly #get: () => Promise<Assessing>;
  readonly #store = new DisposableStore();

  constructor(load: () => Promise<Assessing>) {
    this.#get = loadedOnce(async () => this.#store.add(await load()));
    this.#store.add(
      window.registerWebviewPanelSerializer(PANELS.assessment, {
        deserializeWebviewPanel: async (panel) => (await this.#get()).restore(panel),
      }),
    );
  }

  async assess(args: readonly unknown[]): Promise<void> {
    await (await this.#get()).assess(args);
  }

  async open(args: readonly unknown[]): Promise<void> {
    await (await this.#get()).open(args);
  }

  async save(): Promise<void> {
    await (await this.#get()).save();
  }

  dispose(): void {
    this.#store.dispose();
  }
}
