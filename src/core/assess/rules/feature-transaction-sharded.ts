import { formatNamespace } from '../../model/namespace.js';
import { hitOf, seenOptions } from '../features/seen-uses.js';
import { featureSource } from '../features/target-support.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** Operations in transactions were seen on a collection that is sharded on the target. */
export const featureTransactionSharded: Rule = {
  id: 'feature-transaction-sharded',
  severity: 'warning',
  remedy: 'keep-unsharded',
  source: SOURCES.ruFeatures,
  targets: ON_RU,
  looksAt: 'usage',
  check: (context) => {
    const sharded = new Set(context.collections.filter((c) => c.sharded).map(({ facts }) => formatNamespace(facts.ns)));
    return seenOptions(context, 'transaction')
      .filter(({ ns }) => ns !== undefined && sharded.has(formatNamespace(ns)))
      .map((use) => hitOf(context, use, featureSource(context.target)));
  },
};
