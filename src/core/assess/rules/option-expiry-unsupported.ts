import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** `expireAfterSeconds` of a collection is not known there. */
export const optionExpiryUnsupported = optionRule(
  'expiry-unsupported',
  'warning',
  'add-ttl-index',
  SOURCES.vcoreEngine,
  { targets: ON_COSMOS },
);
