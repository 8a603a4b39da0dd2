import type { SavedClusterStore } from '../clusters/cluster-store.js';
import type { ClustersView, HostServices, RunPages, WizardShell } from '../services.js';
import type { Settings } from '../settings.js';
import type { ResultDocuments } from './result-documents.js';

/** What the commands work with. */
export interface CommandParts {
  readonly services: HostServices & { readonly clusters: SavedClusterStore };
  readonly settings: () => Settings;
  readonly view: ClustersView;
  readonly wizard: WizardShell;
  readonly pages: RunPages;
  readonly results: ResultDocuments;
  /** Starts the throttle relay before a target, in a terminal. */
  readonly startRelay: (targetId: string) => Promise<void>;
}
