/** Connection strings with Studio 3T's own keys, as its export writes them. No driver may be given them: some refuse options that they do not know. */
import type { Plan } from '../../core/model/plan.js';

/** A row of databases that a person still reads; more are left for Studio 3T to list. */
const MOST_DATABASES = 50;

/** Red, green, blue: the source is to be looked at only, the target is written to. */
const COLOURS = { source: '46,125,50', target: '198,93,0' } as const;

export interface Studio3tAddresses {
  /** Connection strings without a password. The target's leads to the relay on this machine, which makes TLS itself. */
  readonly source: string;
  readonly target: string;
}

/**
 * The two connections, one string each. Names of keys and the form of their values as in strings that Studio 3T exported (docs/studio-3t.md lists them);
 * there is no key for its read-only lock among them, so that this is a step for the person.
 */
export function studio3tConnections(plan: Plan, addresses: Studio3tAddresses): Studio3tAddresses {
  return {
    source: withKeys(addresses.source, {
      ...common(`${plan.source.name} (source, read only)`, COLOURS.source),
      ...databases(plan.collections.map(({ source }) => source.db)),
    }),
    target: withKeys(addresses.target, {
      ...common(`${plan.target.name} (target, through the relay)`, COLOURS.target),
      '3t.connectionMode': 'direct',
      ...databases(plan.collections.map(({ target }) => target.db)),
    }),
  };
}

function common(name: string, colour: string): Readonly<Record<string, string>> {
  return {
    '3t.uriVersion': '3',
    '3t.connection.name': name,
    '3t.alwaysShowAuthDB': 'true',
    '3t.alwaysShowDBFromUserRole': 'true',
    '3t.defaultColor': colour,
  };
}

/** Those that a user without the right to list databases sees. A comma in a name would make two of one. */
function databases(all: readonly string[]): Readonly<Record<string, string>> {
  const names = [...new Set(all)].filter((name) => !name.includes(','));
  return names.length === 0 || names.length > MOST_DATABASES ? {} : { '3t.databases': names.join(',') };
}

function withKeys(uri: string, keys: Readonly<Record<string, string>>): string {
  const text = Object.entries(keys)
    .map(([key, value]) => `${key}=${encodeValue(value)}`)
    .join('&');
  if (uri.includes('?')) return `${uri}${uri.endsWith('?') ? '' : '&'}${text}`;
  return /^[a-z+]+:\/\/[^/]*$/.test(uri) ? `${uri}/?${text}` : `${uri}?${text}`;
}

/** Commas stay, as in what Studio 3T exports; half a surrogate pair cannot be sent. */
function encodeValue(value: string): string {
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\uFFFD')).replaceAll('%2C', ',');
}
