import { type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** DMS takes no Cosmos DB account as a source. */
export const sourceKindRefusedByService: Rule = {
  id: 'source-kind-refused-by-service',
  severity: 'blocker',
  remedy: 'choose-other-method',
  source: SOURCES.dms,
  targets: ON_EVERY,
  looksAt: 'metadata',
  check: ({ source, method }) =>
    method === 'dms' && (source.kind === 'cosmos-ru' || source.kind === 'cosmos-vcore')
      ? [{ params: { method, kind: source.kind } }]
      : [],
};
