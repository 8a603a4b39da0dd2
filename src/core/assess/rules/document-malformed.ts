import { lookedAt } from '../looked-at.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_EVERY } from '../targets.js';

/** Bytes that are no BSON are damage, which no target takes; it is found on the source or never. */
export const documentMalformed: Rule = {
  id: 'document-malformed',
  severity: 'warning',
  remedy: 'repair-source',
  source: SOURCES.mongodbValidate,
  targets: ON_EVERY,
  looksAt: 'scan',
  check: (context) =>
    hitsWhere(
      context,
      ({ scan }) => (scan?.malformed ?? 0) > 0,
      ({ scan }) => ({ count: scan?.malformed ?? 0, ...(scan ? lookedAt(scan) : {}) }),
    ),
};
