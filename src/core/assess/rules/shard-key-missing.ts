import { missingIn } from '../looked-at.js';
import { shardKeyHits } from '../shard-key-rule.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** The account refuses a document without its shard key (error 61). Which documents lack it can be mended, the key of a collection that was made cannot be changed. */
export const shardKeyMissing: Rule = {
  id: 'shard-key-missing',
  severity: 'blocker',
  remedy: 'fill-shard-key',
  source: SOURCES.ruErrors,
  targets: ON_RU,
  looksAt: 'scan',
  check: (context) =>
    shardKeyHits(context, ({ field, scan }) => {
      const count = missingIn(scan, field);
      return count > 0 ? { count } : undefined;
    }),
};
