import type { DatabricksTokens } from '../azure/databricks-tokens.js';
import type { ClusterProfile } from '../clusters/cluster-profile.js';
import type { SavedClusterStore } from '../clusters/cluster-store.js';
import type { AssessShell, ClustersView, HostServices, RunPages, WizardShell } from '../services.js';
import type { Settings } from '../settings.js';
import type { ResultDocuments } from './result-documents.js';

/** What the commands work with. */
export interface CommandParts {
  readonly services: HostServices & { readonly clusters: SavedClusterStore };
  readonly settings: () => Settings;
  readonly databricks: DatabricksTokens;
  readonly view: ClustersView;
  readonly wizard: WizardShell;
  readonly pages: RunPages;
  readonly assessing: AssessShell;
  readonly results: ResultDocuments;
  /** Asks Azure what there is. Resolves with the id of the target that was saved. */
  readonly discoverTargets: () => Promise<string | undefined>;
  /** Asks Azure anew for the account or cluster that a target is, and shows what it says. */
  readonly showAccount: (target: ClusterProfile) => Promise<void>;
  /** Starts the throttle relay before a target, in a terminal. */
  readonly startRelay: (targetId: string) => Promise<void>;
}
