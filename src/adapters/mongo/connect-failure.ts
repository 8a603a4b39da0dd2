/** What a failed attempt to connect means, told by error classes and codes of Node and of the driver. */
import { MigrationError, type ErrorFacts } from '../../core/model/error.js';
import { lookAtDoor } from './door.js';
import { safeCause } from './errors.js';

/** Codes of Node's TLS layer (https://nodejs.org/api/tls.html#x509-certificate-error-codes) and what they mean for a user. */
const TLS_REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  // The server sends its authority along; it is that one which is not known.
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-authority',
  CERT_UNTRUSTED: 'unknown-authority',
  CERT_SIGNATURE_FAILURE: 'unknown-authority',
  ERR_TLS_CERT_ALTNAME_INVALID: 'hostname-mismatch',
  HOSTNAME_MISMATCH: 'hostname-mismatch',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  CERT_REVOKED: 'revoked',
  ERR_SSL_WRONG_VERSION_NUMBER: 'server-speaks-no-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'server-speaks-no-tls',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'protocol-version',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'protocol-version',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'client-certificate-required',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'client-certificate-refused',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'client-certificate-refused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'client-certificate-refused',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'client-certificate-unusable',
  ERR_OSSL_PEM_NO_START_LINE: 'client-certificate-unusable',
  ERR_OSSL_BAD_DECRYPT: 'client-certificate-unusable',
};

const NETWORK_REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ENODATA: 'dns',
  ESERVFAIL: 'dns',
  EREFUSED: 'dns',
  EBADRESP: 'dns',
  EBADNAME: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'no-route',
  ENETUNREACH: 'no-route',
  EADDRNOTAVAIL: 'no-route',
  EACCES: 'blocked',
  EPERM: 'blocked',
  ETIMEDOUT: 'timeout',
};

/** One server's last failure, as the driver's monitor told it. */
export interface HostFailure {
  readonly host: string;
  readonly failure: Error;
}

export interface FailedAttempt {
  readonly hosts: readonly HostFailure[];
  /** Hosts that were asked, for the message. */
  readonly seeds: readonly string[];
  /** Servers that did answer: the seed of a replica set whose members cannot be reached. */
  readonly answered: readonly string[];
  readonly tls: boolean;
  readonly srv: boolean;
  readonly hasClientCertificate: boolean;
  readonly secrets: readonly string[];
  readonly cause?: unknown;
  /** Time that is left to look at the door. */
  readonly remainingMs: number;
}

/** Codes anywhere in an error: its own, its causes' and those of an AggregateError (a name with two addresses). */
function* errorCodes(error: unknown, depth = 0): Generator<string> {
  if (!(error instanceof Error) || depth > 5) return;
  const { code, reason, errors } = error as { code?: unknown; reason?: unknown; errors?: unknown };
  if (typeof code === 'string') yield code;
  yield* errorCodes(error.cause, depth + 1);
  yield* errorCodes(reason, depth + 1);
  if (Array.isArray(errors)) for (const inner of errors) yield* errorCodes(inner, depth + 1);
}

/** Reason of a TLS failure, or undefined where the error is none. */
export function tlsReason(error: unknown): string | undefined {
  for (const code of errorCodes(error)) {
    const reason = TLS_REASONS[code] ?? (code.startsWith('ERR_SSL_') || code === 'EPROTO' ? 'handshake' : undefined);
    if (reason) return reason;
  }
  return undefined;
}

function networkReason(error: unknown): string | undefined {
  for (const code of errorCodes(error)) {
    const reason = NETWORK_REASONS[code];
    if (reason) return reason;
  }
  return error instanceof Error && error.name === 'MongoNetworkTimeoutError' ? 'timeout' : undefined;
}

/** The error to give to the user when no server could be reached. Takes at most `remainingMs`. */
export async function explainFailure(attempt: FailedAttempt): Promise<MigrationError> {
  const first = attempt.hosts[0];
  const raw = first?.failure ?? attempt.cause;
  const host = first?.host ?? attempt.seeds[0] ?? '';
  const cause = raw === undefined ? undefined : safeCause(raw, attempt.secrets);
  const make = (code: 'tls-failed' | 'unreachable-host', reason: string, more: ErrorFacts = {}): MigrationError =>
    new MigrationError(
      code,
      { reason, host, hosts: attempt.seeds, ...(cause ? { message: cause.message } : {}), ...more },
      cause ? { cause } : {},
    );

  const tls = tlsReason(raw);
  if (tls) return make('tls-failed', tls);
  const network = networkReason(raw);
  if (attempt.answered.length > 0) {
    // The seed answered, the servers that it names do not: usual behind tunnels, containers and private endpoints.
    if (attempt.hosts.length === 0)
      return make('unreachable-host', 'wrong-replica-set-name', { host: attempt.answered[0] });
    if (!attempt.answered.includes(host)) {
      const members = attempt.hosts.map((failure) => failure.host);
      return make('unreachable-host', 'members-unreachable', { members, network });
    }
  }
  if (network) return make('unreachable-host', network, { srv: attempt.srv });
  if (!first) return make('unreachable-host', attempt.srv ? 'dns' : 'timeout', { srv: attempt.srv });
  const seen = await lookAtDoor(first.host, attempt.tls, Math.max(200, Math.min(1000, attempt.remainingMs / 2)));
  if (seen === 'closed') return make('unreachable-host', 'closed');
  const refused = seen === 'client-certificate-required' && attempt.hasClientCertificate;
  return make('tls-failed', refused ? 'client-certificate-refused' : seen);
}
