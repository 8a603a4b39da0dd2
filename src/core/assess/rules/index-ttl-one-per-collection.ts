import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';

/** One field per collection can expire documents. */
export const indexTtlOnePerCollection = indexRule(
  'ttl-one-per-collection',
  'warning',
  'keep-one-expiry',
  SOURCES.ruCapabilities,
);
