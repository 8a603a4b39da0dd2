import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';

/** An RU account indexes the shard key by itself. */
export const indexShardKeyIndexed = indexRule('shard-key-indexed', 'info', 'nothing-to-do', SOURCES.ruIndexing);
