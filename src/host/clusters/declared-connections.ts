/** Clusters that the settings declare. A secret there is only ever the name of an environment variable. */
import type { ClusterProfile, ClusterRole } from './cluster-profile.js';

/** Prefix of the ids of clusters that the settings declare. */
const SETTINGS_ID = 'settings:';

export interface DeclaredConnection {
  readonly profile: ClusterProfile;
  /** The connection string with its references still in it. */
  readonly template: string;
  /** Set where the password is one variable and nothing else: a plan can then name it. */
  readonly passwordVariable?: string;
}

export type Refusal =
  'not-an-object' | 'no-name' | 'same-name' | 'bad-role' | 'no-connection-string' | 'literal-secret' | 'not-set';

export interface RefusedConnection {
  /** As declared, or its place in the list. */
  readonly name: string;
  readonly reason: Refusal;
  /** The variable that is not set. */
  readonly variable?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g;
/** Stands around a variable's name while a string is taken apart; no connection string holds it. */
const MASK = '\0';
const ONE_MASKED = new RegExp(`^${MASK}(\\w+)${MASK}$`);
const ANY_MASKED = new RegExp(`${MASK}(\\w+)${MASK}`, 'g');
const SECRET_OPTION = /([?&](?:tlsCertificateKeyFilePassword|sslPEMKeyPassword|proxyPassword)=)([^&]*)/gi;
const SESSION_TOKEN = /(AWS_SESSION_TOKEN(?::|%3A))((?:(?!,|&|%2C).)*)/gi;

/** Reads the setting's list; what cannot be used is refused with its reason, the rest works. */
export function readDeclared(
  entries: readonly unknown[],
  env: Environment,
): { readonly connections: readonly DeclaredConnection[]; readonly refused: readonly RefusedConnection[] } {
  const connections: DeclaredConnection[] = [];
  const refused: RefusedConnection[] = [];
  const names = new Set<string>();
  entries.forEach((entry, i) => {
    const read = readOne(entry, env);
    if ('reason' in read) refused.push({ ...read, name: read.name === '' ? `#${i + 1}` : read.name });
    else if (names.has(read.profile.name)) refused.push({ name: read.profile.name, reason: 'same-name' });
    else {
      names.add(read.profile.name);
      connections.push(read);
    }
  });
  return { connections, refused };
}

function readOne(entry: unknown, env: Environment): DeclaredConnection | RefusedConnection {
  if (typeof entry !== 'object' || entry === null) return { name: '', reason: 'not-an-object' };
  const { name, role, connectionString, tlsCAFile, tlsCertificateKeyFile } = entry as Record<string, unknown>;
  if (typeof name !== 'string' || name.trim() === '') return { name: '', reason: 'no-name' };
  if (!isRole(role)) return { name, reason: 'bad-role' };
  if (typeof connectionString !== 'string' || !/^mongodb(\+srv)?:\/\//.test(connectionString)) {
    return { name, reason: 'no-connection-string' };
  }
  const parts = takeApart(connectionString);
  if (parts === undefined) return { name, reason: 'literal-secret' };
  let missing: string | undefined;
  const uri = parts.withoutSecrets.replace(REFERENCE, (_, variable: string) => {
    const value = env[variable];
    if (value === undefined) missing = variable;
    return encodeURIComponent(value ?? '');
  });
  if (missing !== undefined) return { name, reason: 'not-set', variable: missing };
  return {
    profile: {
      id: `${SETTINGS_ID}${name}`,
      name,
      role,
      origin: 'settings',
      uri,
      secret: parts.withoutSecrets === connectionString ? 'none' : 'environment',
      ...(typeof tlsCAFile === 'string' && tlsCAFile !== '' ? { tlsCAFile } : {}),
      ...(typeof tlsCertificateKeyFile === 'string' && tlsCertificateKeyFile !== '' ? { tlsCertificateKeyFile } : {}),
    },
    template: connectionString,
    ...(parts.passwordVariable === undefined ? {} : { passwordVariable: parts.passwordVariable }),
  };
}

/** The string without its secrets; undefined where one of them stands there as it is. */
function takeApart(text: string): { readonly withoutSecrets: string; readonly passwordVariable?: string } | undefined {
  // A reference has a colon of its own, which is not the one before the password.
  const masked = text.replace(REFERENCE, MASK + '$1' + MASK);
  const { before, query } = splitQuery(masked);
  const start = before.indexOf('://') + 3;
  const at = before.lastIndexOf('@');
  const colon = before.indexOf(':', start);
  const hasPassword = at >= start && colon >= start && colon < at;
  const password = hasPassword ? before.slice(colon + 1, at) : '';
  const passwordVariable = ONE_MASKED.exec(password)?.[1];
  if (password !== '' && passwordVariable === undefined) return undefined;
  let literal = false;
  const check = (_: string, _start: string, value: string): string => {
    if (value !== '' && !ONE_MASKED.test(value)) literal = true;
    return '';
  };
  const harmless = query.replace(SECRET_OPTION, check).replace(SESSION_TOKEN, check);
  if (literal) return undefined;
  const kept = (hasPassword ? before.slice(0, colon) + before.slice(at) : before) + harmless.replace(/^&/, '?');
  return {
    withoutSecrets: kept.replace(ANY_MASKED, '${env:$1}'),
    ...(passwordVariable === undefined ? {} : { passwordVariable }),
  };
}

/** The query starts at the first `?` after the hosts: one before an `@` belongs to a password. */
function splitQuery(text: string): { readonly before: string; readonly query: string } {
  const scheme = text.indexOf('://') + 3;
  const question = /\?[A-Za-z]+=/.exec(text.slice(scheme));
  if (!question) return { before: text, query: '' };
  const at = scheme + question.index;
  return { before: text.slice(0, at), query: text.slice(at) };
}

function isRole(value: unknown): value is ClusterRole {
  return value === 'source' || value === 'target';
}

/** The connection string with every reference replaced, percent-encoded; the variable that is not set, where there is one. */
export function resolveReferences(
  template: string,
  env: Environment,
): { readonly kind: 'resolved'; readonly text: string } | { readonly kind: 'not-set'; readonly variable: string } {
  let missing: string | undefined;
  const text = template.replace(REFERENCE, (_, variable: string) => {
    const value = env[variable];
    if (value === undefined || value === '') missing ??= variable;
    return encodeURIComponent(value ?? '');
  });
  return missing === undefined ? { kind: 'resolved', text } : { kind: 'not-set', variable: missing };
}
