import { hitOf, seenUses } from '../features/seen-uses.js';
import { featureSource } from '../features/target-support.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Counters do not tell by which form of `$lookup` collections are joined; RU accounts take one of them. */
export const featureLookupFormUnknown: Rule = {
  id: 'feature-lookup-form-unknown',
  severity: 'info',
  remedy: 'check-lookups',
  source: SOURCES.ruFeatures,
  targets: ON_RU,
  looksAt: 'usage',
  check: (context) =>
    seenUses(context)
      .filter(({ name, evidence }) => name === '$lookup' && evidence === 'server-counters')
      .map((use) => hitOf(context, use, featureSource(context.target))),
};
