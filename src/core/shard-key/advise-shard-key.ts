import type { RuCollectionSizing, ShardKeyAdvice, ShardKeyCandidate } from '../model/assessment.js';
import type { CollectionFacts } from '../model/facts.js';
import type { CollectionScan } from '../model/scan.js';
import { GIB } from '../model/units.js';
import type { SourceUsage } from '../model/usage.js';
import type { TargetDescription } from '../plan/target.js';
import { judgeCandidate } from './candidate.js';
import { shardKeyNeed } from './need.js';

/** Storage of one physical partition. Source: learn.microsoft.com/azure/cosmos-db/partitioning-overview. */
const PARTITION_BYTES = 50 * GIB;
/** More than this is no choice any more. */
const MOST_CANDIDATES = 20;

export interface ShardKeyInput {
  readonly collection: CollectionFacts;
  readonly scan?: CollectionScan;
  readonly usage?: SourceUsage;
  readonly target: TargetDescription;
  readonly sizing?: RuCollectionSizing;
  /** Physical partitions to simulate; by the sizing, else by the limits of one, where it is left out. */
  readonly partitions?: number;
}

/**
 * Whether a collection needs a shard key on the target, and which paths could be it, best first; what cannot be comes last, with the reason. `_id` is always among
 * them; none for a view, a time series or a MongoDB target, which keeps the source's. Without a scan the paths of indexes are told, and that nobody has looked.
 */
export function adviseShardKey(input: ShardKeyInput): ShardKeyAdvice {
  const { collection, scan, usage, target } = input;
  const need = shardKeyNeed(input);
  if (target.kind === 'mongodb' || collection.type !== 'collection')
    return { ns: collection.ns, ...need, candidates: [] };
  const ru = target.kind === 'cosmos-ru';
  const partitions = input.partitions ?? partitionsOf(input);
  const candidates = pathsOf(collection, scan)
    .map((path) =>
      judgeCandidate(path, { collection, ru, partitions, ...(scan ? { scan } : {}), ...(usage ? { usage } : {}) }),
    )
    .sort(betterFirst);
  return { ns: collection.ns, ...need, candidates: withId(candidates) };
}

function partitionsOf({ collection, sizing }: ShardKeyInput): number {
  if (sizing) return Math.max(1, Math.ceil(sizing.partitions.expected));
  return Math.max(1, Math.ceil(collection.logicalBytes / PARTITION_BYTES));
}

/** Top-level fields and scalar paths of indexes and shard keys; `_id` first. */
function pathsOf(collection: CollectionFacts, scan: CollectionScan | undefined): readonly string[] {
  const looked = scan?.fields.filter(({ present }) => present > 0).map(({ path }) => path) ?? [];
  const keys = [...collection.indexes.map(({ key }) => key), ...(collection.shardKey ? [collection.shardKey] : [])];
  const named = keys
    .flat()
    .map(([path]) => path)
    .filter((path) => !path.includes('$') && !path.startsWith('_fts'));
  return [...new Set(['_id', ...looked, ...(looked.length > 0 ? [] : named)])];
}

function betterFirst(a: ShardKeyCandidate, b: ShardKeyCandidate): number {
  if (a.possible !== b.possible) return a.possible ? -1 : 1;
  if (a.score !== b.score) return b.score - a.score;
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function withId(ranked: readonly ShardKeyCandidate[]): readonly ShardKeyCandidate[] {
  const told = ranked.slice(0, MOST_CANDIDATES);
  const id = ranked.find(({ path }) => path === '_id');
  return !id || told.includes(id) ? told : [...told.slice(0, -1), id].sort(betterFirst);
}
