import type { ConnectedCluster } from '../adapters/mongo/connect.js';
import type { ClusterReference } from '../core/model/plan.js';

/** The connection string with TLS said aloud: a certificate option alone turns it on, which the string does not say. */
export function withTls(cluster: ConnectedCluster): ConnectedCluster['connectionString'] {
  const { facts, connectionString } = cluster;
  return facts.tls ? connectionString.withOptions({ ssl: undefined, tls: 'true' }) : connectionString;
}

export type TlsFiles = Pick<ClusterReference, 'tlsCAFile' | 'tlsCertificateKeyFile'>;

export function tlsOf({ tlsCAFile, tlsCertificateKeyFile }: TlsFiles): TlsFiles {
  return {
    ...(tlsCAFile === undefined ? {} : { tlsCAFile }),
    ...(tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile }),
  };
}
