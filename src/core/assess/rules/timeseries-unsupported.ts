import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';

/** Neither RU nor vCore has time-series collections. */
export const timeseriesUnsupported: Rule = {
  id: 'timeseries-unsupported',
  severity: 'blocker',
  remedy: 'copy-timeseries-as-documents',
  source: SOURCES.vcoreFeatures,
  check: (context) =>
    context.target.kind === 'mongodb' ? [] : hitsWhere(context, ({ facts }) => facts.type === 'timeseries'),
};
