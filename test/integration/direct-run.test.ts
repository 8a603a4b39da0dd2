import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { fillOddData, ODD_DB } from '../support/odd-data.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

let source: RunningMongod;
let target: RunningMongod;
let runs: TempFolder;
let from: MongoClient;
let to: MongoClient;

beforeAll(async () => {
  [source, target, runs] = await Promise.all([startMongod(), startMongod(), makeTempFolder('direct-run')]);
  from = await MongoClient.connect(source.uri);
  to = await MongoClient.connect(target.uri);
});

afterAll(async () => {
  await from.close();
  await to.close();
  await Promise.all([source.stop(), target.stop(), runs.remove()]);
});

const direct = (db: string, more: Partial<Parameters<typeof migrate>[0]> = {}) =>
  migrate({
    sourceUri: source.uri,
    targetUri: target.uri,
    selection: { include: [`${db}.*`] },
    runsRoot: runs.path,
    ...more,
    plan: { method: 'direct-copy', ...more.plan },
  });

describe('a direct copy from mongod to mongod', () => {
  it('brings what usually breaks migrations, byte by byte', async () => {
    await fillOddData(source.uri);
    const { verdict, status } = await direct(ODD_DB);
    const different = Object.values(status.collections).flatMap(({ verification: v }) =>
      v === undefined || v.kind === 'equal' ? [] : [v],
    );
    expect(different).toEqual([]);
    // A namespace of the test data that no plan brings.
    expect(verdict.reasons.map(({ id }) => id)).toEqual(['namespaces-left-out']);
    expect(status.collections[`${ODD_DB}.types`]?.verification?.evidence).toMatchObject({
      means: 'streamed',
      mended: 0,
    });
  });

  it('cuts a collection of several kinds of _id into ranges, loses none, and proves it by the sums it took', async () => {
    const coll = from.db('mixed').collection<{ _id: unknown }>('docs');
    const pad = 'x'.repeat(4_000);
    const ids = Array.from({ length: 12_000 }, (_, i) =>
      i % 4 === 0 ? i : i % 4 === 1 ? `text ${i}` : i % 4 === 2 ? { a: i } : new Date(i * 1e6),
    );
    await coll.insertMany(
      ids.map((_id) => ({ _id, pad })),
      { ordered: false },
    );
    const { verdict, status } = await direct('mixed');
    expect(verdict).toEqual({ state: 'completed', reasons: [] });
    const ranges = [...(status.ranges.get('mixed.docs')?.ranges.values() ?? [])];
    expect(ranges.length).toBeGreaterThan(1);
    expect(ranges.every(({ done }) => done)).toBe(true);
    expect(ranges.reduce((sum, range) => sum + range.sum.documents, 0)).toBe(12_000);
    expect(status.collections['mixed.docs']?.verification?.evidence.means).toBe('streamed');
    expect(await to.db('mixed').collection('docs').countDocuments()).toBe(12_000);
  });
});
