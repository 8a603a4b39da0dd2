import type { CollectionFacts, CollectionOptions, Throughput } from '../model/facts.js';
import { ruPerSecond } from '../model/units.js';
import { MAX_UNSHARDED_RU_PER_SECOND } from '../size/limits.js';
import type { CollectionTransform, PlannedCollection } from '../model/plan.js';
import { changesFields } from '../transform/transform-problems.js';
import type { TargetDescription } from './target.js';
import { isAtLeast } from './target.js';
import { followShardKey } from './transform-indexes.js';
import type { OptionWhy } from './whys.js';

type Dropped = readonly { readonly option: string; readonly why: OptionWhy }[];
type Options = { -readonly [K in keyof CollectionOptions]: CollectionOptions[K] };

/**
 * The options to create a collection with on the target, and those left off with the reason. `view` and `timeseries` are not looked at here.
 * RU knows none (learn.microsoft.com/azure/cosmos-db/mongodb/pre-migration-steps, /feature-support-70). vCore refuses capped, clustered and pre-images,
 * swallows a collation without using it, and takes validators only where the cluster has them switched on (observed), so none is sent.
 */
export function planOptions(
  options: CollectionOptions,
  target: TargetDescription,
  transform?: CollectionTransform,
): { readonly options: CollectionOptions; readonly dropped: Dropped } {
  const kept: Options = {};
  const dropped: { option: string; why: OptionWhy }[] = [];
  const drop = (option: keyof CollectionOptions, why: OptionWhy): void => {
    if (options[option] !== undefined && options[option] !== false) dropped.push({ option, why });
  };
  if (target.kind === 'mongodb') {
    if (options.capped) kept.capped = options.capped;
    // It was written for the documents as they were, and may refuse all that arrive.
    if (changesFields(transform)) drop('validator', 'validator-fields-changed');
    else {
      if (options.validator) kept.validator = options.validator;
      if (options.validationLevel !== undefined) kept.validationLevel = options.validationLevel;
      if (options.validationAction !== undefined) kept.validationAction = options.validationAction;
    }
    if (options.collation) kept.collation = options.collation;
    if (options.clustered && isAtLeast(target.versionArray, [5, 3])) kept.clustered = true;
    else drop('clustered', 'clustered-unsupported');
    if (options.changeStreamPreAndPostImages && isAtLeast(target.versionArray, [6])) {
      kept.changeStreamPreAndPostImages = true;
    } else drop('changeStreamPreAndPostImages', 'pre-images-unsupported');
    drop('expireAfterSeconds', 'expiry-would-delete');
  } else {
    drop('capped', 'capped-unsupported');
    drop('validator', target.kind === 'cosmos-ru' ? 'validator-unsupported' : 'validator-not-carried');
    drop('collation', 'collation-unsupported');
    drop('clustered', 'clustered-unsupported');
    drop('changeStreamPreAndPostImages', 'pre-images-unsupported');
    drop('expireAfterSeconds', 'expiry-unsupported');
  }
  return { options: kept, dropped };
}

/**
 * The shard key on the target. RU: one path, hashed; the one asked for, else the source's where it is a single field. MongoDB: the source's, where the target is
 * sharded. vCore: none, as one node holds up to 32 TiB unsharded and a shard key can be given later (`reshardCollection`). The source's follows a transform; the one asked
 * for is a name on the target.
 */
export function planShardKey(
  collection: Pick<CollectionFacts, 'shardKey'>,
  target: TargetDescription,
  wished: string | undefined,
  transform: CollectionTransform = {},
): { readonly shardKey?: NonNullable<PlannedCollection['shardKey']>; readonly dropped: Dropped } {
  const source = collection.shardKey && followShardKey(collection.shardKey, transform);
  if (collection.shardKey && !source && wished === undefined && (target.kind === 'cosmos-ru' || target.sharded))
    return { dropped: [{ option: 'shardKey', why: 'shard-key-field-dropped' }] };
  if (target.kind === 'cosmos-ru') {
    if (wished !== undefined) return { shardKey: [[wished, 'hashed']], dropped: [] };
    if (!source || source.length === 0) return { dropped: [] };
    const path = source[0]?.[0];
    return source.length === 1 && path !== undefined
      ? { shardKey: [[path, 'hashed']], dropped: [] }
      : { dropped: [{ option: 'shardKey', why: 'shard-key-compound' }] };
  }
  if (!source || source.length === 0) return { dropped: [] };
  return target.kind === 'mongodb' && target.sharded
    ? { shardKey: source, dropped: [] }
    : { dropped: [{ option: 'shardKey', why: 'shard-key-left-out' }] };
}

/** The throughput of a new RU collection: what was asked for, lowered to what an unsharded one can have. */
export function planThroughput(
  wished: Throughput | undefined,
  sharded: boolean,
): { readonly throughput?: Throughput; readonly dropped: Dropped } {
  if (!wished) return { dropped: [] };
  const limit = ruPerSecond(MAX_UNSHARDED_RU_PER_SECOND);
  const lowered: Dropped = [{ option: 'throughput', why: 'throughput-lowered-unsharded' }];
  if (!sharded && wished.kind === 'manual' && wished.ruPerSecond > limit) {
    return { throughput: { kind: 'manual', ruPerSecond: limit }, dropped: lowered };
  }
  if (!sharded && wished.kind === 'autoscale' && wished.maxRuPerSecond > limit) {
    return { throughput: { kind: 'autoscale', maxRuPerSecond: limit }, dropped: lowered };
  }
  return { throughput: wished, dropped: [] };
}
