import type { IndexFacts } from '../model/facts.js';
import { hasCollation, isTtl, isWildcard, keyKinds, Rewriting, without, type IndexDecision } from './index-shape.js';
import type { TargetDescription } from './target.js';
import type { IndexWhy } from './whys.js';

/** Fields of a compound index. Source: learn.microsoft.com/azure/cosmos-db/mongodb/error-codes-solutions (error 67). */
const MAX_COMPOUND_FIELDS = 8;
/** Levels of a path in an index. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
const MAX_PATH_LEVELS = 6;
/** The system's own time of last change, the one field that expires documents without a capability. */
const TTL_FIELD = '_ts';

/** What the rule needs to know of the collection on the target. */
export interface RuCollectionContext {
  readonly target: TargetDescription;
  /** Path of the target's shard key, absent for an unsharded collection. */
  readonly shardKey?: string;
  /** True when another index of this collection was given the one expiry on a custom path. */
  readonly customTtlTaken: boolean;
}

/** True when the expiry of this index works on an RU account. */
export function keepsTtlOnRu(index: IndexFacts, target: TargetDescription): boolean {
  const path = index.key[0]?.[0];
  if (index.unique || index.key.length !== 1) return false;
  return path === TTL_FIELD || target.capabilities.has('EnableTtlOnCustomPath');
}

/** A TTL index on a field that is not the service's own `_ts`. */
export function isCustomTtl(index: IndexFacts): boolean {
  return isTtl(index) && index.key[0]?.[0] !== TTL_FIELD;
}

function refusal(index: IndexFacts, context: RuCollectionContext): IndexWhy | undefined {
  const kinds = keyKinds(index);
  const paths = index.key.map(([path]) => path);
  const { capabilities } = context.target;
  if (kinds.includes('text')) return 'text-unsupported';
  if (kinds.includes('2d')) return '2d-unsupported';
  if (kinds.some((kind) => kind !== 'hashed' && kind !== '2dsphere')) return 'kind-unsupported';
  if (isWildcard(index) && index.key.length > 1) return 'compound-wildcard-unsupported';
  if (Object.keys(index.wildcardProjection ?? {}).length > 0) return 'wildcard-projection-unsupported';
  if (index.key.length > MAX_COMPOUND_FIELDS) return 'compound-too-many-fields';
  if (paths.some((path) => path.split('.').length > MAX_PATH_LEVELS)) return 'path-too-deep';
  const nested = !isWildcard(index) && (index.key.length > 1 || index.unique) && paths.some((p) => p.includes('.'));
  if (nested && !capabilities.has('EnableUniqueCompoundNestedDocs')) return 'nested-needs-capability';
  if (index.unique && context.shardKey !== undefined && paths[0] !== context.shardKey)
    return 'unique-without-shard-key';
  if (index.unique && index.sparse) return 'unique-sparse-unsupported';
  const partial = index.partialFilterExpression !== undefined;
  if (index.unique && partial && !capabilities.has('EnablePartialUniqueIndex')) return 'unique-partial-unsupported';
  if (index.hidden && !index.unique) return 'hidden-unsupported';
  if (index.key.length === 1 && kinds[0] === 'hashed' && paths[0] === context.shardKey) return 'shard-key-indexed';
  return undefined;
}

/**
 * One index on an RU account. What only narrows an index (sparse, partial, expiry, collation) is left off, as the index still serves the queries;
 * where leaving it off would refuse documents that the source holds (unique and sparse, unique and partial), the index is skipped.
 * Sources: learn.microsoft.com/azure/cosmos-db/mongodb/indexing, /feature-support-70, /how-to-configure-capabilities.
 */
export function decideOnRu(index: IndexFacts, context: RuCollectionContext): IndexDecision {
  const why = refusal(index, context);
  if (why !== undefined) return { kind: 'skip', why };
  const ttl = isTtl(index);
  const ttlKept = ttl && keepsTtlOnRu(index, context.target);
  const ttlTaken = ttlKept && isCustomTtl(index) && context.customTtlTaken;
  return new Rewriting(index)
    .when(keyKinds(index).includes('hashed'), 'hashed-to-ascending', (i) => ({
      ...i,
      key: i.key.map(([path, value]) => [path, value === 'hashed' ? 1 : value] as const),
    }))
    .when(index.sparse, 'sparse-dropped', (i) => ({ ...i, sparse: false }))
    .when(hasCollation(index), 'collation-dropped', (i) => without(i, 'collation'))
    .when(index.partialFilterExpression !== undefined && !index.unique, 'partial-dropped', (i) =>
      without(i, 'partialFilterExpression'),
    )
    .when(index.hidden, 'hidden-dropped', (i) => ({ ...i, hidden: false }))
    .when(ttl && !ttlKept, 'ttl-dropped', (i) => without(i, 'expireAfterSeconds'))
    .when(ttlTaken, 'ttl-one-per-collection', (i) => without(i, 'expireAfterSeconds'))
    .decision();
}
