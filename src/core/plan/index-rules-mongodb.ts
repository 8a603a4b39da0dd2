import type { IndexFacts } from '../model/facts.js';
import { isWildcard, keyKinds, Rewriting, type IndexDecision } from './index-shape.js';
import { isAtLeast, type TargetDescription } from './target.js';

/** One index on a MongoDB target: taken as it is, unless the server is older (or newer) than the kind of index. Source: the server's release notes. */
export function decideOnMongodb(index: IndexFacts, target: TargetDescription): IndexDecision {
  const version = target.versionArray;
  const kinds = keyKinds(index);
  const haystackGone = kinds.includes('geoHaystack') && isAtLeast(version, [5]);
  if (haystackGone || kinds.includes('columnstore')) return { kind: 'skip', why: 'kind-unsupported' };
  if (isWildcard(index) && !isAtLeast(version, [4, 2])) return { kind: 'skip', why: 'wildcard-unsupported' };
  if (isWildcard(index) && index.key.length > 1 && !isAtLeast(version, [7])) {
    return { kind: 'skip', why: 'compound-wildcard-unsupported' };
  }
  return new Rewriting(index)
    .when(index.hidden && !isAtLeast(version, [4, 4]), 'hidden-dropped', (i) => ({ ...i, hidden: false }))
    .decision();
}
