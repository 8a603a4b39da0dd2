/** A connection string from single answers, and from one that was typed without percent-encoding. */

export type AuthMechanism = 'none' | 'password' | 'x509' | 'ldap';

export interface ConnectionAnswers {
  /** `host:port, host:port`, or one name for a lookup in the DNS. */
  readonly hosts: string;
  readonly srv: boolean;
  readonly auth: AuthMechanism;
  readonly user?: string;
  readonly password?: string;
  /** Where the user is defined; the server's default is `admin`. */
  readonly authSource?: string;
  readonly tls: boolean;
  readonly replicaSet?: string;
  readonly direct?: boolean;
}

/** RFC 3986 leaves these to be escaped too. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Not checked: whoever parses it says what is wrong. */
export function buildConnectionString(answers: ConnectionAnswers): string {
  const { hosts, srv, auth, user, password, authSource, tls, replicaSet, direct } = answers;
  const named = auth !== 'none' && user !== undefined && user !== '';
  const secret = auth === 'x509' || password === undefined || password === '' ? '' : `:${encode(password)}`;
  const options: (readonly [string, string])[] = [];
  if (auth === 'x509') options.push(['authMechanism', 'MONGODB-X509'], ['authSource', '$external']);
  if (auth === 'ldap') options.push(['authMechanism', 'PLAIN'], ['authSource', '$external']);
  if (auth === 'password' && authSource !== undefined && authSource !== '') options.push(['authSource', authSource]);
  // A lookup in the DNS means TLS unless it is said otherwise.
  if (tls !== srv) options.push(['tls', String(tls)]);
  if (replicaSet !== undefined && replicaSet !== '') options.push(['replicaSet', replicaSet]);
  if (direct) options.push(['directConnection', 'true']);
  const query = options.map(([name, value]) => `${name}=${encode(value)}`).join('&');
  const list = hosts
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '')
    .join(',');
  return `mongodb${srv ? '+srv' : ''}://${named ? `${encode(user)}${secret}@` : ''}${list}/${query === '' ? '' : `?${query}`}`;
}

const HOST = String.raw`(?:\[[0-9a-fA-F:.]+\]|[^\s@/?#:,[\]%]+)(?::\d{1,5})?`;
/** What may follow the `@` before the hosts: hosts, at most a database without an `@`, options. */
const AFTER_CREDENTIALS = new RegExp(String.raw`^${HOST}(?:,${HOST})*(?:/[^@?/]*)?(?:\?[A-Za-z]+=[^?]*)?$`);

/**
 * The same with user and password percent-encoded as they were typed; undefined where the text has no credentials that could be meant.
 * The first `@` that can stand before hosts ends the credentials, their first `:` the user.
 */
export function escapeCredentials(text: string): string | undefined {
  const scheme = /^mongodb(?:\+srv)?:\/\//.exec(text.trim())?.[0];
  if (scheme === undefined) return undefined;
  const rest = text.trim().slice(scheme.length);
  for (let at = rest.indexOf('@'); at >= 0; at = rest.indexOf('@', at + 1)) {
    if (!AFTER_CREDENTIALS.test(rest.slice(at + 1))) continue;
    const credentials = rest.slice(0, at);
    const colon = credentials.indexOf(':');
    if (colon <= 0) return undefined;
    return `${scheme}${encode(credentials.slice(0, colon))}:${encode(credentials.slice(colon + 1))}${rest.slice(at)}`;
  }
  return undefined;
}

/** What follows a host's colon is a port, what follows a user's is a password, also while it is being typed. */
const PASSWORD_BEGUN = /^mongodb(?:\+srv)?:\/\/(?!\[)[^:@/?]*:(?!\d*(?:[,/?]|$))/i;
const PASSWORD_WHOLE = /^mongodb(?:\+srv)?:\/\/[^:@/]*:[^@]+@/i;
const SECRET_OPTION =
  /[?&](?:tlsCertificateKeyFilePassword|sslPEMKeyPassword|proxyPassword)=|AWS_SESSION_TOKEN(?::|%3A)/i;

/** True where the text holds something that looks like a secret, so that it is not to be shown. */
export function seemsToHoldPassword(text: string): boolean {
  return [PASSWORD_BEGUN, PASSWORD_WHOLE, SECRET_OPTION].some((pattern) => pattern.test(text.trim()));
}
