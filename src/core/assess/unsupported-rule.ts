import type { FeatureKind } from '../model/usage.js';
import type { TargetKind } from '../plan/target.js';
import { mayBeOwn } from './features/own-uses.js';
import { hitOf, seenUses, type SeenUse } from './features/seen-uses.js';
import { featureSource, supportOf } from './features/target-support.js';
import type { AssessContext, Rule } from './rule.js';
import { SOURCES } from './sources.js';
import { ON_COSMOS } from './targets.js';

/** Server-side JavaScript, and text search: what is to be done about them is known, so that they have rules of their own. */
const JAVASCRIPT: ReadonlySet<string> = new Set(['$where', '$function', '$accumulator', 'mapReduce', 'eval']);
const TEXT_SEARCH: ReadonlySet<string> = new Set(['$text', '$meta', '$$SEARCH_META']);

/** What the target's documentation says that it does not take. */
export function unsupportedUses(context: AssessContext): readonly SeenUse[] {
  return seenUses(context).filter(({ kind, name }) => supportOf(context.target, kind, name) === 'no');
}

export type UseGroup = 'javascript' | 'text-search' | 'other';

/** Uses that share a remedy, by the name of the operator or command. */
export function groupOf({ name }: Pick<SeenUse, 'name'>): UseGroup {
  if (JAVASCRIPT.has(name)) return 'javascript';
  return TEXT_SEARCH.has(name) ? 'text-search' : 'other';
}

/**
 * A rule on what an application uses and the target lacks. It arrives with all data and breaks there: no blocker, but nothing to be left as it is.
 * A counter that may be nobody's application's is left to `feature-counted-unsupported`.
 */
export function unsupportedRule(
  id: string,
  remedy: string,
  isMeant: (use: SeenUse, group: UseGroup) => boolean,
  targets: readonly TargetKind[] = ON_COSMOS,
): Rule {
  return {
    id,
    severity: 'warning',
    remedy,
    source: SOURCES.ruFeatures,
    targets,
    looksAt: 'usage',
    check: (context) =>
      unsupportedUses(context)
        .filter((use) => !mayBeOwn(use) && isMeant(use, groupOf(use)))
        .map((use) => hitOf(context, use, featureSource(context.target))),
  };
}

/** An {@link unsupportedRule} for all features of a kind that have no remedy of their own. */
export function unsupportedKindRule(kind: FeatureKind, remedy: string, targets?: readonly TargetKind[]): Rule {
  return unsupportedRule(
    `feature-${kind}-unsupported`,
    remedy,
    (use, group) => use.kind === kind && group === 'other',
    targets,
  );
}
