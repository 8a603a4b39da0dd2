import { optionRule } from '../option-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** An RU collection has a shard key of one path. */
export const optionShardKeyCompound = optionRule(
  'shard-key-compound',
  'warning',
  'choose-shard-key',
  SOURCES.customCommands,
  { targets: ON_RU },
);
