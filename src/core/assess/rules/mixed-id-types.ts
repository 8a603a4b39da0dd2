import { idTypes } from '../looked-at.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** Tools that cut a collection into ranges by comparison lose the `_id` types on the other side of a bound; ours do not. */
export const mixedIdTypes: Rule = {
  id: 'mixed-id-types',
  severity: 'info',
  remedy: 'nothing-to-do',
  source: SOURCES.partitioners,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: (context) =>
    hitsWhere(
      context,
      (c) => idTypes(c).length > 1,
      (c) => ({ types: idTypes(c).join(', ') }),
    ),
};
