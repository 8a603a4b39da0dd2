/** What a transform makes of what a collection has besides documents: indexes and shard key follow their fields. */
import type { IndexFacts } from '../model/facts.js';
import type { CollectionTransform, PlannedCollection } from '../model/plan.js';
import type { IndexWhy } from './whys.js';

type Key = NonNullable<PlannedCollection['shardKey']>;

/** An index as documents have it after the transform, or why there is none. */
export type FollowedIndex =
  | { readonly kind: 'same' }
  | { readonly kind: 'renamed'; readonly to: IndexFacts }
  | { readonly kind: 'skip'; readonly why: IndexWhy };

interface Fields {
  readonly renamed: ReadonlyMap<string, string>;
  /** Left behind, and not set again. */
  readonly gone: ReadonlySet<string>;
}

function fieldsOf({ drop = [], rename = [], set = [] }: CollectionTransform): Fields {
  const made = new Set(set.map(({ field }) => field));
  return {
    renamed: new Map(rename.map(({ from, to }) => [from, to])),
    gone: new Set(drop.filter((name) => !made.has(name))),
  };
}

const topOf = (path: string): string => path.split('.', 1)[0] ?? path;

/** The path that a field of the source is under, on the target; undefined where it stays behind. */
function follow(path: string, { renamed, gone }: Fields): string | undefined {
  const top = topOf(path);
  if (gone.has(top)) return undefined;
  const to = renamed.get(top);
  return to === undefined ? path : `${to}${path.slice(top.length)}`;
}

/** The shard key with its new names; undefined where a field of it stays behind. */
export function followShardKey(key: Key, transform: CollectionTransform): Key | undefined {
  const fields = fieldsOf(transform);
  const followed: [string, number | string][] = [];
  for (const [path, value] of key) {
    const to = follow(path, fields);
    if (to === undefined) return undefined;
    followed.push([to, value]);
  }
  return followed;
}

/** A filter's paths, at its top and within `$and`, `$or` and `$nor`; undefined where it asks for a field that stays behind. */
function followFilter(filter: Readonly<Record<string, unknown>>, fields: Fields): Record<string, unknown> | undefined {
  const entries: [string, unknown][] = [];
  for (const [path, value] of Object.entries(filter)) {
    if (!path.startsWith('$')) {
      const to = follow(path, fields);
      if (to === undefined) return undefined;
      entries.push([to, value]);
    } else if (Array.isArray(value)) {
      const parts = value.map((part) => followFilter(part as Readonly<Record<string, unknown>>, fields));
      if (parts.includes(undefined)) return undefined;
      entries.push([path, parts]);
    } else entries.push([path, value]);
  }
  return Object.fromEntries(entries);
}

/** A name that stands in for fields in an option: of a text index's weights, of a wildcard's projection. */
function followNames(names: Readonly<Record<string, unknown>>, fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(names).map(([path, value]) => [follow(path, fields) ?? path, value]));
}

/** What a unique index would let through once: all its fields get the same value in every document. */
function isConstant(index: IndexFacts, { set = [] }: CollectionTransform): boolean {
  const constants = new Set(set.flatMap((s) => (s.when === 'always' && !('copyOf' in s) ? [s.field] : [])));
  return index.unique && index.key.every(([path]) => constants.has(topOf(path)));
}

/** Follows the fields of an index. Its name stays, so that whoever hints at it by name finds it. */
export function followIndex(index: IndexFacts, transform: CollectionTransform | undefined): FollowedIndex {
  if (!transform) return { kind: 'same' };
  const fields = fieldsOf(transform);
  const isText = index.key.some(([, value]) => value === 'text');
  const key: [string, number | string][] = [];
  for (const [path, value] of index.key) {
    // The fields of a text index are in its weights.
    const to = isText && (path === '_fts' || path === '_ftsx') ? path : follow(path, fields);
    if (to === undefined) return { kind: 'skip', why: 'field-dropped' };
    key.push([to, value]);
  }
  const weights = (index.otherOptions['weights'] ?? {}) as Readonly<Record<string, unknown>>;
  if (Object.keys(weights).some((path) => follow(path, fields) === undefined))
    return { kind: 'skip', why: 'field-dropped' };
  const { partialFilterExpression: filter, wildcardProjection: projection } = index;
  const partial = filter && followFilter(filter, fields);
  if (filter && !partial) return { kind: 'skip', why: 'field-dropped' };
  if (new Set(key.map(([path]) => path)).size < key.length) return { kind: 'skip', why: 'fields-merged' };
  if (isConstant({ ...index, key }, transform)) return { kind: 'skip', why: 'unique-constant' };
  const to: IndexFacts = {
    ...index,
    key,
    ...(partial ? { partialFilterExpression: partial } : {}),
    ...(projection ? { wildcardProjection: followNames(projection, fields) } : {}),
    otherOptions: otherOptions(index, fields),
  };
  return JSON.stringify(to) === JSON.stringify(index) ? { kind: 'same' } : { kind: 'renamed', to };
}

/** `language_override` names the field of a document that tells its language (MongoDB manual, "Text Indexes"). */
function otherOptions({ otherOptions: options }: IndexFacts, fields: Fields): IndexFacts['otherOptions'] {
  const { weights, language_override: language } = options;
  return {
    ...options,
    ...(weights === undefined ? {} : { weights: followNames(weights as Readonly<Record<string, unknown>>, fields) }),
    ...(typeof language === 'string' ? { language_override: follow(language, fields) ?? language } : {}),
  };
}
