import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** One field per collection can expire documents. */
export const indexTtlOnePerCollection = indexRule(
  'ttl-one-per-collection',
  'warning',
  'keep-one-expiry',
  SOURCES.ruCapabilities,
  { targets: ON_RU },
);
