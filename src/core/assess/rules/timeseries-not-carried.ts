import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_MONGODB } from '../targets.js';

/** mongorestore refuses a time series that is there already, and buckets cannot be compared document by document. */
export const timeseriesNotCarried: Rule = {
  id: 'timeseries-not-carried',
  severity: 'blocker',
  remedy: 'restore-timeseries-by-hand',
  source: SOURCES.mongorestore,
  targets: ON_MONGODB,
  looksAt: 'metadata',
  check: (context) => hitsWhere(context, ({ facts }) => facts.type === 'timeseries'),
};
