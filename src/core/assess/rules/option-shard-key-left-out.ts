import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';

/** The target holds the collection unsharded; a shard key can be given later. */
export const optionShardKeyLeftOut = optionRule('shard-key-left-out', 'info', 'nothing-to-do', SOURCES.vcoreLimits, {
  targets: ['cosmos-vcore', 'mongodb'],
});
