import type { CollectionFacts } from '../../../src/core/model/facts.js';
import { bytes, MIB } from '../../../src/core/model/units.js';
import { aFieldScan, of, RU, RU_ALL, scanned, VCORE, type Cases } from '../assess-builders.js';
import { aCollection, anIndex, aSample } from '../core-builders.js';

const orders = aCollection('shop.orders');
/** By another field than `_id`, as on a sharded source. */
const sharded = aCollection('shop.orders', { shardKey: [['region', 1]] });
const ofLargest = (largestBytes: number) => ({
  largestBytes,
  sizes: [
    { upTo: 2 * MIB, documents: 98, bytes: 1 },
    { upTo: null, documents: 2, bytes: 1 },
  ],
});
const SAMPLE = aSample().sample as NonNullable<CollectionFacts['sample']>;
const bucket = (largestBytes: number, more: { key?: 'files_id' | 'n' } = {}) => [
  aCollection('shop.fs.files'),
  aCollection('shop.fs.chunks', {
    indexes: [
      anIndex({
        key: [
          [more.key ?? 'files_id', 1],
          ['n', 1],
        ],
      }),
    ],
    sample: { ...SAMPLE, largestBytes: bytes(largestBytes) },
  }),
];
const byTs = aCollection('shop.orders', { indexes: [anIndex({ key: [['_ts', 1]], expireAfterSeconds: 60 })] });
const numbersInTtl = { fields: [aFieldScan('ttl', { types: { int: 3, string: 97 } })] };

export const DOCUMENT_CASES: Cases = {
  'mixed-id-types': [
    of(RU, aSample({ idTypes: { objectId: 1, string: 1 } })),
    of(RU, aSample({ idTypes: { objectId: 2, string: 0 } })),
  ],
  'document-over-2mb': [
    scanned(of(RU, orders), ofLargest(3 * MIB)),
    scanned(of(RU, orders), { largestBytes: 2 * MIB }),
  ],
  'document-over-16mb': [
    of(VCORE, aSample({ largestBytes: 16 * MIB + 1 })),
    of(VCORE, aSample({ largestBytes: 16 * MIB })),
  ],
  'document-needs-16mb': [
    of(RU_ALL, aSample({ largestBytes: 2 * MIB + 1 })),
    of(RU_ALL, aSample({ largestBytes: 2 * MIB })),
  ],
  'document-near-2mb': [
    of(RU, aSample({ largestBytes: 1.5 * MIB + 1 })),
    of(RU, aSample({ largestBytes: 2 * MIB + 1 })),
  ],
  'document-malformed': [scanned(of(VCORE, orders), { malformed: 1 }), scanned(of(VCORE, orders), { malformed: 0 })],
  'document-too-deep': [scanned(of(RU, orders), { deepest: 129 }), scanned(of(RU, orders), { deepest: 128 })],
  'document-ttl-field': [scanned(of(RU, byTs), numbersInTtl), scanned(of(RU, orders), numbersInTtl)],
  'id-over-1023-bytes': [
    scanned(of(RU, orders), { id: { types: { string: 100 }, largestBytes: 1024 } }),
    scanned(of(RU, orders), { id: { types: { string: 100 }, largestBytes: 1023 } }),
  ],
  'id-over-2kb': [
    scanned(of(VCORE, orders), { id: { types: { string: 100 }, largestBytes: 2049 } }),
    scanned(of(VCORE, orders), { id: { types: { string: 100 }, largestBytes: 2048 } }),
  ],
  'id-type-refused': [
    of(VCORE, aSample({ idTypes: { objectId: 99, undefined: 1 } })),
    of(VCORE, aSample({ idTypes: { objectId: 99, null: 1 } })),
  ],
  'duplicate-ids': [
    scanned(of(VCORE, sharded), { mode: 'full', duplicateIds: 2 }),
    scanned(of(RU, sharded), { mode: 'full', duplicateIds: 2 }),
  ],
  'duplicate-ids-kept': [
    scanned(of(RU, sharded), { mode: 'full', duplicateIds: 2 }),
    { ...scanned(of(RU, sharded), { mode: 'full', duplicateIds: 2 }), shardKeys: { 'shop.orders': '_id' } },
  ],
  'ids-may-repeat': [
    scanned(of(VCORE, sharded), { mode: 'sample' }),
    scanned(of(VCORE, sharded), { mode: 'full', duplicateIds: 0 }),
  ],
  'gridfs-found': [of(VCORE, ...bucket(300_000)), of(VCORE, ...bucket(300_000, { key: 'n' }))],
  'gridfs-chunks-over-2mb': [of(RU, ...bucket(2 * MIB + 1)), of(RU_ALL, ...bucket(2 * MIB + 1))],
};
