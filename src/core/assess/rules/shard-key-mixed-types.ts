import { familiesOf } from '../type-families.js';
import { shardKeyHits } from '../shard-key-rule.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** The same value as text and as a number are two logical partitions, and a query with the one does not go to the other. */
export const shardKeyMixedTypes: Rule = {
  id: 'shard-key-mixed-types',
  severity: 'warning',
  remedy: 'choose-other-shard-key',
  source: SOURCES.ruPartitioning,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) =>
    shardKeyHits(context, ({ field }) => {
      const families = familiesOf(field.types);
      return families.length > 1 ? { types: families.join(', ') } : undefined;
    }),
};
