import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** NaN and numbers past 31 bits, which old servers stored, mean different things to different servers. */
export const indexTtlValueInvalid = indexRule('ttl-value-invalid', 'warning', 'set-expiry-again', SOURCES.mongodbTtl, {
  targets: ON_EVERY,
});
