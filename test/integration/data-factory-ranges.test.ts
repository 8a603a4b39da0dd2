/** Ranges as filters say them, on a real server: every _id of every type in exactly one. */
import { EJSON } from 'bson';
import fc from 'fast-check';
import {
  Binary,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  MongoClient,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { RawCopySource } from '../../src/adapters/mongo/raw-copy-source.js';
import { countWithin, cutRange, planCopyRanges, queryOf } from '../../src/adapters/azure/data-factory-ranges.js';
import { rawId } from '../../src/core/bson/raw-document.js';
import { copyRange } from '../../src/handoff/data-factory/copy-range.js';
import { cutBounds, filterOf, WHOLE, type IdBounds } from '../../src/handoff/data-factory/id-bounds.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { strictFilter } from '../support/data-factory/copy-activity.js';
import { factoryPlan } from '../support/data-factory/migrate.js';

let server: RunningMongod;
let client: MongoClient;

beforeAll(async () => {
  server = await startMongod();
  client = await MongoClient.connect(server.uri);
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

/** By a command: the driver's own methods put an ObjectId in the place of null. Those that are there already are left out. */
async function insert(db: string, documents: readonly { readonly _id: unknown }[]): Promise<void> {
  await client.db(db).command({ insert: 'docs', ordered: false, documents });
}

const idArbitrary: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer().map((n) => new Int32(n)),
  fc.double().map((n) => new Double(n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => Long.fromBigInt(n)),
  fc.integer().map((n) => Decimal128.fromString(`${n}.5`)),
  fc.string({ unit: 'binary', maxLength: 6 }).filter((text) => !/\p{Surrogate}/u.test(text)),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
  fc.uint8Array({ maxLength: 4 }).map((bytes) => new Binary(bytes)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => new UUID(bytes)),
  fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => new Binary(bytes, 3)),
  fc.date({ noInvalidDate: true }),
  fc.record({ t: fc.nat(), i: fc.nat() }).map((parts) => new Timestamp(parts)),
  fc.record({ a: fc.integer(), b: fc.oneof(fc.string({ maxLength: 3 }), fc.integer(), fc.constant(null)) }),
  fc.record({ 1: fc.integer() }),
  fc.constantFrom<unknown>(null, true, false, new MinKey(), new MaxKey()),
);

it('holds every _id once, whatever types there are and wherever it is cut, and again when a part is cut', async () => {
  const coll = client.db('ranges').collection<{ _id: unknown }>('docs');
  await fc.assert(
    fc.asyncProperty(
      fc.array(idArbitrary, { minLength: 1, maxLength: 60 }),
      fc.infiniteStream(fc.boolean()),
      async (ids, coins) => {
        await coll.deleteMany({});
        await insert(
          'ranges',
          ids.map((_id) => ({ _id })),
        );
        const inOrder = await coll.find({}, { raw: true }).sort({ _id: 1 }).toArray();
        const hexes = (inOrder as unknown as Buffer[]).map((raw) => rawId(raw)?.toString('hex') ?? '');
        const some = (): string[] => hexes.filter(() => coins.next().value);
        const idsIn = async (bounds: IdBounds): Promise<string[]> => {
          const found = (await coll
            .find(strictFilter(filterOf(bounds)), { raw: true })
            .toArray()) as unknown as Buffer[];
          return found.map((raw) => rawId(raw)?.toString('hex') ?? '');
        };
        const parts = cutBounds(WHOLE, some());
        const finer: IdBounds[] = [];
        for (const part of parts) {
          const within = new Set(await idsIn(part));
          finer.push(
            ...cutBounds(
              part,
              some().filter((id) => within.has(id)),
            ),
          );
        }
        for (const cut of [parts, finer]) {
          const found = (await Promise.all(cut.map(idsIn))).flat();
          expect(found.sort()).toEqual([...hexes].sort());
        }
      },
    ),
    { numRuns: 60 },
  );
});

it('plans ranges whose counts add up, and finds each through the _id index', async () => {
  const coll = client.db('planned').collection<{ _id: unknown }>('docs');
  const ids = Array.from({ length: 2_000 }, (_, i) => (i % 3 === 0 ? i : i % 3 === 1 ? `t${i}` : new ObjectId()));
  await insert(
    'planned',
    [...ids, null, new MaxKey(), { 1: 1 }].map((_id) => ({ _id, pad: 'x'.repeat(300) })),
  );
  await using cluster = await connectTo(server.uri);
  const plan = await factoryPlan({
    sourceUri: server.uri,
    targetUri: `${server.uri}`,
    selection: { include: ['planned.docs'], rename: [{ from: 'planned.docs', to: 'elsewhere.docs' }] },
  });
  const reads = {
    session: cluster.session,
    source: new RawCopySource(cluster.session),
    signal: new AbortController().signal,
    rangeBytes: 60_000,
  };
  const ranges = await planCopyRanges(plan.collections, reads);
  expect(ranges.length).toBeGreaterThan(6);
  expect(ranges.reduce((sum, { documents }) => sum + documents, 0)).toBe(2_003);
  expect(ranges.filter(({ bounds }) => bounds.kind === 'others').map(({ documents }) => documents)).toEqual([3]);
  for (const { bounds } of ranges) {
    const { queryPlanner } = await coll.find(queryOf(bounds)).explain('queryPlanner');
    expect(EJSON.stringify(queryPlanner)).toContain('"IXSCAN"');
  }
});

it('cuts down to single documents, and says where it cannot', async () => {
  const ns = { db: 'cut', coll: 'docs' };
  await insert('cut', [
    ...Array.from({ length: 20 }, (_, i) => ({ _id: i })),
    { _id: null },
    { _id: true },
    { _id: new ObjectId() },
  ]);
  await using cluster = await connectTo(server.uri);
  const reads = {
    session: cluster.session,
    source: new RawCopySource(cluster.session),
    signal: new AbortController().signal,
  };
  const waiting = [copyRange({ source: ns, target: ns, bounds: WHOLE, documents: 23 })];
  const single: string[] = [];
  const left: number[] = [];
  for (let range = waiting.pop(); range; range = waiting.pop()) {
    const documents = await countWithin(ns, range.bounds, reads);
    const parts = documents > 1 ? await cutRange(range, documents, reads) : [range];
    if (parts.length > 1) waiting.push(...parts);
    else if (documents === 1) single.push(filterOf(range.bounds));
    else left.push(documents);
  }
  expect(single).toHaveLength(21);
  // null and true have no place between others.
  expect(left.filter((documents) => documents > 0)).toEqual([2]);
});
