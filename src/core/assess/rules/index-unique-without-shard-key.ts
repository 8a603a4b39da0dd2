import { indexRule } from '../index-rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** A unique index of a sharded RU collection has to start with the shard key. */
export const indexUniqueWithoutShardKey = indexRule(
  'unique-without-shard-key',
  'warning',
  'enforce-unique-in-application',
  SOURCES.ruIndexing,
  { targets: ON_RU },
);
