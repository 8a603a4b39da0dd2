import { window, type Disposable, type ExtensionContext } from 'vscode';
import { DisposableStore } from '../disposables.js';
import { PANELS } from '../ids.js';
import type { WizardSeed, WizardShell } from '../services.js';
import { offerPlans } from './plan-offer.js';
import type { Wizard } from './wizard-panel.js';

/** The wizard before anybody has used it: VS Code knows how to bring it back after a reload, and its code is read when it is wanted. */
export class LazyWizard implements Disposable, WizardShell {
  readonly #load: () => Promise<Wizard>;
  readonly #store = new DisposableStore();
  #wizard: Promise<Wizard> | undefined;

  constructor(load: () => Promise<Wizard>, context: Pick<ExtensionContext, 'globalState'>) {
    this.#load = load;
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

  /** A failed load is tried again by the next one who asks. */
  async #get(): Promise<Wizard> {
    const loading = (this.#wizard ??= this.#load().then((wizard) => this.#store.add(wizard)));
    try {
      return await loading;
    } catch (error) {
      this.#wizard = undefined;
      throw error;
    }
  }
}
