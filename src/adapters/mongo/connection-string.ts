/** Connection strings: taken apart, put together and shown without ever letting a secret out by accident. */
import { inspect } from 'node:util';
import { CommaAndColonSeparatedRecord, ConnectionString as Url } from 'mongodb-connection-string-url';
import { MigrationError } from '../../core/model/error.js';
import { REDACTED } from '../../core/model/redact.js';

/** Options whose value is a secret. */
const SECRET_OPTIONS = ['tlsCertificateKeyFilePassword', 'sslPEMKeyPassword', 'proxyPassword'] as const;
const SECRET_MECHANISM_PROPERTIES = ['AWS_SESSION_TOKEN'] as const;

/** What is wrong with a connection string, for a sentence to be made of. */
type ConnectionStringFlaw =
  | 'empty'
  | 'scheme'
  | 'no-host'
  | 'bad-host'
  | 'bad-port'
  | 'bad-escape'
  | 'unescaped-credentials'
  | 'no-user-for-password'
  | 'srv-needs-one-name'
  | 'srv-takes-no-port'
  | 'bad-option'
  | 'malformed';

const bad = (reason: ConnectionStringFlaw, facts: Record<string, string> = {}): MigrationError =>
  new MigrationError('bad-connection-string', { reason, ...facts });

/** RU accounts by host name: 3.6 and newer, and 3.2 (facts, section 1.1), sovereign clouds included. */
export function isCosmosRuHost(host: string): boolean {
  return /(\.mongo\.cosmos\.azure\.[a-z]+|\.documents\.azure\.[a-z]+)$/i.test(hostName(host));
}

/** `host:port` without its port; the brackets of an IPv6 address are dropped. */
export function hostName(host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host);
  return bracketed?.[1] ?? host.replace(/:\d+$/, '');
}

/** Port of `host:port`, 27017 where there is none. */
export function hostPort(host: string): number {
  const port = /(?:^|[^:\]]|\]):(\d+)$/.exec(host)?.[1];
  return port === undefined ? 27_017 : Number(port);
}

/** True for names and addresses that never leave the machine. */
export function isLoopbackHost(host: string): boolean {
  const name = hostName(host).toLowerCase();
  return name === 'localhost' || name === '::1' || name.endsWith('.sock') || /^127(\.\d{1,3}){3}$/.test(name);
}

function encode(text: string): string {
  try {
    // RFC 3986 leaves these to be escaped too; some tools split at them.
    return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  } catch {
    throw bad('bad-escape');
  }
}

/**
 * A valid connection string. Printing, logging, serialising or inspecting it shows no secret; only {@link reveal} does, and only adapters
 * that hand it to the driver or to a tool's private file may call that.
 */
export class ConnectionString {
  readonly #url: Url;

  private constructor(url: Url) {
    this.#url = url;
  }

  /** @throws MigrationError `bad-connection-string` with a `reason`. */
  static parse(text: string, options: { readonly password?: string } = {}): ConnectionString {
    const trimmed = text.trim();
    findFlaw(trimmed);
    let url: Url;
    try {
      url = new Url(trimmed);
    } catch {
      // The library's error repeats the string; nothing of it may go further.
      throw bad('malformed');
    }
    if (url.hosts.some(isCosmosRuHost)) {
      // RU accounts refuse retryable writes and their balancer drops connections idle for 4 minutes (facts, sections 1.1 and 2.1).
      url.searchParams.set('retryWrites', 'false');
      if (!param(url, 'maxIdleTimeMS')) url.searchParams.set('maxIdleTimeMS', '120000');
    }
    const parsed = new ConnectionString(url);
    return options.password === undefined ? parsed : parsed.withPassword(options.password);
  }

  get hosts(): readonly string[] {
    return this.#url.hosts;
  }

  get isSrv(): boolean {
    return this.#url.isSRV;
  }

  get username(): string | undefined {
    return this.#url.username === '' ? undefined : decodeURIComponent(this.#url.username);
  }

  get password(): string | undefined {
    return this.#url.password === '' ? undefined : decodeURIComponent(this.#url.password);
  }

  /** Database of the path, the default one of `authSource`. */
  get database(): string | undefined {
    const path = decodeURIComponent(this.#url.pathname.replace(/^\//, ''));
    return path === '' ? undefined : path;
  }

  /** An option's value, its name in any case. Not for secret options. */
  option(name: string): string | undefined {
    return param(this.#url, name);
  }

  /** True when connections use TLS: said so, or the default of `mongodb+srv`. */
  get tls(): boolean {
    const said = this.option('tls') ?? this.option('ssl');
    return said === undefined ? this.isSrv : said.toLowerCase() === 'true';
  }

  /** Every literal that must not appear anywhere: as it is and as it stands in the string. */
  get secrets(): readonly string[] {
    const found = [this.password, this.#url.password, ...SECRET_OPTIONS.map((name) => this.option(name))];
    const properties = mechanismProperties(this.#url);
    for (const name of SECRET_MECHANISM_PROPERTIES) found.push(properties.get(name));
    return [...new Set(found)].filter((s): s is string => s !== undefined && s !== '');
  }

  /** @throws MigrationError `bad-connection-string` where the string names no user or the password is not valid Unicode. */
  withPassword(password: string): ConnectionString {
    if (this.#url.username === '') throw bad('no-user-for-password');
    const url = this.#url.clone();
    url.password = encode(password);
    return new ConnectionString(url);
  }

  /** The same with every secret of `other` that this one has no value for: its password where this one names a user, and its secret options. */
  withSecretsOf(other: ConnectionString): ConnectionString {
    const url = this.#url.clone();
    if (url.username !== '' && url.password === '') url.password = other.#url.password;
    for (const name of SECRET_OPTIONS) {
      const value = param(other.#url, name);
      if (value !== undefined && param(url, name) === undefined) url.searchParams.set(name, value);
    }
    const [own, others] = [mechanismProperties(url), mechanismProperties(other.#url)];
    for (const name of SECRET_MECHANISM_PROPERTIES) {
      const value = others.get(name);
      if (value === undefined || own.has(name)) continue;
      own.set(name, value);
      url.searchParams.set('authMechanismProperties', own.toString());
    }
    return new ConnectionString(url);
  }

  /** The same without anything secret; the user's name stays. */
  withoutPassword(): ConnectionString {
    const url = this.#url.clone();
    url.password = '';
    for (const name of SECRET_OPTIONS) url.searchParams.delete(name);
    const properties = mechanismProperties(url);
    if (SECRET_MECHANISM_PROPERTIES.some((name) => properties.delete(name))) {
      if (properties.size > 0) url.searchParams.set('authMechanismProperties', properties.toString());
      else url.searchParams.delete('authMechanismProperties');
    }
    return new ConnectionString(url);
  }

  /** A copy with options set, or removed where the value is undefined. */
  withOptions(options: Readonly<Record<string, string | undefined>>): ConnectionString {
    const url = this.#url.clone();
    for (const [name, value] of Object.entries(options)) {
      if (value === undefined) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    return new ConnectionString(url);
  }

  /** One server of the cluster, addressed directly. `options` carries what an SRV lookup would have added. */
  direct(host: string, options: Readonly<Record<string, string | undefined>> = {}): ConnectionString {
    const text = this.#url.toString().replace(/^mongodb\+srv:/, 'mongodb:');
    const url = new Url(text, { looseValidation: true });
    url.hosts = [host];
    const gone = [
      'replicaSet',
      'loadBalanced',
      'srvMaxHosts',
      'srvServiceName',
      'readPreference',
      'readPreferenceTags',
    ];
    for (const name of [...gone, 'maxStalenessSeconds']) url.searchParams.delete(name);
    return new ConnectionString(url).withOptions({
      tls: String(this.tls),
      ssl: undefined,
      directConnection: 'true',
      ...options,
    });
  }

  /** The string with its secrets. For the driver and the tools' private files only. */
  reveal(): string {
    return this.#url.toString();
  }

  toString(): string {
    const shown = this.withoutPassword();
    if (this.#url.password !== '') shown.#url.password = REDACTED;
    return shown.#url.toString();
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return `ConnectionString(${this.toString()})`;
  }
}

function param(url: Url, name: string): string | undefined {
  return url.searchParams.get(name) ?? undefined;
}

function mechanismProperties(url: Url): CommaAndColonSeparatedRecord {
  return new CommaAndColonSeparatedRecord(param(url, 'authMechanismProperties') ?? null);
}

/** Names the flaw as exactly as possible, so that a user is told what to change. */
function findFlaw(text: string): void {
  if (text === '') throw bad('empty');
  const scheme = /^mongodb(\+srv)?:\/\//.exec(text);
  if (!scheme) throw bad('scheme');
  const rest = text.slice(scheme[0].length);
  const authority = /^[^/?]*/.exec(rest)?.[0] ?? '';
  // A password holding an unescaped / or ? cuts the authority short: an @ after it tells.
  const pastAuthority = rest.slice(authority.length).split('?')[0] ?? '';
  if (authority.split('@').length > 2 || (!authority.includes('@') && pastAuthority.includes('@'))) {
    throw bad('unescaped-credentials');
  }
  const at = authority.lastIndexOf('@');
  if (at >= 0) {
    const credentials = authority.slice(0, at);
    if (credentials === '' || credentials.startsWith(':')) throw bad('no-user-for-password');
    if (/[/?#[\]@]/.test(credentials) || credentials.split(':').length > 2) throw bad('unescaped-credentials');
    try {
      decodeURIComponent(credentials);
    } catch {
      throw bad('bad-escape');
    }
  }
  const hosts = authority.slice(at + 1).split(',');
  if (hosts.every((host) => host === '')) throw bad('no-host');
  if (scheme[1]) {
    if (hosts.length !== 1) throw bad('srv-needs-one-name');
    if (hosts[0]?.includes(':')) throw bad('srv-takes-no-port');
  }
  // A part of the credentials was taken for a host.
  const cutShort = (at < 0 && rest.includes('@')) || pastAuthority.includes('@');
  for (const host of hosts) checkHost(host, cutShort);
}

function checkHost(host: string, cutShort: boolean): void {
  if (host.endsWith('.sock')) return;
  const match = /^(\[[0-9a-fA-F:.%]+\]|[^:[\]\s#<>"\\^`{|}]+)(?::(.*))?$/.exec(host);
  if (!match) throw bad(cutShort ? 'unescaped-credentials' : 'bad-host');
  if (match[2] !== undefined && (!/^\d{1,5}$/.test(match[2]) || Number(match[2]) < 1 || Number(match[2]) > 65_535)) {
    throw bad(cutShort ? 'unescaped-credentials' : 'bad-port');
  }
}

/** Parses and validates. @throws MigrationError `bad-connection-string` with a `reason` and nothing secret. */
export function parseConnectionString(text: string, options: { readonly password?: string } = {}): ConnectionString {
  return ConnectionString.parse(text, options);
}

/** The string without its password, and the password by itself: what a plan keeps and what a secret store keeps. */
export function splitPassword(text: string): { readonly uri: string; readonly password?: string } {
  const parsed = ConnectionString.parse(text);
  const password = parsed.password;
  const uri = parsed.withoutPassword().reveal();
  return password === undefined ? { uri } : { uri, password };
}

/** Text of the connection string without anything secret; fit for a plan file. */
export function withoutPassword(text: string): string {
  return ConnectionString.parse(text).withoutPassword().reveal();
}

/** `host:port` of every server named; a `mongodb+srv` string names one domain. */
export function hostList(text: string): readonly string[] {
  return ConnectionString.parse(text).hosts;
}
