import { MigrationError } from './error.js';

/** A collection's full name. The collection part may hold dots, dollars, spaces and any Unicode; the database part may not hold dots. */
export interface Namespace {
  readonly db: string;
  readonly coll: string;
}

/** `db.coll`, unambiguous because a database name holds no dot. */
export function formatNamespace(ns: Namespace): string {
  return `${ns.db}.${ns.coll}`;
}

/**
 * Splits at the first dot.
 * @throws MigrationError `bad-namespace` where there is no dot, an empty part, or a null character.
 */
export function parseNamespace(text: string): Namespace {
  const dot = text.indexOf('.');
  if (dot <= 0 || dot === text.length - 1 || text.includes('\0')) {
    throw new MigrationError('bad-namespace', { namespace: text });
  }
  return { db: text.slice(0, dot), coll: text.slice(dot + 1) };
}

/** By both names, to the letter. */
export function sameNamespace(a: Namespace, b: Namespace): boolean {
  return a.db === b.db && a.coll === b.coll;
}

/** Databases of the server itself, never migrated. */
export const SYSTEM_DATABASES: ReadonlySet<string> = new Set(['admin', 'local', 'config']);

/** True for what the server keeps for itself: the system databases and `system.*` collections (views' and time-series' storage among them). */
export function isSystemNamespace(ns: Namespace): boolean {
  return SYSTEM_DATABASES.has(ns.db) || ns.coll.startsWith('system.');
}

/** Which namespaces take part and what they are called on the target. Patterns: `db.coll`, `db.*`, `*` any run of characters, `\*` a star itself. */
export interface NamespaceSelection {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Exact names, source to target: `{ from: 'shop.orders', to: 'store.orders' }`. */
  readonly rename: readonly { readonly from: string; readonly to: string }[];
}

export const EVERYTHING: NamespaceSelection = { include: [], exclude: [], rename: [] };

function patternToRegExp(pattern: string): RegExp {
  const source = pattern.replace(/\\\*|[\\^$.*+?()[\]{}|]/g, (token) =>
    token === '*' ? '.*' : token === '\\*' ? '\\*' : `\\${token}`,
  );
  return new RegExp(`^${source}$`, 'su');
}

interface Matcher {
  /** Patterns without a star are compared as they are: a selection made by clicking names thousands. */
  readonly names: ReadonlySet<string>;
  readonly patterns: readonly RegExp[];
}

function matcherOf(patterns: readonly string[]): Matcher {
  const names = new Set<string>();
  const expressions: RegExp[] = [];
  for (const pattern of patterns) {
    const whole = pattern.includes('.') ? pattern : `${pattern}.*`;
    const withoutEscaped = whole.replaceAll('\\*', '');
    if (withoutEscaped.includes('*')) expressions.push(patternToRegExp(whole));
    else names.add(whole.replaceAll('\\*', '*'));
  }
  return { names, patterns: expressions };
}

const matches = (matcher: Matcher, name: string): boolean =>
  matcher.names.has(name) || matcher.patterns.some((pattern) => pattern.test(name));

/** By the array of patterns, which nobody changes: a selection is asked once for every namespace. */
const matchers = new WeakMap<readonly string[], Matcher>();

function matcherFor(patterns: readonly string[]): Matcher {
  let matcher = matchers.get(patterns);
  if (!matcher) matchers.set(patterns, (matcher = matcherOf(patterns)));
  return matcher;
}

/** True when the selection takes this namespace: included (an empty list includes all) and not excluded. A pattern without a dot names a database. */
export function isSelected(selection: NamespaceSelection, ns: Namespace): boolean {
  const name = formatNamespace(ns);
  const { include, exclude } = selection;
  return (include.length === 0 || matches(matcherFor(include), name)) && !matches(matcherFor(exclude), name);
}

/** A pattern that takes exactly this namespace. */
export function exactPattern(ns: Namespace): string {
  return formatNamespace(ns).replaceAll('*', '\\*');
}

/** The namespace's name on the target. */
export function renameNamespace(selection: NamespaceSelection, ns: Namespace): Namespace {
  const name = formatNamespace(ns);
  const rule = selection.rename.find((r) => r.from === name);
  return rule ? parseNamespace(rule.to) : ns;
}
