import { isTtl } from '../../plan/index-shape.js';
import { isIdIndex } from '../../size/totals.js';
import { UNUSED_INDEX_MS } from '../limits.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** The member that was asked has not used it since it counts. Every entry of an index is paid for with each write on RU, and takes memory elsewhere. */
export const indexUnused: Rule = {
  id: 'index-unused',
  severity: 'info',
  remedy: 'drop-unused-indexes',
  source: SOURCES.mongodbIndexStats,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: ({ inventory, collections }) =>
    collections.flatMap(({ facts, indexes }) =>
      indexes.flatMap(({ index: { name }, fate }) => {
        const index = facts.indexes.find((one) => one.name === name);
        if (!index || fate.kind === 'skip' || isIdIndex(index) || index.unique || isTtl(index)) return [];
        const counted = Date.parse(inventory.readAt) - Date.parse(index.usageSince ?? '');
        return index.usageOps === 0 && counted >= UNUSED_INDEX_MS
          ? [{ ns: facts.ns, params: { index: name, countedMs: counted } }]
          : [];
      }),
    ),
};
