import { BSON, Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp, type Document } from 'bson';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { parseConnectionString } from '../../src/adapters/mongo/connection-string.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import type { PlannedCollection } from '../../src/core/model/plan.js';
import { bytes } from '../../src/core/model/units.js';
import type { ClusterSession } from '../../src/engine/ports.js';
import type { VerifyOptions } from '../../src/engine/verify/options.js';
import { cutRanges, probeRangeReads } from '../../src/engine/verify/range-reads.js';
import type { Differences, VerificationResult } from '../../src/engine/verify/result.js';
import { verifyCollection } from '../../src/engine/verify/verify-collection.js';
import { bent, ignoringBounds } from '../support/fake-cluster.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { startRuStandIn, type RuStandIn } from '../support/ru-stand-in/start.js';
import { indexFacts, plannedCollection, plannedIndex } from '../unit/engine-builders.js';

const SOURCE = { db: 'from', coll: 'things' };
const TARGET = { db: 'to', coll: 'things renamed' };

let server: RunningMongod;
let cluster: ConnectedCluster;
let session: ClusterSession;

beforeAll(async () => {
  server = await startMongod();
  cluster = await connect({ connectionString: parseConnectionString(server.uri), clock: systemClock });
  ({ session } = cluster);
});
afterAll(async () => {
  await cluster.close();
  await server.stop();
});
beforeEach(async () => {
  for (const { db } of [SOURCE, TARGET]) await session.command(db, { dropDatabase: 1 });
});

const raw = (document: Document): Buffer => Buffer.from(BSON.serialize(document));

async function put(ns: typeof SOURCE, documents: readonly Document[]): Promise<void> {
  const result = await session.insertRaw(ns, documents.map(raw), { ordered: false });
  expect(result.writeErrors).toEqual([]);
}

/** The source's documents on the target, by the server itself. */
async function copyAll(): Promise<void> {
  const into = { $out: { db: TARGET.db, coll: TARGET.coll } };
  await session.command(SOURCE.db, { aggregate: SOURCE.coll, pipeline: [into], cursor: {} });
}

const onTarget = (updates: Document[]): Promise<Document> =>
  session.command(TARGET.db, { update: TARGET.coll, updates });
const deleteOnTarget = (q: Document): Promise<Document> =>
  session.command(TARGET.db, { delete: TARGET.coll, deletes: [{ q, limit: 0 }] });

interface Case {
  readonly planned?: Partial<PlannedCollection>;
  readonly source?: ClusterSession;
  readonly target?: ClusterSession;
  readonly options?: Partial<VerifyOptions>;
}

async function verify({
  planned,
  source = session,
  target = session,
  options,
}: Case = {}): Promise<VerificationResult> {
  const job = { planned: plannedCollection(SOURCE, TARGET, planned), targetKind: 'mongodb', depth: 'full' } as const;
  return verifyCollection(job, source, target, { clock: systemClock, ...options });
}

function differencesOf(result: VerificationResult): Differences {
  if (result.kind === 'equal') throw new Error('equal');
  return result.differences;
}

/** About 4,000 documents whose `_id`s are of every type that a server orders on its own. */
function mixedIds(): Document[] {
  const ids: unknown[] = [null, true, false, new Timestamp({ t: 5, i: 6 }), Decimal128.fromString('7.25')];
  for (let i = 0; i < 570; i += 1) {
    ids.push(i, Long.fromNumber(1e12 + i), new Double(i + 0.5), `text ${i}`, new ObjectId(), new Date(i * 1e9), {
      a: i,
      b: [i],
    });
  }
  return ids.map((id, i) => ({ _id: id, i, text: 'x'.repeat(i % 50) }));
}

/** A planned size that makes ranges of about 16 KB worth while. */
const RANGED: Case = {
  planned: { documents: 4000, logicalBytes: bytes(4000 * 100) },
  options: { rangeBytes: 16_000, parallelRanges: 3 },
};

describe('verification against a real server', () => {
  it('proves an equal copy of mixed _id types by ranges, each document read once on each side', async () => {
    await put(SOURCE, mixedIds());
    await copyAll();
    const read = { source: 0, target: 0 };
    const options = {
      ...RANGED.options,
      onProgress: (p: { side: 'source' | 'target'; documents: number }) => (read[p.side] += p.documents),
    };
    const result = await verify({ ...RANGED, options });
    expect(result).toMatchObject({ kind: 'equal', evidence: { means: 'id-ranges' } });
    expect(result.evidence.ranges).toBeGreaterThan(10);
    expect(result.evidence.source).toEqual(result.evidence.target);
    expect(result.evidence.source.documents).toBe(mixedIds().length);
    expect(read).toEqual({ source: mixedIds().length, target: mixedIds().length });
  });

  it.each(['id-ranges', 'one-pass'] as const)('locates what is missing, extra and different (%s)', async (means) => {
    const documents = mixedIds();
    await put(SOURCE, documents);
    await copyAll();
    await deleteOnTarget({ _id: { $in: [3, 'text 17', null] } });
    await put(TARGET, [{ _id: 'not from the source', i: -1 }, { _id: new ObjectId('ffffffffffffffffffffffff') }]);
    await onTarget([{ q: { _id: 'text 99' }, u: { $set: { i: new Double(99) } } }]);
    await onTarget([{ q: { _id: true }, u: { $set: { more: 1 } } }]);
    const result = await verify(means === 'id-ranges' ? RANGED : {});
    expect(result).toMatchObject({ kind: 'different', evidence: { means } });
    const found = differencesOf(result);
    expect(found).toMatchObject({ missing: 3, extra: 2, different: 2, exact: true, definition: [] });
    const named = found.documents.map(({ kind, id }) => `${kind} ${JSON.stringify(id)}`).sort();
    expect(named).toEqual([
      'different "text 99"',
      'different true',
      'extra "not from the source"',
      'extra {"$oid":"ffffffffffffffffffffffff"}',
      'missing "text 17"',
      'missing null',
      'missing {"$numberInt":"3"}',
    ]);
  });

  it.each([
    ['MaxKey', 'source'],
    ['MaxKey', 'target'],
    ['MinKey', 'source'],
    ['MinKey', 'target'],
  ] as const)('does not overlook an _id of %s on the %s, which open ranges may leave out', async (key, side) => {
    await put(SOURCE, mixedIds());
    await copyAll();
    await put(side === 'source' ? SOURCE : TARGET, [{ _id: key === 'MaxKey' ? new MaxKey() : new MinKey(), edge: 1 }]);
    const result = await verify(RANGED);
    expect(result.evidence.means).toBe('one-pass');
    expect(differencesOf(result)).toMatchObject(
      side === 'source' ? { missing: 1, extra: 0 } : { missing: 0, extra: 1 },
    );
  });

  it('takes one pass where a side ignores bounds, and proves the same', async () => {
    await put(SOURCE, mixedIds());
    await copyAll();
    const equal = await verify({ ...RANGED, target: ignoringBounds(session) });
    expect(equal).toMatchObject({ kind: 'equal', evidence: { means: 'one-pass', ranges: 1 } });
    await deleteOnTarget({ _id: 'text 1' });
    const lost = await verify({ ...RANGED, source: ignoringBounds(session) });
    expect(lost.evidence.means).toBe('one-pass');
    expect(differencesOf(lost).documents).toMatchObject([{ kind: 'missing', id: 'text 1' }]);
  });

  it('sees a target that is not there, one that is empty, and an empty source', async () => {
    await put(SOURCE, [{ _id: 1 }, { _id: 2 }]);
    const nowhere = differencesOf(await verify());
    expect(nowhere).toMatchObject({ missing: 2, definition: [{ what: 'collection', kind: 'missing' }] });
    await session.command(TARGET.db, { create: TARGET.coll });
    expect(differencesOf(await verify())).toMatchObject({ missing: 2, definition: [] });
    await session.command(SOURCE.db, { drop: SOURCE.coll });
    expect((await verify()).kind).toBe('equal');
  });

  it('puts emptied timestamps right, proves it, and overwrites nothing else', async () => {
    const empty = new Timestamp({ t: 0, i: 0 });
    const documents = [
      { _id: 1, at: empty, text: 'one' },
      { _id: { k: 'two' }, at: empty, more: empty },
      { _id: 3, at: empty, text: 'changed on the target' },
      { _id: 4, text: 'no timestamp, changed too' },
    ];
    for (const document of documents) await session.replaceRaw(SOURCE, raw(document));
    await put(TARGET, documents);
    await onTarget([{ q: { _id: { $in: [3, 4] } }, u: { $set: { text: 'other' } }, multi: true }]);
    const result = await verify();
    expect(result.evidence.mended).toBe(2);
    const found = differencesOf(result);
    expect(found).toMatchObject({ missing: 0, extra: 0, different: 2 });
    expect(found.documents.map(({ id }) => id)).toEqual(
      expect.arrayContaining([{ $numberInt: '3' }, { $numberInt: '4' }]),
    );
    const kept = await session.command(TARGET.db, { find: TARGET.coll, filter: { text: 'other' } });
    expect((kept.cursor as { firstBatch: unknown[] }).firstBatch).toHaveLength(2);
  });

  it('leaves timestamps alone when told to', async () => {
    await session.replaceRaw(SOURCE, raw({ _id: 1, at: new Timestamp({ t: 0, i: 0 }) }));
    await put(TARGET, [{ _id: 1, at: new Timestamp({ t: 0, i: 0 }) }]);
    const result = await verify({ options: { mendEmptyTimestamps: false } });
    expect(result).toMatchObject({ kind: 'different', evidence: { mended: 0 }, differences: { different: 1 } });
  });

  it('compares indexes and options with the plan', async () => {
    await session.command(SOURCE.db, { create: SOURCE.coll });
    await session.command(TARGET.db, { create: TARGET.coll, validator: { a: 1 } });
    const indexes = [
      { key: { a: 1 }, name: 'a_1' },
      { key: { b: 1 }, name: 'b_1', unique: true },
      { key: { z: 1 }, name: 'z_1' },
    ];
    await session.command(TARGET.db, { createIndexes: TARGET.coll, indexes });
    const planned = {
      options: { collation: { locale: 'en' } },
      indexes: [
        plannedIndex(indexFacts('a_1', [['a', 1]])),
        plannedIndex(indexFacts('b_1', [['b', 1]])),
        plannedIndex(indexFacts('c_1', [['c', 1]])),
        plannedIndex(indexFacts('skipped', [['s', 1]]), { kind: 'skip', why: 'text-unsupported' }),
        plannedIndex(indexFacts('ttl', [['t', 1]], { expireAfterSeconds: 5 }), {
          kind: 'create',
          when: 'after-verification',
        }),
      ],
    };
    const { definition } = differencesOf(await verify({ planned }));
    expect(definition.map(({ what, kind }) => `${kind} ${what}`).sort()).toEqual([
      'different index:b_1',
      'extra index:z_1',
      'extra option:validator',
      'missing index:c_1',
      'missing option:collation',
    ]);
  });

  it('reads a collection with a default collation in one pass: its order is not the order of bytes', async () => {
    for (const { db, coll } of [SOURCE, TARGET]) {
      await session.command(db, { create: coll, collation: { locale: 'en', strength: 3 } });
    }
    const documents = Array.from({ length: 2000 }, (_, i) => ({ _id: `${i % 2 ? 'a' : 'B'}${i}`, x: 'y'.repeat(50) }));
    await put(SOURCE, documents);
    await put(TARGET, documents);
    const options = { locale: 'en', strength: 3 };
    const result = await verify({ ...RANGED, planned: { ...RANGED.planned, options: { collation: options } } });
    expect(result).toMatchObject({ kind: 'equal', evidence: { means: 'one-pass' } });
  });

  it('starts a range again when the connection is lost in the middle of it', async () => {
    await put(SOURCE, mixedIds());
    await copyAll();
    let broken = 0;
    const breaking = bent(session, {
      async *findRaw(ns, find, signal) {
        let given = 0;
        for await (const batch of session.findRaw(ns, { ...find, batchSize: 100 }, signal)) {
          yield batch;
          given += 1;
          if (given === 2 && find.max !== undefined && broken < 2) {
            broken += 1;
            await session.command('admin', { getMore: 1 }).catch(() => undefined);
            const { MigrationError } = await import('../../src/core/model/error.js');
            throw new MigrationError('connection-lost', { reason: 'network' });
          }
        }
      },
    });
    const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
    const result = await verify({ ...RANGED, source: breaking, options: { ...RANGED.options, clock } });
    expect(broken).toBe(2);
    expect(result.kind).toBe('equal');
  });

  it('cannot prove what it may not read, and says why', async () => {
    await session
      .command(SOURCE.db, { create: SOURCE.coll, viewOn: 'base', pipeline: [{ $nonsense: 1 }] })
      .catch(() => undefined);
    await session.command(SOURCE.db, {
      create: SOURCE.coll,
      viewOn: 'base',
      pipeline: [{ $addFields: { x: { $divide: [1, '$zero'] } } }],
    });
    await session.command(SOURCE.db, { insert: 'base', documents: [{ _id: 1, zero: 0 }] });
    await session.command(TARGET.db, { create: TARGET.coll });
    const result = await verify();
    expect(result).toMatchObject({ kind: 'unverified', why: 'unreadable' });
  });
});

describe('probing range reads', () => {
  it('honours a server that honours bounds, and is not fooled by one that ignores them', async () => {
    await put(SOURCE, mixedIds());
    expect(await probeRangeReads(session, SOURCE)).toBe('honoured');
    for (const bounds of [['min', 'max'], ['min'], ['max']] as const) {
      expect(await probeRangeReads(ignoringBounds(session, bounds), SOURCE)).toBe('ignored');
    }
    await session.command(TARGET.db, { insert: TARGET.coll, documents: [{ _id: 1 }] });
    expect(await probeRangeReads(session, TARGET)).toBe('too-few-documents');
  });

  it.each([
    ['honour', 'honoured'],
    ['ignore', 'ignored'],
    ['refuse', 'refused'],
  ] as const)('of an RU target that does %s', async (rangeReads, expected) => {
    const standIn: RuStandIn = await startRuStandIn({ backendPort: server.port, rangeReads, ruPerSecond: 10_000 });
    const ru = await connect({ connectionString: parseConnectionString(standIn.uri), clock: systemClock });
    await put(SOURCE, mixedIds());
    expect(await probeRangeReads(ru.session, SOURCE)).toBe(expected);
    await ru.close();
    await standIn.close();
  });

  it('cuts ranges that together are everything and overlap nowhere', async () => {
    await put(SOURCE, mixedIds());
    const size = { documents: 4000, bytes: 400_000, rangeBytes: 20_000 };
    const segments = await cutRanges(session, SOURCE, size);
    expect(segments.length).toBeGreaterThan(5);
    expect(segments[0]).not.toHaveProperty('min');
    expect(segments.at(-1)).not.toHaveProperty('max');
    let counted = 0;
    for (const { min, max } of segments) {
      const bounds = {
        ...(min === undefined ? {} : { min: { _id: min } }),
        ...(max === undefined ? {} : { max: { _id: max } }),
      };
      for await (const batch of session.findRaw(SOURCE, { hint: { _id: 1 }, ...bounds }))
        counted += batch.documents.length;
    }
    expect(counted).toBe(mixedIds().length);
  });
});
