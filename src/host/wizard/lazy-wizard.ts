import { window, type Disposable, type ExtensionContext } from 'vscode';
import { DisposableStore } from '../disposables.js';
import { PANELS } from '../ids.js';
import { loadedOnce } from '../loaded-once.js';
import type { WizardSeed, WizardShell } from '../services.js';
import { offerPlans } from './plan-offer.js';
import type { Wizard } from './wizard-panel.js';

/** The wizard before anybody has used it: VS Code knows how to bring it back after a reload, and its code is read when it is wanted. */
export class LazyWizard implements Disposable, WizardShell {
  readonly #get: () => Promise<Wizard>;
  readonly #store = new DisposableStore();

  constructor(load: () => Promise<Wizard>, context: Pick<ExtensionContext, 'globalState'>) {
    this.#get = loadedOnce(async () => this.#store.add(await load()));
    this.#store.add(
      window.registerWebviewPanelSerializer(PANELS.wizard, {
        deserializeWebviewPanel: async (panel, state: unknown) => (await this.#get()).restore(panel, state),
      }),
    );
    this.#store.add(offerPlans(context));
  }

  async open(seed?: WizardSeed): Promise<void> {
    await (await this.#get()).open(seed);
  }

  async openPlan(path: string): Promise<void> {
    await (await this.#get()).openPlan(path);
  }

  async withQuickPicks(seed?: WizardSeed): Promise<void> {
    await (await this.#get()).withQuickPicks(seed);
  }

  dispose(): void {
    this.#store.dispose();
  }
}
