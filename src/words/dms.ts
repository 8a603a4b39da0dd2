/** What is said of a hand-off to Azure Database Migration Service. */
import type { ErrorFacts } from '../core/model/error.js';
import type { ErrorWords } from './error-words.js';
import { countOf, lookUp, textOf, type Params } from './params.js';

export const DMS_NOTES: Readonly<Record<string, (params: Params) => string>> = {
  'dms-views-later': (p) =>
    `DMS brings no views: they are made on the target once the data is there (${countOf(p, 'views')}).`,
  'dms-subnet': () =>
    'The service for RU accounts lives in a subnet, which the plan does not name: put it into the parameters.',
  'dms-vcore-offline': () =>
    'The public interface for vCore copies once: what is written to the source meanwhile is not followed.',
  'dms-jobs': (p) =>
    `A job takes 25 collections: these are ${countOf(p, 'jobs')} jobs. The template starts all at once, a run (mongo-cosmos-migration run) one after another.`,
  'dms-from-dump': () =>
    'The source is a dump: the address of its blob container, with its signature, goes into a secure parameter.',
};

const FLAWS: Readonly<Record<string, (facts: ErrorFacts) => ErrorWords>> = {
  'dms-settings': () => ({
    happened: 'The plan does not say how DMS is to be used.',
    why: 'It needs subscription, resource group, service and project, and for vCore the resource id of the cluster.',
    todo: 'Make the plan again with those.',
  }),
  'dms-renames': (facts) => ({
    happened: `DMS cannot copy ${textOf(facts, 'namespace')} under another name.`,
    why: 'The classic service knows a collection by its name on the source alone.',
    todo: 'Keep the name, or choose the direct copy.',
  }),
  'dms-transforms': (facts) => ({
    happened: `DMS cannot change documents of ${textOf(facts, 'namespace')} on the way.`,
    why: 'It copies whole collections as they are.',
    todo: 'Take the change out of the plan, or choose the direct copy.',
  }),
  'dms-documents-there': (facts) => ({
    happened: `${textOf(facts, 'namespace')} holds documents on the target already.`,
    why: 'What DMS does with documents of the same _id is not documented, and the plan does not allow that they are replaced.',
    todo: 'Empty the collection, or set conflictPolicy to overwrite.',
  }),
  'dms-timeseries': (facts) => ({
    happened: `${textOf(facts, 'namespace')} cannot go by DMS.`,
    why: 'It is a time series, which neither service of DMS knows.',
    todo: 'Leave it out of the plan.',
  }),
  'dms-vcore-continuous': () => ({
    happened: 'DMS cannot follow changes into a vCore cluster.',
    why: 'Its public interface for vCore copies once.',
    todo: 'Set replication to one-time and let nobody write to the source meanwhile, or choose another method.',
  }),
  'dms-vcore-dump': () => ({
    happened: 'DMS cannot read a dump for a vCore cluster.',
    why: 'Only its classic service, for RU accounts, reads one.',
    todo: 'Take fromDump out of the plan, or restore the dump with mongorestore.',
  }),
  'dms-dump-continuous': () => ({
    happened: 'A dump has no changes to follow.',
    why: 'It holds what was there when it was made.',
    todo: 'Set replication to one-time.',
  }),
};

/** A plan that DMS cannot carry out; undefined for other reasons. */
export function dmsPlanWords(reason: string, facts: ErrorFacts): ErrorWords | undefined {
  return lookUp(FLAWS, reason)?.(facts);
}
