import { familiesOf } from '../type-families.js';
import { shardKeyHits } from '../shard-key-rule.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Texts and numbers are what Azure documents as shard key values; its own assessment reports others, ObjectId among them. */
export const shardKeyOtherTypes: Rule = {
  id: 'shard-key-other-types',
  severity: 'info',
  remedy: 'try-shard-key',
  source: SOURCES.dataAssessment,
  targets: ON_RU,
  looksAt: 'scan',
  basis: 'unverified',
  check: (context) =>
    shardKeyHits(context, ({ field }) => {
      const other = familiesOf(field.types).filter((family) => family !== 'string' && family !== 'number');
      return other.length > 0 ? { types: other.join(', ') } : undefined;
    }),
};
