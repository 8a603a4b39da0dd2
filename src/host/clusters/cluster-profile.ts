import type { AzureAccountFacts } from '../../core/model/azure-account.js';
import type { ClusterKind } from '../../core/model/facts.js';

export type ClusterRole = 'source' | 'target';

/** Where a cluster was found in Azure, and what Azure said of it then. No secret. */
export interface AzureOrigin {
  readonly resourceId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** As templates spell it, e.g. `westeurope`. */
  readonly location: string;
  /** The directory that was signed in to, where it is not the account's own. */
  readonly tenant?: string;
  /** As Azure spells them; of an RU account. */
  readonly capabilities: readonly string[];
  /** All that was read of it; earlier versions did not keep it. */
  readonly account?: AzureAccountFacts;
}

/** A saved connection without its secret: what `globalState` holds, or what the settings declare. */
export interface ClusterProfile {
  /** Random for saved ones; `settings:<name>` for those of the settings. */
  readonly id: string;
  readonly name: string;
  readonly role: ClusterRole;
  readonly origin: 'saved' | 'settings';
  /** Connection string without any secret part. */
  readonly uri: string;
  /** As last seen; absent until a first connection. */
  readonly kind?: ClusterKind;
  readonly version?: string;
  readonly tlsCAFile?: string;
  readonly tlsCertificateKeyFile?: string;
  readonly azure?: AzureOrigin;
  /** `session`: the keyring failed and the secret is gone when the window closes. */
  readonly secret: 'none' | 'stored' | 'session' | 'environment';
}
