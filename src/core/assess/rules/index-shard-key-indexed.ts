import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** An RU account indexes the shard key by itself. */
export const indexShardKeyIndexed = indexRule('shard-key-indexed', 'info', 'nothing-to-do', SOURCES.ruIndexing, {
  targets: ON_RU,
});
