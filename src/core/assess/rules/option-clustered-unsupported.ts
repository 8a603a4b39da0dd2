import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';

/** A clustered collection becomes an ordinary one with an `_id` index. */
export const optionClusteredUnsupported = optionRule(
  'clustered-unsupported',
  'info',
  'nothing-to-do',
  SOURCES.vcoreFeatures,
);
