import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** Change streams of the target give no images of before. */
export const optionPreImagesUnsupported = optionRule(
  'pre-images-unsupported',
  'warning',
  'check-change-streams',
  SOURCES.vcoreEngine,
  { targets: ON_EVERY, targetVersions: { mongodb: { before: '6.0' } } },
);
