/** What findings on features in use and on clients say. */
import { countOf, durationOf, lookUp, numberOf, textOf, type Params } from './params.js';
import { formatCountOf } from './sizes.js';

const KINDS: Readonly<Record<string, string>> = {
  stage: 'Stage',
  expression: 'Expression',
  accumulator: 'Accumulator',
  'query-operator': 'Query operator',
  'update-operator': 'Update operator',
  command: 'Command',
  option: 'Option',
};

/** Options that are no option of a command by that name. */
const OPTIONS: Readonly<Record<string, string>> = {
  'update.pipeline': 'an update by a pipeline',
  '$.positional': '$',
};

const what = (p: Params): string => {
  const name = textOf(p, 'name');
  return `${lookUp(KINDS, textOf(p, 'kind')) ?? 'Feature'} ${lookUp(OPTIONS, name) ?? name}`;
};

const EVIDENCE: Readonly<Record<string, string>> = {
  'server-counters': "by the server's counters since its start",
  profiler: 'in profiled operations',
  log: 'in log lines',
  oplog: 'in the oplog',
};

const times = (p: Params): string => formatCountOf(numberOf(p, 'count'), 'time');
/** `used 12 times in log lines` */
const used = (p: Params): string => {
  const evidence = lookUp(EVIDENCE, textOf(p, 'evidence'));
  return evidence === undefined ? `used ${times(p)}` : `used ${times(p)} ${evidence}`;
};
const lacks = (p: Params): string => `${what(p)}: version ${textOf(p, 'version')} of the target has none (${used(p)}).`;

export const FEATURE_SENTENCES: Readonly<Record<string, (params: Params) => string>> = {
  'feature-stage-unsupported': lacks,
  'feature-expression-unsupported': lacks,
  'feature-accumulator-unsupported': lacks,
  'feature-query-operator-unsupported': lacks,
  'feature-command-unsupported': lacks,
  'feature-javascript-unsupported': (p) => `${what(p)}: the target runs no JavaScript (${used(p)}).`,
  'feature-text-search-unsupported': (p) => `${what(p)}: the target has no such text search (${used(p)}).`,
  'feature-counted-unsupported': (p) =>
    `${what(p)}: version ${textOf(p, 'version')} of the target has none (${used(p)}; administration, monitoring or this assessment may have been it).`,
  'feature-not-listed': (p) =>
    `${what(p)}: the documentation of version ${textOf(p, 'version')} neither lists it nor rules it out (${used(p)}).`,
  'feature-lookup-pipeline-unsupported': (p) =>
    `Stage $lookup with ${textOf(p, 'name') === '$lookup.let' ? 'let and pipeline' : 'a pipeline'}: the account joins by equal fields only (${used(p)}).`,
  'feature-lookup-form-unknown': (p) =>
    `Stage $lookup: the account joins by equal fields only, not with let and pipeline; counters do not tell which is meant (${used(p)}).`,
  'feature-find-and-modify-sort-unsupported': (p) =>
    `Command findAndModify with a sort of several fields: the account sorts by one there (${used(p)}).`,
  'feature-array-literal-unsupported': (p) =>
    `A comparison with a list written out in an expression: the account does not take it (${used(p)}).`,
  'feature-regex-scans': (p) =>
    `Operator $regex that ignores case or line ends: the account reads the whole collection for it (${used(p)}).`,
  'feature-collation-unsupported-ru': (p) => `Option collation: the account compares by bytes alone (${used(p)}).`,
  'feature-collation-ignored-vcore': (p) => `Option collation: the target takes it and does not heed it (${used(p)}).`,
  'feature-option-ignored-vcore': (p) => `${what(p)}: the target takes it and does not heed it (${used(p)}).`,
  'feature-option-refused-vcore': (p) => `${what(p)}: the target refuses it (${used(p)}).`,
  'feature-write-concern-ignored-ru': (p) =>
    `A write concern other than majority: the account writes to a quorum, whatever is asked for (${used(p)}).`,
  'feature-write-concern-ignored-vcore': (p) =>
    `A write concern other than majority: the target takes any and does not heed it (${used(p)}).`,
  'feature-transactions-unsupported': (p) =>
    `Transactions (${formatCountOf(numberOf(p, 'count'), 'time')}): version ${textOf(p, 'version')} of the account has none.`,
  'feature-transactions-limited-ru': (p) =>
    `Transactions (${formatCountOf(numberOf(p, 'count'), 'time')}): the account has them within one collection without a shard key, for ${durationOf(p, 'limitMs')} at most.`,
  'feature-transaction-sharded': (p) =>
    `Transactions on a collection that has a shard key on the account, which takes none there (${used(p)}).`,
  'feature-transactions-limited-vcore': (p) =>
    `Transactions (${formatCountOf(numberOf(p, 'count'), 'time')}): the target ends them after ${durationOf(p, 'limitMs')}.`,
  'feature-change-streams-limited': (p) =>
    `Change streams (${textOf(p, 'evidence') === 'open' ? `${countOf(p, 'count')} open` : used(p)}): those of the account tell no deletes and no kind of change.`,
  'feature-sort-without-index': (p) =>
    `Sorted by ${textOf(p, 'key')} (${times(p)}), for which it gets no index: the account refuses that.`,
  'client-retry-writes-refused': (p) =>
    `Drivers send writes that they may repeat (${times(p)}): the account refuses those unless EnableMongoRetryableWrites is on, and in unordered batches always.`,
  'client-retry-writes-unordered': (p) =>
    `Drivers send writes that they may repeat (${times(p)}): with EnableMongoRetryableWrites the account takes those, but none in unordered batches.`,
  'client-retry-writes-twice': (p) =>
    `Drivers send writes that they may repeat (${times(p)}): the target does a repeated write again.`,
  'client-connection-settings-ru': (p) =>
    `Connection strings change: host, key, port 10255, tls=true, replicaSet=globaldb, retryWrites=false, maxIdleTimeMS=${numberOf(p, 'idleMs')}; reads from a secondary go to another region.`,
  'client-connection-settings-vcore': (p) =>
    `Connection strings change: mongodb+srv host, tls=true, authMechanism=SCRAM-SHA-256, retryWrites=false, maxIdleTimeMS=${numberOf(p, 'idleMs')}.`,
  'client-driver-too-old': (p) =>
    `Driver ${textOf(p, 'driver')} ${textOf(p, 'version')}${p['application'] === undefined ? '' : ` of ${textOf(p, 'application')}`} is connected (${formatCountOf(numberOf(p, 'connections'), 'connection')}): the target goes with ${textOf(p, 'needed')} and newer.`,
  'client-users-by-hand': (p) => `The source has ${formatCountOf(numberOf(p, 'count'), 'user')}: none is migrated.`,
  'feature-use-unknown': (p) =>
    `What is in use on the source is not known (${lookUp(GAPS, textOf(p, 'reason')) ?? 'it was not read'}): that nothing is said here of stages, operators and commands does not mean that all of them work.`,
};

const GAPS: Readonly<Record<string, string>> = {
  'missing-privilege': 'its user may not read its counters',
  'not-supported': 'the server has no counters',
  'time-limit': 'reading its counters took too long',
};

export const FEATURE_REMEDIES: Readonly<Record<string, string>> = {
  'rewrite-pipeline': 'Rewrite the pipeline with what the target has, or do it in the application.',
  'rewrite-query': 'Rewrite the query or update with what the target has.',
  'replace-command': 'Find out who sends it; the application has to do without.',
  'rewrite-javascript': 'Write it as an aggregation, or do it in the application.',
  'check-applications': 'Look whether an application sends it: profiler or log files tell.',
  'try-on-target': 'Try it on an account before you rely on it.',
  'rewrite-lookup': 'Join by localField and foreignField and filter afterwards, or ask twice.',
  'check-lookups': 'Look at the pipelines, or let profiler or log files be read.',
  'sort-by-one-field': 'Sort by one field there, or find the document first and change it by its _id.',
  'store-lower-case': 'Store a lower-case copy of the field and query it by what it begins with.',
  'do-without-option': 'Write the query without it.',
  'know-write-concern': 'Nothing to do, as long as nobody relies on a weaker one being faster.',
  'rewrite-transactions': 'Do without, or choose a newer version of the account.',
  'shorten-transactions': 'Keep transactions short and small; make what belongs together one document.',
  'keep-unsharded': 'Leave this collection without a shard key, or do without the transaction.',
  'rewrite-change-streams':
    'Mark documents as deleted instead of deleting them, and open streams with $match, $project and fullDocument: updateLookup.',
  'make-index-for-sort': 'Give the target a compound index of these fields in this sequence.',
  'switch-retry-writes-off':
    'Put retryWrites=false into the connection strings, and repeat failed writes in the application.',
  'order-bulk-writes':
    'Send batches of writes in order (ordered: true), or put retryWrites=false into the connection strings of applications that do not.',
  'change-connection-string': 'Change the connection strings of all applications at the cutover.',
  'upgrade-driver': 'Upgrade the driver before the migration.',
  'make-users-by-hand': 'Make users and their rights on the target by hand, in Azure.',
  'read-use-too': 'Let it be read: role clusterMonitor, the profiler, or log files.',
};
