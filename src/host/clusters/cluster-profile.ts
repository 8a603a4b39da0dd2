import type { ClusterKind } from '../../core/model/facts.js';

export type ClusterRole = 'source' | 'target';

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
  /** `session`: the keyring failed and the secret is gone when the window closes. */
  readonly secret: 'none' | 'stored' | 'session' | 'environment';
}
