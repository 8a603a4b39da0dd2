import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** A clustered collection becomes an ordinary one with an `_id` index. */
export const optionClusteredUnsupported = optionRule(
  'clustered-unsupported',
  'info',
  'nothing-to-do',
  SOURCES.vcoreFeatures,
  { targets: ON_EVERY, targetVersions: { mongodb: { before: '5.3' } } },
);
