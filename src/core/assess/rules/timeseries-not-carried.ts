import { hitsWhere, type Rule } from '../rule.js';
import { SOURCES } from '../sources.js';

/** mongorestore refuses a time series that is there already, and buckets cannot be compared document by document. */
export const timeseriesNotCarried: Rule = {
  id: 'timeseries-not-carried',
  severity: 'blocker',
  remedy: 'restore-timeseries-by-hand',
  source: SOURCES.mongorestore,
  check: (context) =>
    context.target.kind === 'mongodb' ? hitsWhere(context, ({ facts }) => facts.type === 'timeseries') : [],
};
