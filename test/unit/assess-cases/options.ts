import { bytes } from '../../../src/core/model/units.js';
import { mongodb, MONGODB, of, RU, VCORE, withOptions, type Cases } from '../assess-builders.js';
import { aCollection } from '../core-builders.js';

const filter = { state: { $eq: 'open' } };
const french = { locale: 'fr' };
const view = aCollection('shop.open', { type: 'view', options: { view: { on: 'orders', pipeline: [] } } });
const series = aCollection('shop.weather', { type: 'timeseries', options: { timeseries: { timeField: 't' } } });
const compoundKey = [
  ['a', 1],
  ['b.c', 1],
] as const;

/** Collections that are more than documents. */
export const OPTION_CASES: Cases = {
  'option-capped-unsupported': [
    withOptions(RU, { capped: { sizeBytes: bytes(4096) } }),
    withOptions(MONGODB, { capped: { sizeBytes: bytes(4096) } }),
  ],
  'option-validator-unsupported': [withOptions(RU, { validator: filter }), withOptions(VCORE, { validator: filter })],
  'option-validator-not-carried': [
    withOptions(VCORE, { validator: filter }),
    withOptions(MONGODB, { validator: filter }),
  ],
  'option-collation-unsupported': [
    withOptions(VCORE, { collation: french }),
    withOptions(MONGODB, { collation: french }),
  ],
  'option-clustered-unsupported': [withOptions(RU, { clustered: true }), withOptions(MONGODB, { clustered: true })],
  'option-pre-images-unsupported': [
    withOptions(mongodb('4.0.0'), { changeStreamPreAndPostImages: true }),
    withOptions(MONGODB, { changeStreamPreAndPostImages: true }),
  ],
  'option-expiry-unsupported': [
    withOptions(RU, { clustered: true, expireAfterSeconds: 60 }),
    withOptions(RU, { clustered: true }),
  ],
  'option-expiry-would-delete': [
    withOptions(MONGODB, { clustered: true, expireAfterSeconds: 60 }),
    withOptions(MONGODB, { clustered: true }),
  ],
  'option-shard-key-compound': [
    of(RU, aCollection('shop.orders', { shardKey: compoundKey })),
    { ...of(RU, aCollection('shop.orders', { shardKey: compoundKey })), shardKeys: { 'shop.orders': 'a' } },
  ],
  'option-shard-key-left-out': [
    of(VCORE, aCollection('shop.orders', { shardKey: [['a', 1]] })),
    of(RU, aCollection('shop.orders', { shardKey: [['a', 1]] })),
  ],
  'view-unsupported': [of(RU, view), of(VCORE, view)],
  'view-recreated': [of(VCORE, view), of(RU, view)],
  'timeseries-unsupported': [of(VCORE, series), of(MONGODB, series)],
  'timeseries-not-carried': [of(MONGODB, series), of(RU, series)],
};
