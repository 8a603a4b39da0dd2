import { BSON_TYPE } from '../bson/raw-document.js';

/** Aliases of `$type`, by BSON type. https://www.mongodb.com/docs/manual/reference/operator/query/type/ */
export const TYPE_ALIAS: Readonly<Record<number, string>> = {
  [BSON_TYPE.double]: 'double',
  [BSON_TYPE.string]: 'string',
  [BSON_TYPE.document]: 'object',
  [BSON_TYPE.array]: 'array',
  [BSON_TYPE.binary]: 'binData',
  [BSON_TYPE.undefined]: 'undefined',
  [BSON_TYPE.objectId]: 'objectId',
  [BSON_TYPE.bool]: 'bool',
  [BSON_TYPE.date]: 'date',
  [BSON_TYPE.null]: 'null',
  [BSON_TYPE.regex]: 'regex',
  [BSON_TYPE.dbPointer]: 'dbPointer',
  [BSON_TYPE.code]: 'javascript',
  [BSON_TYPE.symbol]: 'symbol',
  [BSON_TYPE.codeWithScope]: 'javascriptWithScope',
  [BSON_TYPE.int]: 'int',
  [BSON_TYPE.timestamp]: 'timestamp',
  [BSON_TYPE.long]: 'long',
  [BSON_TYPE.decimal]: 'decimal',
  [BSON_TYPE.minKey]: 'minKey',
  [BSON_TYPE.maxKey]: 'maxKey',
};
