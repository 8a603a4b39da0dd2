import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';

/** Expiry works on `_ts` only, without `EnableTtlOnCustomPath`. */
export const indexTtlDropped = indexRule('ttl-dropped', 'warning', 'enable-ttl-capability', SOURCES.ruIndexing);
