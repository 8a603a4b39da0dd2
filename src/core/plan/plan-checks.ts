import { MigrationError } from '../model/error.js';
import type { ClusterFacts, ClusterInventory } from '../model/facts.js';
import {
  formatNamespace,
  isSelected,
  isSystemNamespace,
  parseNamespace,
  sameNamespace,
  type Namespace,
  type NamespaceSelection,
} from '../model/namespace.js';
import type { PlannedCollection } from '../model/plan.js';
import { nearNames } from './near-names.js';
import type { NotMigratedWhy } from './whys.js';

export interface NamedCollections {
  readonly selection: NamespaceSelection;
  readonly collectionThroughput?: Readonly<Record<string, unknown>>;
  readonly shardKeys?: Readonly<Record<string, unknown>>;
  readonly transforms?: Readonly<Record<string, unknown>>;
}

/**
 * A name that the source does not have is a mistake in typing, which would otherwise leave a collection behind without a word.
 * @throws MigrationError `bad-plan`, `bad-namespace`.
 */
export function checkSelection(inventory: ClusterInventory, input: NamedCollections): void {
  const { selection } = input;
  const known = [...inventory.collections, ...inventory.failed, ...inventory.skipped].map((c) => c.ns);
  const knownNames = new Set(known.map(formatNamespace));
  const allNames = [...knownNames, ...known.map((ns) => ns.db)];
  for (const kind of ['include', 'exclude'] as const) {
    for (const pattern of selection[kind]) {
      const only = { include: [pattern], exclude: [], rename: [] };
      // A name is looked up; only a pattern is held against all.
      if (!knownNames.has(pattern) && !known.some((ns) => isSelected(only, ns))) {
        throw new MigrationError('bad-plan', {
          reason: `${kind}-matches-nothing`,
          pattern,
          near: nearNames(pattern.replace(/\.\*$/, ''), allNames),
        });
      }
    }
  }
  const names = new Set(
    inventory.collections.filter((c) => isSelected(selection, c.ns)).map((c) => formatNamespace(c.ns)),
  );
  const seen = new Set<string>();
  for (const { from, to } of selection.rename) {
    if (seen.has(from)) throw new MigrationError('bad-plan', { reason: 'rename-twice', namespace: from });
    seen.add(from);
    if (!names.has(from)) {
      const near = nearNames(from, names);
      throw new MigrationError('bad-plan', { reason: 'rename-unknown', namespace: from, near });
    }
    if (isSystemNamespace(parseNamespace(to))) {
      throw new MigrationError('bad-plan', { reason: 'rename-to-system', namespace: to });
    }
  }
  for (const namespace of Object.keys({ ...input.collectionThroughput, ...input.shardKeys, ...input.transforms })) {
    if (!names.has(namespace)) {
      const near = nearNames(namespace, names);
      throw new MigrationError('bad-plan', { reason: 'setting-unknown', namespace, near });
    }
  }
}

/** A name of the source's that the target refuses is told of in the plan; one that the user has just given is a mistake. @throws MigrationError `bad-plan`. */
export function checkRenamedTo(source: Namespace, target: Namespace, why: NotMigratedWhy | undefined): void {
  if (why?.startsWith('name-') && !sameNamespace(source, target)) {
    throw new MigrationError('bad-plan', { reason: 'name-refused-by-target', namespace: formatNamespace(target), why });
  }
}

/** Two collections on one name, or two databases that differ in case only, which every target takes for one. @throws MigrationError `bad-plan`. */
export function checkTargetNames(collections: readonly PlannedCollection[]): void {
  const sources = new Map<string, Namespace>();
  const databases = new Map<string, string>();
  for (const { source, target } of collections) {
    const name = formatNamespace(target);
    const other = sources.get(name);
    if (other) {
      const both = [formatNamespace(other), formatNamespace(source)];
      throw new MigrationError('bad-plan', { reason: 'rename-collision', namespace: name, sources: both });
    }
    sources.set(name, source);
    const spelled = databases.get(target.db.toLowerCase());
    if (spelled !== undefined && spelled !== target.db) {
      throw new MigrationError('bad-plan', { reason: 'database-case-collision', databases: [spelled, target.db] });
    }
    databases.set(target.db.toLowerCase(), target.db);
  }
}

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

function sameHostForm(host: string): string {
  const match = /^(.*?)(?::(\d+))?$/.exec(host.toLowerCase());
  const name = match?.[1] ?? host;
  return `${LOOPBACK.has(name) ? 'loopback' : name}:${match?.[2] ?? '27017'}`;
}

/** True when both connections end at one cluster, as far as host names tell. */
function isSameCluster(a: ClusterFacts, b: ClusterFacts): boolean {
  const hosts = new Set(a.hosts.map(sameHostForm));
  return b.hosts.some((host) => hosts.has(sameHostForm(host)));
}

/** Within one cluster a collection may be copied to a new name, never onto one that is being read. @throws MigrationError `source-is-target`. */
export function checkNotSource(
  source: ClusterFacts,
  target: ClusterFacts,
  collections: readonly PlannedCollection[],
): void {
  if (!isSameCluster(source, target)) return;
  const read = new Set(collections.map((c) => formatNamespace(c.source)));
  const clash = collections.find((c) => read.has(formatNamespace(c.target)));
  if (clash) {
    throw new MigrationError('source-is-target', {
      namespace: formatNamespace(clash.target),
      hosts: target.hosts.join(','),
    });
  }
}
