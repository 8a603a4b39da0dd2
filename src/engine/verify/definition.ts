/** What a collection is besides its documents: indexes and options, as planned against as found. */
import { EJSON, type Document } from 'bson';
import type { IndexFacts } from '../../core/model/facts.js';
import type { Plan, PlannedCollection } from '../../core/model/plan.js';
import { sameIndex, targetIndex } from '../../core/plan/target-index.js';
import { createOptions, readCollectionEntry } from '../prepare/create-collection.js';
import { readIndexes, withOrderOf } from '../prepare/index-spec.js';
import type { ClusterSession } from '../ports.js';
import type { DefinitionDifference } from './result.js';

export interface DefinitionReading {
  readonly differences: readonly DefinitionDifference[];
  /** The target's collection has a default collation: its `_id` order is not the order of bytes. */
  readonly collated: boolean;
}

/** Options that a server shows as they were given. vCore shows none of them, an RU account has none. */
const COMPARED_OPTIONS = [
  'capped',
  'viewOn',
  'pipeline',
  'timeseries',
  'validator',
  'collation',
  'clusteredIndex',
] as const;
/** A collation's version belongs to the server's library; a clustered index's name and version are the server's own. */
const SERVERS_OWN = new Set(['version', 'v', 'name']);

/** Reads the target's definition and compares it with the plan. @throws as the session does. */
export async function compareDefinition(
  planned: PlannedCollection,
  kind: Plan['targetKind'],
  target: ClusterSession,
  signal?: AbortSignal,
): Promise<DefinitionReading> {
  const entry = await readCollectionEntry(target, planned.target, signal);
  if (!entry) return { differences: [{ what: 'collection', kind: 'missing' }], collated: false };
  const options = (entry['options'] ?? {}) as Document;
  const differences = compareOptions(planned, kind, options);
  if (!planned.options.view) {
    const indexes = await readIndexes(target, planned.target, signal ? { signal } : {});
    differences.push(...compareIndexes(planned, kind, indexes));
  }
  return { differences, collated: options['collation'] !== undefined };
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return typeof value === 'boolean' ? Number(value) : value;
  const entries = Object.entries(value).filter(([name]) => !SERVERS_OWN.has(name));
  const [only] = entries;
  if (entries.length === 1 && only && /^\$number(Int|Long|Double)$/.test(only[0])) return Number(only[1]);
  return Object.fromEntries(entries.map(([name, inner]) => [name, plain(inner)]));
}

/** Plain data for comparing and showing; numbers without their type, which servers change at will. */
function comparable(value: unknown): unknown {
  return value === undefined ? undefined : plain(JSON.parse(EJSON.stringify(value, { relaxed: false })));
}

function covers(expected: unknown, actual: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return expected === actual;
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected) !== Array.isArray(actual)) return false;
  if (Array.isArray(expected) && expected.length !== (actual as unknown[]).length) return false;
  // What a server adds by default (a collation's full form) makes no difference.
  return Object.entries(expected).every(([name, inner]) => covers(inner, (actual as Record<string, unknown>)[name]));
}

function compareOptions(
  planned: PlannedCollection,
  kind: Plan['targetKind'],
  options: Document,
): DefinitionDifference[] {
  if (kind === 'cosmos-ru') return [];
  const wanted = createOptions(planned.options);
  const differences: DefinitionDifference[] = [];
  for (const option of COMPARED_OPTIONS) {
    if (kind === 'cosmos-vcore' && option !== 'viewOn' && option !== 'pipeline') continue;
    const expected = comparable(wanted[option]);
    const actual = comparable(options[option]);
    const what = `option:${option}`;
    if (expected === undefined && actual === undefined) continue;
    if (expected === undefined) differences.push({ what, kind: 'extra', actual });
    else if (actual === undefined) differences.push({ what, kind: 'missing', expected });
    else if (!covers(expected, actual)) differences.push({ what, kind: 'different', expected, actual });
  }
  return differences;
}

function shown(index: IndexFacts): unknown {
  const { name, key, unique, sparse, hidden, ...rest } = index;
  return {
    name,
    key,
    ...(unique ? { unique } : {}),
    ...(sparse ? { sparse } : {}),
    ...(hidden ? { hidden } : {}),
    ...rest,
  };
}

function isIdIndex(index: IndexFacts): boolean {
  return index.key.length === 1 && index.key[0]?.[0] === '_id' && !index.unique;
}

function compareIndexes(
  planned: PlannedCollection,
  kind: Plan['targetKind'],
  found: readonly IndexFacts[],
): DefinitionDifference[] {
  const differences: DefinitionDifference[] = [];
  const shardKey = planned.shardKey?.map(([path]) => path).join();
  let unexplained = found.filter((index) => index.name !== '_id_' && !isIdIndex(index));
  for (const one of planned.indexes) {
    const expected = targetIndex(one, kind);
    if (!expected) continue;
    const same = unexplained.find((actual) => sameIndex(expected, withOrderOf(expected, actual), kind));
    const named = same ?? unexplained.find((actual) => actual.name === expected.name);
    unexplained = unexplained.filter((actual) => actual !== named);
    const what = `index:${expected.name}`;
    // TTL indexes are made after verification, so as not to delete what is being verified; an earlier try may have made them.
    const later = one.fate.kind !== 'skip' && one.fate.when === 'after-verification';
    if (same || (later && !named)) continue;
    if (named) differences.push({ what, kind: 'different', expected: shown(expected), actual: shown(named) });
    else differences.push({ what, kind: 'missing', expected: shown(expected) });
  }
  for (const index of unexplained) {
    // An index on the shard key comes with it.
    if (shardKey !== undefined && index.key.map(([path]) => path).join() === shardKey) continue;
    differences.push({ what: `index:${index.name}`, kind: 'extra', actual: shown(index) });
  }
  return differences;
}
