import type { ShardKeyCandidate } from '../model/assessment.js';
import type { CollectionFacts } from '../model/facts.js';
import type { Reason } from '../model/method.js';
import { allByNamespace } from '../model/by-namespace.js';
import type { CollectionScan, FieldScan } from '../model/scan.js';
import type { FieldUse, SourceUsage } from '../model/usage.js';
import { samplePower } from '../scan/sample-power.js';
import { MAX_UNSHARDED_RU_BYTES } from '../size/limits.js';
import { distributionOver, expectedImbalance } from './distribution.js';
import { distinctInAll, heaviestShares, largestLogicalPartition, missingShare } from './population.js';
import type { ShardKeyReasonId } from './reason-ids.js';

/** Bytes of a shard key's value. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits (large partition keys). */
const LONGEST_VALUE = 2048;
/** A string's length before it and the null after it. */
const STRING_OVERHEAD = 5;
/** Types that Microsoft names for a shard key; of others nothing is said. Source: learn.microsoft.com/azure/cosmos-db/partitioning-overview. */
const ADVISED_TYPES: ReadonlySet<string> = new Set(['string', 'int', 'long', 'double', 'decimal']);
const NUMBERS: ReadonlySet<string> = new Set(['int', 'long', 'double', 'decimal']);
/** Fewer values than this for each partition spread badly by chance alone. Judged. */
const VALUES_PER_PARTITION = 10;
/** More than this share of the bytes with one value, or a spread of partitions wider than this, is called skewed. Judged. */
const SKEWED_SHARE = 0.05;
const SKEWED_IMBALANCE = 0.5;
/** Partitions that a key is judged by, at least: a collection grows, and its key cannot be changed. Judged. */
const LEAST_PARTITIONS = 4;

/** What the parts of a score weigh; they add up to 100. Judged: that data is spread comes first, then that queries go to one partition. */
const WEIGHTS = { spread: 45, queries: 20, room: 15, type: 8, present: 4, unchanged: 4, source: 4 } as const;
/** Taken off for each unique index that cannot be made, two at most. */
const LOST_UNIQUE_INDEX = 15;

export interface CandidateInput {
  readonly collection: CollectionFacts;
  readonly scan?: CollectionScan;
  readonly usage?: SourceUsage;
  readonly ru: boolean;
  readonly partitions: number;
}

/** Judges one path as the shard key of a collection. */
export function judgeCandidate(path: string, input: CandidateInput): ShardKeyCandidate {
  const { collection, scan } = input;
  const field = scan?.fields.find((one) => one.path === path);
  const looked = scan !== undefined && field !== undefined && scan.documents > 0;
  const distinct = looked
    ? distinctInAll(field, scan)
    : { values: path === '_id' ? collection.documents : 0, exact: false };
  const largest = largestLogicalPartition(collection, scan, field, distinct.values);
  const verdict = new Verdict();
  if (looked) {
    judgeSpread(verdict, path, field, scan, distinct.values, input);
    judgeRoom(verdict, largest, input);
    judgeValues(verdict, field, scan, input.ru);
  } else verdict.say('-', 'not-looked-at');
  judgeChanges(verdict, path, input);
  judgeQueries(verdict, path, input);
  judgeIndexes(verdict, path, collection, input.ru);
  return {
    path,
    score: verdict.score(),
    possible: verdict.possible,
    // A list that has grown holds room for more.
    reasons: [...verdict.reasons],
    distinct,
    largestLogicalPartition: largest,
    missingShare: looked ? missingShare(field, scan) : 0,
    distribution: looked ? distributionOver(field.bucketBytes, input.partitions) : NO_DISTRIBUTION,
  };
}

/** One for all reasons without any. */
const NO_PARAMS = {};
const NO_DISTRIBUTION: readonly number[] = [];

/** Reasons and points of one candidate. */
class Verdict {
  readonly reasons: Reason[] = [];
  #points = 0;

  get possible(): boolean {
    return this.reasons.every(({ weight }) => weight !== '!');
  }

  say(weight: Reason['weight'], id: ShardKeyReasonId, params: Reason['params'] = NO_PARAMS): void {
    this.reasons.push({ id, params, weight });
  }

  add(points: number): void {
    this.#points += points;
  }

  score(): number {
    return this.possible ? Math.round(Math.max(0, Math.min(100, this.#points)) * 10) / 10 : 0;
  }
}

function judgeSpread(
  verdict: Verdict,
  path: string,
  field: FieldScan,
  scan: CollectionScan,
  distinct: number,
  { partitions }: CandidateInput,
): void {
  const judgedBy = Math.max(LEAST_PARTITIONS, partitions);
  const shares = path === '_id' ? [] : heaviestShares(field, scan);
  const imbalance = expectedImbalance(shares, distinct, judgedBy);
  verdict.add(WEIGHTS.spread / (1 + imbalance * imbalance + imbalance));
  const values = { values: distinct, partitions: judgedBy };
  if (distinct <= 1) verdict.say('!', 'one-value', values);
  else if (distinct < VALUES_PER_PARTITION * judgedBy) verdict.say('-', 'few-values', values);
  else verdict.say('+', 'many-values', values);
  if (path === '_id') return;
  const share = shares[0] ?? 0;
  const skewed = share > SKEWED_SHARE || imbalance > SKEWED_IMBALANCE;
  verdict.say(skewed ? '-' : '+', skewed ? 'values-skewed' : 'values-even', { share });
}

function judgeRoom(
  verdict: Verdict,
  largest: ShardKeyCandidate['largestLogicalPartition'],
  input: CandidateInput,
): void {
  const limitBytes = MAX_UNSHARDED_RU_BYTES;
  if (!input.ru) {
    verdict.add(WEIGHTS.room * (1 - largest.expected / Math.max(1, input.collection.logicalBytes)));
    return;
  }
  verdict.add(WEIGHTS.room * Math.max(0, 1 - largest.expected / limitBytes));
  const params = { bytes: largest.expected, highBytes: largest.high, limitBytes };
  if (largest.expected > limitBytes) verdict.say('!', 'partition-too-large', params);
  else if (largest.high > limitBytes || largest.expected > limitBytes / 2)
    verdict.say('-', 'partition-may-be-too-large', params);
  else verdict.say('+', 'partition-has-room', params);
}

function judgeValues(verdict: Verdict, field: FieldScan, scan: CollectionScan, ru: boolean): void {
  const { present, arrays, nulls, types } = field;
  const missing = missingShare(field, scan);
  if (missing > 0) verdict.say(ru ? '!' : '-', 'missing-in-documents', { share: missing });
  else
    verdict.say('+', 'in-every-document', {
      documents: scan.documents,
      share: samplePower(scan.documents, scan.of).missedShare,
    });
  if (field.unseen !== undefined) verdict.say('-', 'looked-at-in-part', { documents: field.unseen });
  const nullShare = present > 0 ? nulls / present : 0;
  if (nulls > 0) verdict.say('-', 'null-in-documents', { share: nullShare });
  verdict.add(WEIGHTS.present * (1 - Math.min(1, missing + nullShare)));
  if (arrays > 0) verdict.say('!', 'arrays-on-path', { share: arrays / Math.max(1, present) });
  if ((types['object'] ?? 0) > 0) verdict.say(ru ? '!' : '-', 'documents-as-values');
  const longest = field.largestValueBytes - ((types['string'] ?? 0) > 0 ? STRING_OVERHEAD : 0);
  if (longest > LONGEST_VALUE)
    verdict.say(ru ? '!' : '-', 'value-too-long', { bytes: longest, limitBytes: LONGEST_VALUE });
  judgeTypes(verdict, types);
}

function judgeTypes(verdict: Verdict, types: FieldScan['types']): void {
  const names = Object.keys(types).filter((name) => name !== 'null' && name !== 'undefined');
  const advised = names.filter((name) => ADVISED_TYPES.has(name));
  const kinds = new Set(names.map((name) => (NUMBERS.has(name) ? 'number' : name)));
  if (kinds.size > 1) verdict.say('-', 'types-mixed', { types: names.join(', ') });
  if (names.length === advised.length) verdict.say('+', 'type-advised', { types: names.join(', ') });
  else verdict.say('-', 'type-unconfirmed', { types: names.filter((name) => !ADVISED_TYPES.has(name)).join(', ') });
  verdict.add(WEIGHTS.type * (names.length === advised.length ? 1 : 0.5) * (kinds.size > 1 ? 0.5 : 1));
  if (kinds.has('objectId') || kinds.has('date') || kinds.has('timestamp')) verdict.say('+', 'grows-but-hashed');
}

/** A shard key's value cannot be changed: error 66. Source: learn.microsoft.com/azure/cosmos-db/mongodb/error-codes-solutions. */
function judgeChanges(verdict: Verdict, path: string, { usage, collection, ru }: CandidateInput): void {
  if (path === '_id') {
    verdict.say('+', 'never-changes');
    verdict.add(WEIGHTS.unchanged);
    return;
  }
  const updates = usesOf(usage, collection)
    .filter((use) => use.path === path || path.startsWith(`${use.path}.`))
    .reduce((sum, { updated }) => sum + updated, 0);
  if (updates > 0) verdict.say(ru ? '!' : '-', 'changed-by-updates', { updates });
  else if (looked(usage) === 0) verdict.say('-', 'changes-unknown');
  else verdict.add(WEIGHTS.unchanged);
}

function judgeQueries(verdict: Verdict, path: string, { usage, collection }: CandidateInput): void {
  const uses = usesOf(usage, collection);
  const asked = uses.reduce((most, { equality }) => Math.max(most, equality), 0);
  const leads = collection.indexes.filter(({ key }) => key[0]?.[0] === path && !(path === '_id' && key.length === 1));
  if (leads.length > 0) verdict.say('+', 'leads-an-index', { index: leads.map(({ name }) => name).join(', ') });
  if (asked > 0) {
    const equality = uses.find((use) => use.path === path)?.equality ?? 0;
    const share = equality / asked;
    verdict.say(share >= 0.1 ? '+' : '-', share >= 0.1 ? 'asked-by-equality' : 'rarely-asked-by-equality', {
      queries: equality,
    });
    verdict.add(WEIGHTS.queries * share);
    return;
  }
  // What indexes are for, and how often they served, is the next best thing to know.
  const ops = (list: CollectionFacts['indexes']): number => list.reduce((sum, { usageOps = 0 }) => sum + usageOps, 0);
  const all = ops(collection.indexes);
  const served = collection.indexes.filter(({ key }) => key[0]?.[0] === path);
  verdict.add(WEIGHTS.queries * (all > 0 ? 0.75 * (ops(served) / all) : leads.length > 0 ? 0.25 : 0));
}

function judgeIndexes(verdict: Verdict, path: string, collection: CollectionFacts, ru: boolean): void {
  if (collection.shardKey?.length === 1 && collection.shardKey[0]?.[0] === path) {
    verdict.say('+', 'source-shard-key');
    verdict.add(WEIGHTS.source);
  }
  const unique = collection.indexes.filter(
    (index) => index.unique && !(index.key.length === 1 && index.key[0]?.[0] === '_id'),
  );
  const without = unique.filter(({ key }) => !key.some(([field]) => field === path));
  const names = (list: typeof unique): string => list.map(({ name }) => name).join(', ');
  if (without.length > 0) verdict.say('-', 'unique-index-without-it', { index: names(without) });
  else if (unique.length > 0) verdict.say('+', 'unique-index-with-it', { index: names(unique) });
  if (ru || without.length > 0) verdict.add(-LOST_UNIQUE_INDEX * Math.min(2, without.length));
}

function usesOf(usage: SourceUsage | undefined, collection: CollectionFacts): readonly FieldUse[] {
  return usage ? allByNamespace(usage.fields, collection.ns) : [];
}

/** Operations that tell which fields are used. */
function looked(usage: SourceUsage | undefined): number {
  return usage ? usage.looked.profiled + usage.looked.logged + usage.looked.oplogEntries : 0;
}
