import { MIB } from '../../model/units.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';

/** 16 MB is the limit of every target; a server lets a document grow a little past it by itself. */
export const documentOver16mb: Rule = {
  id: 'document-over-16mb',
  severity: 'warning',
  remedy: 'split-documents',
  source: SOURCES.vcoreLimits,
  check: (context) =>
    hitsWhere(
      context,
      ({ facts }) => (facts.sample?.largestBytes ?? 0) > 16 * MIB,
      ({ facts }) => ({ bytes: facts.sample?.largestBytes ?? 0, sampled: facts.sample?.sampledDocuments ?? 0 }),
    ),
};
