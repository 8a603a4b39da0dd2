import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';

/** Change streams of the target give no images of before. */
export const optionPreImagesUnsupported = optionRule(
  'pre-images-unsupported',
  'warning',
  'check-change-streams',
  SOURCES.vcoreEngine,
);
