import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';
import { ON_MONGODB } from '../targets.js';

/** Expiry during the copy would delete what was just copied. */
export const optionExpiryWouldDelete = optionRule(
  'expiry-would-delete',
  'warning',
  'set-expiry-again',
  SOURCES.mongodbTtl,
  { targets: ON_MONGODB },
);
