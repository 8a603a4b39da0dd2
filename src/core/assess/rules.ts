import { compoundOverArray } from './rules/compound-over-array.js';
import { databaseNamesCollide } from './rules/database-names-collide.js';
import { documentMalformed } from './rules/document-malformed.js';
import { documentNear2mb } from './rules/document-near-2mb.js';
import { documentNeeds16mb } from './rules/document-needs-16mb.js';
import { FEATURE_RULES } from './feature-rules.js';
import { documentOver16mb } from './rules/document-over-16mb.js';
import { documentOver2mb } from './rules/document-over-2mb.js';
import { documentTooDeep } from './rules/document-too-deep.js';
import { documentTtlField } from './rules/document-ttl-field.js';
import { duplicateIdsKept } from './rules/duplicate-ids-kept.js';
import { duplicateIds } from './rules/duplicate-ids.js';
import { gridfsChunksOver2mb } from './rules/gridfs-chunks-over-2mb.js';
import { gridfsFound } from './rules/gridfs-found.js';
import { idOver1023Bytes } from './rules/id-over-1023-bytes.js';
import { idOver2kb } from './rules/id-over-2kb.js';
import { idTypeRefused } from './rules/id-type-refused.js';
import { idsMayRepeat } from './rules/ids-may-repeat.js';
import { indexTwoDUnsupported } from './rules/index-2d-unsupported.js';
import { indexBeyondDocumented } from './rules/index-beyond-documented.js';
import { indexCollationDropped } from './rules/index-collation-dropped.js';
import { indexCompoundTwoDsphereUnsupported } from './rules/index-compound-2dsphere-unsupported.js';
import { indexCompoundTooManyFields } from './rules/index-compound-too-many-fields.js';
import { indexCompoundWildcardUnsupported } from './rules/index-compound-wildcard-unsupported.js';
import { indexDuplicateByKey } from './rules/index-duplicate-by-key.js';
import { indexHashedToAscending } from './rules/index-hashed-to-ascending.js';
import { indexHiddenDropped } from './rules/index-hidden-dropped.js';
import { indexHiddenUnsupported } from './rules/index-hidden-unsupported.js';
import { indexKindUnsupported } from './rules/index-kind-unsupported.js';
import { indexNestedNeedsCapability } from './rules/index-nested-needs-capability.js';
import { indexPartialDropped } from './rules/index-partial-dropped.js';
import { indexPathTooDeep } from './rules/index-path-too-deep.js';
import { indexPathUnsupported } from './rules/index-path-unsupported.js';
import { indexShardKeyIndexed } from './rules/index-shard-key-indexed.js';
import { indexSparseDropped } from './rules/index-sparse-dropped.js';
import { indexTextUnsupported } from './rules/index-text-unsupported.js';
import { indexTextVersionDropped } from './rules/index-text-version-dropped.js';
import { indexTooManyIndexes } from './rules/index-too-many-indexes.js';
import { indexTtlDropped } from './rules/index-ttl-dropped.js';
import { indexTtlOnePerCollection } from './rules/index-ttl-one-per-collection.js';
import { indexTtlValueInvalid } from './rules/index-ttl-value-invalid.js';
import { indexUniquePartialUnsupported } from './rules/index-unique-partial-unsupported.js';
import { indexUniqueSparseUnsupported } from './rules/index-unique-sparse-unsupported.js';
import { indexUniqueWithoutShardKey } from './rules/index-unique-without-shard-key.js';
import { indexUnused } from './rules/index-unused.js';
import { indexWildcardProjectionUnsupported } from './rules/index-wildcard-projection-unsupported.js';
import { indexWildcardUnsupported } from './rules/index-wildcard-unsupported.js';
import { logicalPartitionNear20gb } from './rules/logical-partition-near-20gb.js';
import { logicalPartitionOver20gb } from './rules/logical-partition-over-20gb.js';
import { mixedIdTypes } from './rules/mixed-id-types.js';
import { nameRefused } from './rules/name-refused.js';
import { nameRisky } from './rules/name-risky.js';
import { namespaceUnreadable } from './rules/namespace-unreadable.js';
import { onlineChangeLogSmall } from './rules/online-change-log-small.js';
import { onlineDeletesUnseen } from './rules/online-deletes-unseen.js';
import { onlineOplogTight } from './rules/online-oplog-tight.js';
import { onlineOplogTooShort } from './rules/online-oplog-too-short.js';
import { onlineStandalone } from './rules/online-standalone.js';
import { optionCappedUnsupported } from './rules/option-capped-unsupported.js';
import { optionClusteredUnsupported } from './rules/option-clustered-unsupported.js';
import { optionCollationUnsupported } from './rules/option-collation-unsupported.js';
import { optionExpiryUnsupported } from './rules/option-expiry-unsupported.js';
import { optionExpiryWouldDelete } from './rules/option-expiry-would-delete.js';
import { optionPreImagesUnsupported } from './rules/option-pre-images-unsupported.js';
import { optionShardKeyCompound } from './rules/option-shard-key-compound.js';
import { optionShardKeyLeftOut } from './rules/option-shard-key-left-out.js';
import { optionValidatorNotCarried } from './rules/option-validator-not-carried.js';
import { optionValidatorUnsupported } from './rules/option-validator-unsupported.js';
import { shardKeyArray } from './rules/shard-key-array.js';
import { shardKeyFewValues } from './rules/shard-key-few-values.js';
import { shardKeyMissing } from './rules/shard-key-missing.js';
import { shardKeyMixedTypes } from './rules/shard-key-mixed-types.js';
import { shardKeyNotLookedAt } from './rules/shard-key-not-looked-at.js';
import { shardKeyNull } from './rules/shard-key-null.js';
import { shardKeyOtherTypes } from './rules/shard-key-other-types.js';
import { shardKeySkewed } from './rules/shard-key-skewed.js';
import { shardKeyTooLarge } from './rules/shard-key-too-large.js';
import { sharedThroughputOver25 } from './rules/shared-throughput-over-25.js';
import { sourceKindRefusedByService } from './rules/source-kind-refused-by-service.js';
import { sourceTooNewForService } from './rules/source-too-new-for-service.js';
import { sourceTooOld } from './rules/source-too-old.js';
import { timeseriesNotCarried } from './rules/timeseries-not-carried.js';
import { timeseriesUnsupported } from './rules/timeseries-unsupported.js';
import { tooManyCollectionsVcore } from './rules/too-many-collections-vcore.js';
import { tooManyNamespacesRu } from './rules/too-many-namespaces-ru.js';
import { ttlFieldUnfit } from './rules/ttl-field-unfit.js';
import { ttlNumbersExpire } from './rules/ttl-numbers-expire.js';
import { ttlOnSource } from './rules/ttl-on-source.js';
import { uniqueBeforeData } from './rules/unique-before-data.js';
import { uniqueIndexesOver10 } from './rules/unique-indexes-over-10.js';
import { uniqueOverArray } from './rules/unique-over-array.js';
import { unshardedNear20gb } from './rules/unsharded-near-20gb.js';
import { unshardedOver10000Ru } from './rules/unsharded-over-10000-ru.js';
import { unshardedOver20gb } from './rules/unsharded-over-20gb.js';
import { viewRecreated } from './rules/view-recreated.js';
import { viewUnsupported } from './rules/view-unsupported.js';
import type { Rule } from './rule.js';

/** Every rule of the assessment. */
export const RULES: readonly Rule[] = [
  indexTextUnsupported,
  indexTwoDUnsupported,
  indexKindUnsupported,
  indexHashedToAscending,
  indexShardKeyIndexed,
  indexSparseDropped,
  indexUniqueSparseUnsupported,
  indexCollationDropped,
  indexPartialDropped,
  indexUniquePartialUnsupported,
  indexWildcardUnsupported,
  indexWildcardProjectionUnsupported,
  indexCompoundWildcardUnsupported,
  indexCompoundTooManyFields,
  indexCompoundTwoDsphereUnsupported,
  indexNestedNeedsCapability,
  indexPathTooDeep,
  indexPathUnsupported,
  indexUniqueWithoutShardKey,
  indexTtlDropped,
  indexTtlOnePerCollection,
  indexTtlValueInvalid,
  indexHiddenUnsupported,
  indexHiddenDropped,
  indexTextVersionDropped,
  indexTooManyIndexes,
  indexDuplicateByKey,
  optionCappedUnsupported,
  optionValidatorUnsupported,
  optionValidatorNotCarried,
  optionCollationUnsupported,
  optionClusteredUnsupported,
  optionPreImagesUnsupported,
  optionExpiryUnsupported,
  optionExpiryWouldDelete,
  optionShardKeyCompound,
  optionShardKeyLeftOut,
  documentOver2mb,
  documentOver16mb,
  unshardedOver20gb,
  viewUnsupported,
  viewRecreated,
  timeseriesUnsupported,
  timeseriesNotCarried,
  nameRefused,
  nameRisky,
  mixedIdTypes,
  ttlOnSource,
  tooManyNamespacesRu,
  tooManyCollectionsVcore,
  sourceTooOld,
  sourceTooNewForService,
  sourceKindRefusedByService,
  compoundOverArray,
  databaseNamesCollide,
  documentMalformed,
  documentNear2mb,
  documentNeeds16mb,
  documentTooDeep,
  documentTtlField,
  duplicateIdsKept,
  duplicateIds,
  gridfsChunksOver2mb,
  gridfsFound,
  idOver1023Bytes,
  idOver2kb,
  idTypeRefused,
  idsMayRepeat,
  indexBeyondDocumented,
  indexUnused,
  logicalPartitionNear20gb,
  logicalPartitionOver20gb,
  onlineChangeLogSmall,
  onlineDeletesUnseen,
  onlineOplogTight,
  onlineOplogTooShort,
  onlineStandalone,
  shardKeyArray,
  shardKeyFewValues,
  shardKeyMissing,
  shardKeyMixedTypes,
  shardKeyNotLookedAt,
  shardKeyNull,
  shardKeyOtherTypes,
  shardKeySkewed,
  shardKeyTooLarge,
  sharedThroughputOver25,
  ttlFieldUnfit,
  ttlNumbersExpire,
  uniqueBeforeData,
  uniqueIndexesOver10,
  uniqueOverArray,
  unshardedNear20gb,
  unshardedOver10000Ru,
  namespaceUnreadable,
  ...FEATURE_RULES,
];
