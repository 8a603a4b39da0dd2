import { timeNumbers, ttlFieldHits } from '../ttl-fields.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** Documents whose value is no date never expire, as on the source; an array expires by its earliest date on RU, and is reported by Azure's own assessment for both services. */
export const ttlFieldUnfit: Rule = {
  id: 'ttl-field-unfit',
  severity: 'info',
  remedy: 'set-dates-for-expiry',
  source: SOURCES.dataAssessment,
  targets: ON_COSMOS,
  looksAt: 'scan',
  check: (context) => {
    const { kind } = context.target;
    if (kind === 'mongodb') return [];
    return ttlFieldHits(context, (field) => {
      const dates = field.types['date'] ?? 0;
      const numbers = kind === 'cosmos-ru' ? timeNumbers(field) : 0;
      return Math.max(field.arrays, field.present - field.nulls - dates - numbers);
    });
  },
};
