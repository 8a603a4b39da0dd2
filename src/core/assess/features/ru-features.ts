/**
 * What RU accounts take, by version: the tables of "Supported features and syntax" for 3.6, 4.0, 4.2, 5.0, 6.0 and 7.0 (those of 4.2 and newer list the same).
 * https://learn.microsoft.com/azure/cosmos-db/mongodb/feature-support-36 and -40, -42, -50, -60, -70
 */
import type { FeatureKind } from '../../model/usage.js';
import { all, type AvailabilityTable } from './availability.js';

const V36 = [[3, 6]] as const;
const V40 = [[4, 0]] as const;
const V42 = [[4, 2]] as const;

const STAGES: AvailabilityTable = {
  ...all(V36, '$addFields $changeStream $count $facet $geoNear $group $limit $lookup $match $out $project $redact'),
  ...all(V36, '$replaceRoot $sample $skip $sort $sortByCount $unwind'),
  ...all(V42, '$merge $planCacheStats $replaceWith $set $unset'),
  // Listed for 3.6 and 4.0, and no more since.
  $graphLookup: [[3, 6], [4, 2]], // prettier-ignore
  ...all('never', '$bucket $bucketAuto $collStats $currentOp $indexStats $listLocalSessions $listSessions'),
};

const EXPRESSIONS: AvailabilityTable = {
  ...all(V36, '$and $not $or $setEquals $setIntersection $setUnion $setDifference $setIsSubset $anyElementTrue'),
  ...all(V36, '$allElementsTrue $cmp $eq $gt $gte $lt $lte $ne $in $nin $abs $add $ceil $divide $exp $floor $ln $log'),
  ...all(V36, '$log10 $mod $multiply $pow $sqrt $subtract $trunc $concat $indexOfBytes $indexOfCP $split $strLenBytes'),
  ...all(V36, '$strLenCP $strcasecmp $substr $substrBytes $substrCP $toLower $toUpper $arrayElemAt $arrayToObject'),
  ...all(V36, '$concatArrays $filter $indexOfArray $isArray $objectToArray $range $reverseArray $reduce $size $slice'),
  ...all(V36, '$zip $map $let $literal $dayOfYear $dayOfMonth $dayOfWeek $year $month $week $hour $minute $second'),
  ...all(V36, '$millisecond $dateToString $isoDayOfWeek $isoWeek $dateFromParts $dateToParts $dateFromString'),
  ...all(V36, '$isoWeekYear $cond $ifNull $switch $type $mergeObjects'),
  // Accumulators that are expressions in other stages than $group.
  ...all(V36, '$sum $avg $first $last $max $min $push $addToSet $stdDevPop $stdDevSamp'),
  ...all(V40, '$convert $toBool $toDate $toDecimal $toDouble $toInt $toLong $toObjectId $toString $ltrim $rtrim $trim'),
  ...all(V42, '$round $acos $acosh $asin $asinh $atan $atan2 $atanh $cos $cosh $degreesToRadians $radiansToDegrees'),
  ...all(V42, '$sin $sinh $tan $tanh $regexFind $regexFindAll $regexMatch $$CLUSTER_TIME'),
  ...all('never', '$meta'),
  // In no table; what `$where` and `mapReduce` are refused for holds for them too: JavaScript on the server.
  ...all('never', '$function'),
};

const ACCUMULATORS: AvailabilityTable = {
  ...all(V36, '$sum $avg $first $last $max $min $push $addToSet $stdDevPop $stdDevSamp $mergeObjects'),
  ...all('never', '$accumulator'),
};

const QUERY_OPERATORS: AvailabilityTable = {
  ...all(V36, '$eq $gt $gte $lt $lte $ne $in $nin $or $and $not $nor $exists $type $expr $mod $regex $all $elemMatch'),
  ...all(V36, '$size $comment $slice $geoWithin $geoIntersects $near $nearSphere $geometry $minDistance $maxDistance'),
  ...all('never', '$jsonSchema $text $where $meta $bitsAllSet $bitsAnySet $bitsAllClear $bitsAnyClear'),
  ...all('never', '$center $centerSphere $box $polygon'),
};

const UPDATE_OPERATORS: AvailabilityTable = {
  ...all(V36, '$inc $mul $rename $setOnInsert $set $unset $min $max $currentDate $addToSet $pop $pullAll $pull $push'),
  ...all(V36, '$pushAll $each $slice $sort $position $bit $.positional $[] $[identifier]'),
};

const COMMANDS: AvailabilityTable = {
  ...all(
    'never',
    'eval getPrevError parallelCollectionScan resetError cloneCollectionAsCapped collMod connectionStatus',
  ),
  ...all('never', 'convertToCapped copydb killOp renameCollection connPoolStats dataSize dbHash features listCommands'),
  ...all('never', 'profile serverStatus top mapReduce'),
  // "Sessions": no session commands. "Manage users and roles": none of either.
  ...all('never', 'startSession refreshSessions killSessions killAllSessions killAllSessionsByPattern'),
  ...all('never', 'createUser updateUser dropUser dropAllUsersFromDatabase grantRolesToUser revokeRolesFromUser'),
  ...all('never', 'createRole updateRole dropRole grantPrivilegesToRole revokePrivilegesFromRole grantRolesToRole'),
  // "Sharding": no manual commands but the making of a sharded collection.
  ...all('never', 'addShard balancerStart balancerStop moveChunk split'),
};

const OPTIONS: AvailabilityTable = all(V36, 'arrayFilters');

export const RU_FEATURES: Readonly<Record<FeatureKind, AvailabilityTable>> = {
  stage: STAGES,
  expression: EXPRESSIONS,
  accumulator: ACCUMULATORS,
  'query-operator': QUERY_OPERATORS,
  'update-operator': UPDATE_OPERATORS,
  command: COMMANDS,
  option: OPTIONS,
};

/** Commands and options that an application would miss and that the tables do not have; of others they are silent, and so are we. */
export const RU_UNLISTED: Readonly<Record<'command' | 'option', ReadonlySet<string>>> = {
  command: new Set(['bulkWrite', 'geoSearch', 'validate', 'compact', 'planCacheClear', 'setDefaultRWConcern']),
  option: new Set(['update.pipeline', 'let']),
};
