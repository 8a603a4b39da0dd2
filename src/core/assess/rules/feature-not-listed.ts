import { mayBeOwn } from '../features/own-uses.js';
import { hitOf, seenUses } from '../features/seen-uses.js';
import { featureSource, supportOf } from '../features/target-support.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** What the documentation neither lists nor rules out. */
export const featureNotListed: Rule = {
  id: 'feature-not-listed',
  severity: 'info',
  remedy: 'try-on-target',
  source: SOURCES.ruFeatures,
  targets: ON_RU,
  looksAt: 'usage',
  check: (context) =>
    seenUses(context)
      .filter((use) => supportOf(context.target, use.kind, use.name) === 'unlisted' && !mayBeOwn(use))
      .map((use) => hitOf(context, use, featureSource(context.target))),
};
