import { MAX_SHARD_KEY_VALUE_BYTES } from '../limits.js';
import { shardKeyHits } from '../shard-key-rule.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Values of a shard key are limited; a longer one is refused with its document. */
export const shardKeyTooLarge: Rule = {
  id: 'shard-key-too-large',
  severity: 'blocker',
  remedy: 'choose-other-shard-key',
  source: SOURCES.ruLimits,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) =>
    shardKeyHits(context, ({ field }) =>
      field.largestValueBytes > MAX_SHARD_KEY_VALUE_BYTES
        ? { bytes: field.largestValueBytes, limitBytes: MAX_SHARD_KEY_VALUE_BYTES }
        : undefined,
    ),
};
