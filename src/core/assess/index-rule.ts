import type { Severity } from '../model/finding.js';
import { splitWhys, type IndexWhy } from '../plan/whys.js';
import type { Rule } from './rule.js';

/** A rule on indexes that fires where the plan gives this reason: what is said before and what is done after cannot differ. */
export function indexRule(
  why: IndexWhy,
  severity: Severity,
  remedy: string,
  source: string,
  scope: Pick<Rule, 'targets' | 'targetVersions'>,
): Rule {
  return {
    id: `index-${why}`,
    severity,
    remedy,
    source,
    looksAt: 'metadata',
    ...scope,
    check: (context) =>
      context.collections.flatMap(({ facts, indexes }) =>
        indexes.flatMap(({ index, fate }) =>
          fate.kind !== 'create' && splitWhys(fate.why).includes(why)
            ? [{ ns: facts.ns, params: { index: index.name } }]
            : [],
        ),
      ),
  };
}
