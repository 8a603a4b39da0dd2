/** Indexes on their way to `createIndexes` and back from `listIndexes`. */
import { EJSON, type Document } from 'bson';
import { NAMED_INDEX_FIELDS, type IndexFacts } from '../../core/model/facts.js';
import type { Namespace } from '../../core/model/namespace.js';
import type { Plan } from '../../core/model/plan.js';
import type { ClusterSession } from '../ports.js';
import { NAMESPACE_NOT_FOUND, serverCodeOf } from './server-refusal.js';

function fromPlain(value: Readonly<Record<string, unknown>>): Document {
  return EJSON.deserialize(value, { relaxed: false }) as Document;
}

function toPlain(value: unknown): Readonly<Record<string, unknown>> {
  return JSON.parse(EJSON.stringify(value, { relaxed: false })) as Record<string, unknown>;
}

/**
 * What `createIndexes` is sent: only what the index says, never what a server adds by itself. An RU account is sent nothing that it does not know
 * (it refuses even `v`). The key is a Map, because an object would put integer-like field names first. In a collection with a default collation an index without
 * one is a `simple` one, which has to be said, or the server gives it the collection's.
 */
export function createSpec(index: IndexFacts, kind: Plan['targetKind'], inCollated = false): Document {
  const spec: Document = { key: new Map(index.key), name: index.name };
  if (index.unique) spec['unique'] = true;
  if (index.expireAfterSeconds !== undefined) spec['expireAfterSeconds'] = index.expireAfterSeconds;
  if (index.partialFilterExpression) spec['partialFilterExpression'] = fromPlain(index.partialFilterExpression);
  if (kind === 'cosmos-ru') return spec;
  if (index.sparse) spec['sparse'] = true;
  if (index.hidden) spec['hidden'] = true;
  if (index.collation) spec['collation'] = fromPlain(index.collation);
  else if (inCollated && kind === 'mongodb') spec['collation'] = { locale: 'simple' };
  if (index.wildcardProjection) spec['wildcardProjection'] = fromPlain(index.wildcardProjection);
  return { ...spec, ...fromPlain(index.otherOptions) };
}

function number(value: unknown): number | undefined {
  const result =
    typeof value === 'number' || (typeof value === 'object' && value !== null) ? Number(value) : Number.NaN;
  return Number.isFinite(result) ? result : undefined;
}

/** One entry of `listIndexes`, decoded. */
export function indexFactsOf(entry: Document): IndexFacts {
  const key = Object.entries((entry['key'] ?? {}) as Record<string, unknown>);
  const expire = number(entry['expireAfterSeconds']);
  const optional = (name: string): Record<string, unknown> =>
    entry[name] === undefined ? {} : { [name]: toPlain(entry[name]) };
  return {
    name: String(entry['name']),
    key: key.map(([path, value]) => [path, typeof value === 'string' ? value : (number(value) ?? 1)]),
    unique: entry['unique'] === true,
    sparse: entry['sparse'] === true,
    hidden: entry['hidden'] === true,
    ...(expire === undefined ? {} : { expireAfterSeconds: expire }),
    ...optional('partialFilterExpression'),
    ...optional('collation'),
    ...optional('wildcardProjection'),
    otherOptions: toPlain(Object.fromEntries(Object.entries(entry).filter(([name]) => !NAMED_INDEX_FIELDS.has(name)))),
  };
}

/** Indexes of a collection, `_id` among them; none where the collection does not exist. @throws MigrationError of the session. */
export async function readIndexes(
  session: ClusterSession,
  ns: Namespace,
  options: { signal?: AbortSignal } = {},
): Promise<IndexFacts[]> {
  try {
    // An RU account allows 500 indexes, others 64: always one batch.
    const reply = await session.command(ns.db, { listIndexes: ns.coll, cursor: { batchSize: 1_000 } }, options);
    const batch = ((reply['cursor'] as Document | undefined)?.['firstBatch'] ?? []) as Document[];
    return batch.map(indexFactsOf);
  } catch (error) {
    if (serverCodeOf(error) === NAMESPACE_NOT_FOUND) return [];
    throw error;
  }
}

/**
 * A decoded reply has lost the order of integer-like field names. Where the same fields are there, the expected order is given back to them.
 */
export function withOrderOf(expected: IndexFacts, actual: IndexFacts): IndexFacts {
  if (!actual.key.some(([path]) => /^\d+$/.test(path)) || actual.key.length !== expected.key.length) return actual;
  const found = new Map(actual.key);
  const key = expected.key.flatMap(([path]) => {
    const value = found.get(path);
    return value === undefined ? [] : [[path, value] as const];
  });
  return key.length === actual.key.length ? { ...actual, key } : actual;
}
