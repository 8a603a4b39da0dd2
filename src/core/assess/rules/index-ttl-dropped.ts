import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Expiry works on `_ts` only, without `EnableTtlOnCustomPath`. */
export const indexTtlDropped = indexRule('ttl-dropped', 'warning', 'enable-ttl-capability', SOURCES.ruIndexing, {
  targets: ON_RU,
});
