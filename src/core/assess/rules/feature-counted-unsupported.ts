import { isOfUsersInfo, mayBeOwn, onlyMeasures } from '../features/own-uses.js';
import { hitOf } from '../features/seen-uses.js';
import { featureSource } from '../features/target-support.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';
import { unsupportedUses } from '../unsupported-rule.js';

/** Counted by the server, but by whom is not known: administration asks for it as well. What only measures is left out. */
export const featureCountedUnsupported: Rule = {
  id: 'feature-counted-unsupported',
  severity: 'info',
  remedy: 'check-applications',
  source: SOURCES.ruFeatures,
  targets: ON_COSMOS,
  looksAt: 'usage',
  check: (context) =>
    unsupportedUses(context)
      .filter((use) => mayBeOwn(use) && !onlyMeasures(use) && !isOfUsersInfo(use, context.usage?.features ?? []))
      .map((use) => hitOf(context, use, featureSource(context.target))),
};
