import { aUsage, MONGODB, of, RU, sourceOf, VCORE, type Cases } from '../assess-builders.js';
import { aCollection, anInventory, aVersion } from '../core-builders.js';
import type { CollectionFacts } from '../../../src/core/model/facts.js';
import type { AssessInput } from '../../../src/core/assess/assess.js';

const many = (count: number): CollectionFacts[] => Array.from({ length: count }, (_, i) => aCollection(`shop.c${i}`));
const HOUR = 3_600_000;
const online = (input: AssessInput, windowMs?: number): AssessInput => ({
  ...input,
  online: true,
  expectedCopyMs: 10 * HOUR,
  ...(windowMs === undefined ? {} : { usage: aUsage({ oplog: { windowMs, sizeBytes: 1, bytesPerSecond: 1 } }) }),
});

/** Names, numbers of collections, the source itself, and moving it while it is written to. */
export const SOURCE_CASES: Cases = {
  'name-refused': [of(VCORE, aCollection('shop.a$b')), of(RU, aCollection('shop.a$b'))],
  'name-risky': [of(RU, aCollection('shop.größe 1')), of(RU, aCollection('shop.sizes_1'))],
  'too-many-namespaces-ru': [of(RU, ...many(500)), of(RU, ...many(499))],
  'too-many-collections-vcore': [of(VCORE, ...many(1001)), of(VCORE, ...many(1000))],
  'source-too-old': [sourceOf(aVersion('3.4.24'), RU), { ...sourceOf(aVersion('3.4.24'), RU), method: 'dms' }],
  'source-too-new-for-service': [
    { ...sourceOf(aVersion('4.2.0'), RU), method: 'dms' },
    { ...sourceOf(aVersion('4.0.28'), RU), method: 'dms' },
  ],
  'source-kind-refused-by-service': [
    { ...sourceOf({ kind: 'cosmos-ru' }, VCORE), method: 'dms' },
    { ...sourceOf({ kind: 'cosmos-ru' }, VCORE), method: 'dump-restore' },
  ],
  'namespace-unreadable': [
    {
      inventory: anInventory([], {
        failed: [{ ns: { db: 'shop', coll: 'x' }, code: '13', message: 'not authorized' }],
      }),
      target: RU,
    },
    of(RU),
  ],
  'database-names-collide': [
    of(VCORE, aCollection('Shop.orders'), aCollection('shop.people')),
    of(VCORE, aCollection('shop.Orders'), aCollection('shop.orders')),
  ],
  'shared-throughput-over-25': [of(RU, ...many(26)), of(RU, ...many(25))],
  'online-standalone': [
    online(sourceOf({ topology: 'standalone' }, VCORE)),
    sourceOf({ topology: 'standalone' }, VCORE),
  ],
  'online-oplog-too-short': [online(sourceOf({}, RU), 10 * HOUR - 1), online(sourceOf({}, RU), 10 * HOUR)],
  'online-oplog-tight': [online(sourceOf({}, RU), 10 * HOUR), online(sourceOf({}, RU), 20 * HOUR)],
  'online-deletes-unseen': [
    online(sourceOf({ kind: 'cosmos-ru' }, VCORE)),
    online(sourceOf({ kind: 'mongodb' }, VCORE)),
  ],
  'online-change-log-small': [
    online(sourceOf({ kind: 'cosmos-vcore' }, MONGODB)),
    sourceOf({ kind: 'cosmos-vcore' }, MONGODB),
  ],
};
