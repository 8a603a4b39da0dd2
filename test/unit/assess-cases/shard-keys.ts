import type { AssessInput } from '../../../src/core/assess/assess.js';
import type { FieldScan } from '../../../src/core/model/scan.js';
import { bytes, GIB } from '../../../src/core/model/units.js';
import { aFieldScan, of, RU, scanned, type Cases } from '../assess-builders.js';
import { aCollection } from '../core-builders.js';

/** An RU collection of so many GiB by the shard key `region`, looked at. */
const keyed = (change: Partial<FieldScan>, gib = 1): AssessInput =>
  scanned(of(RU, aCollection('shop.orders', { shardKey: [['region', 1]], logicalBytes: bytes(gib * GIB) })), {
    fields: [aFieldScan('region', change)],
  });
const share = (bytesShare: number, documents = bytesShare): Partial<FieldScan> => ({
  top: [{ documents, bytes: bytesShare }],
});
const unsharded = (gib: number): AssessInput => of(RU, aCollection('shop.orders', { logicalBytes: bytes(gib * GIB) }));
const needing = (input: AssessInput, ruPerSecond: number): AssessInput => ({
  ...input,
  requiredRuPerSecond: { 'shop.orders': ruPerSecond },
});

export const SHARD_KEY_CASES: Cases = {
  'unsharded-over-20gb': [
    of(RU, aCollection('shop.orders', { logicalBytes: bytes(20 * GIB + 1) })),
    of(RU, aCollection('shop.orders', { logicalBytes: bytes(20 * GIB + 1), shardKey: [['a', 1]] })),
  ],
  'unsharded-near-20gb': [unsharded(15.1), unsharded(20.1)],
  'unsharded-over-10000-ru': [needing(unsharded(1), 10_001), needing(unsharded(1), 10_000)],
  'logical-partition-over-20gb': [keyed(share(0.21), 100), keyed(share(0.2), 100)],
  'logical-partition-near-20gb': [keyed(share(0.16), 100), keyed(share(0.15), 100)],
  'shard-key-missing': [keyed({ present: 99 }), keyed({ present: 100 })],
  'shard-key-not-looked-at': [
    { ...keyed({}), shardKeys: { 'shop.orders': 'town' } },
    { ...keyed({}), shardKeys: { 'shop.orders': 'region' } },
  ],
  'shard-key-null': [keyed({ nulls: 1 }), keyed({ nulls: 0 })],
  'shard-key-array': [keyed({ arrays: 1 }), keyed({ arrays: 0 })],
  'shard-key-too-large': [keyed({ largestValueBytes: 2049 }), keyed({ largestValueBytes: 2048 })],
  'shard-key-mixed-types': [keyed({ types: { string: 99, int: 1 } }), keyed({ types: { long: 99, int: 1, null: 1 } })],
  'shard-key-other-types': [keyed({ types: { date: 100 } }), keyed({ types: { string: 100, bool: 0 } })],
  'shard-key-skewed': [needing(keyed(share(0.01, 0.26)), 40_000), needing(keyed(share(0.25)), 40_000)],
  'shard-key-few-values': [
    needing(keyed({ distinct: { values: 4, exact: true } }), 50_000),
    needing(keyed({ distinct: { values: 5, exact: true } }), 50_000),
  ],
};
