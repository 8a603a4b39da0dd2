/** The order of `_id`s in an index, as far as tests use it (MongoDB manual, Comparison/Sort Order). */
import { deserialize, type Long } from 'bson';
import { BSON_TYPE, rawDocument } from '../../src/core/bson/raw-document.js';

const RANK: Readonly<Record<number, number>> = {
  [BSON_TYPE.minKey]: 0,
  [BSON_TYPE.null]: 2,
  [BSON_TYPE.int]: 3,
  [BSON_TYPE.long]: 3,
  [BSON_TYPE.double]: 3,
  [BSON_TYPE.string]: 4,
  [BSON_TYPE.symbol]: 4,
  [BSON_TYPE.document]: 5,
  [BSON_TYPE.binary]: 7,
  [BSON_TYPE.objectId]: 8,
  [BSON_TYPE.bool]: 9,
  [BSON_TYPE.date]: 10,
  [BSON_TYPE.timestamp]: 11,
  [BSON_TYPE.maxKey]: 20,
};

function numberOf(id: Buffer): number {
  const value = (
    deserialize(rawDocument([id.subarray(0, 1), Buffer.from('v\0'), id.subarray(1)]), {
      promoteLongs: false,
      promoteValues: true,
    }) as { v: number | Long }
  ).v;
  return typeof value === 'number' ? value : value.toNumber();
}

/** Compares two `_id`s given as type byte and value bytes. Documents are compared by their bytes, which is the server's order for the tests' own. */
export function compareIds(a: Buffer, b: Buffer): number {
  const [typeA = 0, typeB = 0] = [a[0], b[0]];
  const rank = (RANK[typeA] ?? 15) - (RANK[typeB] ?? 15);
  if (rank !== 0) return rank;
  if (RANK[typeA] === 3) return numberOf(a) - numberOf(b);
  if (typeA === BSON_TYPE.date) return Number(a.readBigInt64LE(1) - b.readBigInt64LE(1));
  if (typeA === BSON_TYPE.string) return Buffer.compare(a.subarray(5, -1), b.subarray(5, -1));
  return Buffer.compare(a.subarray(1), b.subarray(1));
}
