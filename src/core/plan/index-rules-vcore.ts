import type { IndexFacts } from '../model/facts.js';
import { hasCollation, isWildcard, keyKinds, Rewriting, without, type IndexDecision } from './index-shape.js';
import type { IndexWhy } from './whys.js';

/** Source: learn.microsoft.com/azure/documentdb/limitations; the engine answers 13103 to the 33rd field. */
const MAX_COMPOUND_FIELDS = 32;

function usesOr(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(usesOr);
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => name === '$or' || usesOr(inner));
}

function refusal(index: IndexFacts): IndexWhy | undefined {
  const kinds = keyKinds(index);
  const paths = index.key.map(([path]) => path);
  if (kinds.some((kind) => !['text', 'hashed', '2d', '2dsphere'].includes(kind))) return 'kind-unsupported';
  if (isWildcard(index) && index.key.length > 1) return 'compound-wildcard-unsupported';
  if (kinds.includes('2dsphere') && index.key.length > 1) return 'compound-2dsphere-unsupported';
  if (index.key.length > MAX_COMPOUND_FIELDS) return 'compound-too-many-fields';
  const odd = (path: string): boolean => path === '' || path.endsWith('.') || path.startsWith('$');
  if (!isWildcard(index) && paths.some(odd)) return 'path-unsupported';
  if (index.unique && usesOr(index.partialFilterExpression)) return 'unique-partial-unsupported';
  if (index.hidden && !index.unique) return 'hidden-unsupported';
  return undefined;
}

/**
 * One index on vCore (Azure DocumentDB). Observed of the engine (DocumentDB 0.112): refuses any collation, `hidden`, text version 3, `$or` in a
 * partial filter, compound 2dsphere, compound wildcard, geoHaystack and columnstore; takes the rest.
 */
export function decideOnVcore(index: IndexFacts): IndexDecision {
  const why = refusal(index);
  if (why !== undefined) return { kind: 'skip', why };
  const textVersion = 'textIndexVersion' in index.otherOptions;
  return new Rewriting(index)
    .when(keyKinds(index).includes('text') && textVersion, 'text-version-dropped', (i) => ({
      ...i,
      otherOptions: Object.fromEntries(Object.entries(i.otherOptions).filter(([name]) => name !== 'textIndexVersion')),
    }))
    .when(hasCollation(index), 'collation-dropped', (i) => without(i, 'collation'))
    .when(usesOr(index.partialFilterExpression), 'partial-dropped', (i) => without(i, 'partialFilterExpression'))
    .when(index.hidden, 'hidden-dropped', (i) => ({ ...i, hidden: false }))
    .decision();
}
