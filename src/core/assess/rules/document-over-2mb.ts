import { MIB } from '../../model/units.js';
import { largestDocument } from '../../size/limits.js';
import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';

/** An RU account takes documents of up to 2 MB. The sample shows some, never all: there may be others. */
export const documentOver2mb: Rule = {
  id: 'document-over-2mb',
  severity: 'warning',
  remedy: 'enable-16mb',
  source: SOURCES.ruLimits,
  check: (context) =>
    largestDocument(context.target) > 2 * MIB
      ? []
      : hitsWhere(
          context,
          ({ facts }) => (facts.sample?.largestBytes ?? 0) > 2 * MIB,
          ({ facts }) => ({ bytes: facts.sample?.largestBytes ?? 0, sampled: facts.sample?.sampledDocuments ?? 0 }),
        ),
};
