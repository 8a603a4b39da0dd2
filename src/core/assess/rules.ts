import { documentOver16mb } from './rules/document-over-16mb.js';
import { documentOver2mb } from './rules/document-over-2mb.js';
import { indexTwoDUnsupported } from './rules/index-2d-unsupported.js';
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
import { indexWildcardProjectionUnsupported } from './rules/index-wildcard-projection-unsupported.js';
import { indexWildcardUnsupported } from './rules/index-wildcard-unsupported.js';
import { mixedIdTypes } from './rules/mixed-id-types.js';
import { nameRefused } from './rules/name-refused.js';
import { nameRisky } from './rules/name-risky.js';
import { namespaceUnreadable } from './rules/namespace-unreadable.js';
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
import { sourceKindRefusedByService } from './rules/source-kind-refused-by-service.js';
import { sourceTooNewForService } from './rules/source-too-new-for-service.js';
import { sourceTooOld } from './rules/source-too-old.js';
import { timeseriesNotCarried } from './rules/timeseries-not-carried.js';
import { timeseriesUnsupported } from './rules/timeseries-unsupported.js';
import { tooManyCollectionsVcore } from './rules/too-many-collections-vcore.js';
import { tooManyNamespacesRu } from './rules/too-many-namespaces-ru.js';
import { ttlOnSource } from './rules/ttl-on-source.js';
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
  namespaceUnreadable,
];
