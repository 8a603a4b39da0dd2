import type { IndexFacts } from '../model/facts.js';
import type { IndexWhy } from './whys.js';

/** What one target does with one index, before limits and duplicates across the collection are looked at. */
export type IndexDecision =
  | { readonly kind: 'keep' }
  | { readonly kind: 'rewrite'; readonly whys: readonly IndexWhy[]; readonly to: IndexFacts }
  | { readonly kind: 'skip'; readonly why: IndexWhy };

/** Fields of an index that a target may lack. */
export type DroppableField =
  | 'expireAfterSeconds'
  | 'partialFilterExpression'
  | 'collation'
  | 'wildcardProjection'
  | 'sizeBytes'
  | 'usageOps'
  | 'usageSince';

/** The index without some of its fields. */
export function without(index: IndexFacts, ...fields: readonly DroppableField[]): IndexFacts {
  return Object.fromEntries(
    Object.entries(index).filter(([name]) => !(fields as readonly string[]).includes(name)),
  ) as unknown as IndexFacts;
}

/** The special kinds in a key: `text`, `hashed`, `2dsphere` ... */
export function keyKinds(index: IndexFacts): readonly string[] {
  return index.key.flatMap(([, value]) => (typeof value === 'string' ? [value] : []));
}

/** `$**` over the whole document, or below a path. */
export function isWildcard(index: IndexFacts): boolean {
  return index.key.some(([path]) => path === '$**' || path.endsWith('.$**'));
}

/** Whether its documents expire, whenever that is. */
export function isTtl(index: IndexFacts): boolean {
  return index.expireAfterSeconds !== undefined;
}

/** The collation that compares bytes is what every target does anyway. */
export function hasCollation(index: IndexFacts): boolean {
  return index.collation !== undefined && index.collation['locale'] !== 'simple';
}

/**
 * Expiry in seconds has to fit 31 bits (MongoDB's own limit); old servers kept NaN and larger numbers, which newer ones read as "never" or, once, as "now".
 * Source: mongodb.com/docs/manual/core/index-ttl ("TTL indexes with expireAfterSeconds set to NaN").
 */
export function hasInvalidExpiry(index: IndexFacts): boolean {
  const seconds = index.expireAfterSeconds;
  return seconds !== undefined && !(seconds >= 0 && seconds <= 2_147_483_647);
}

/** Collects the changes to one index and turns them into a decision. */
export class Rewriting {
  private readonly whys: IndexWhy[] = [];
  private current: IndexFacts;

  constructor(index: IndexFacts) {
    this.current = index;
  }

  when(condition: boolean, why: IndexWhy, change: (index: IndexFacts) => IndexFacts): this {
    if (condition) {
      this.whys.push(why);
      this.current = change(this.current);
    }
    return this;
  }

  decision(): IndexDecision {
    return this.whys.length === 0 ? { kind: 'keep' } : { kind: 'rewrite', whys: this.whys, to: this.current };
  }
}
