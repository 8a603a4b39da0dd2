import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

/** Neither RU nor vCore has time-series collections. */
export const timeseriesUnsupported: Rule = {
  id: 'timeseries-unsupported',
  severity: 'blocker',
  remedy: 'copy-timeseries-as-documents',
  source: SOURCES.vcoreFeatures,
  targets: ON_COSMOS,
  looksAt: 'metadata',
  check: (context) => hitsWhere(context, ({ facts }) => facts.type === 'timeseries'),
};
