/** Collections that a Spark job does not bring, beside one that it has to bring with care: told before anything is made, and the rest goes its way. */
import { Binary, Decimal128, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SparkWorld, type SparkCase } from '../support/databricks/spark-world.js';

const MINUTES = 60_000;
const EACH = 40;

let world: SparkWorld;
let one: SparkCase;
beforeAll(async () => {
  world = await SparkWorld.start('spark-kinds');
  one = await world.begin();
  const db = world.from.db(one.db);
  const kinds: ((n: number) => unknown)[] = [
    (n) => n,
    (n) => `n${n}`,
    () => new ObjectId(),
    (n) => ({ n }),
    (n) => new Date(n),
    (n) => new Binary(Buffer.from([n]), 4),
    (n) => Decimal128.fromString(`${n}.5`),
  ];
  const mixed = kinds.flatMap((kind) => Array.from({ length: EACH }, (_, n) => ({ _id: kind(n) as never, n })));
  await db.collection('mixed').insertMany([...mixed, { _id: true as never, n: 0 }, { _id: null as never, n: 0 }]);
  await db.createCollection('few', { viewOn: 'mixed', pipeline: [{ $match: { n: { $lt: 3 } } }] });
  await db.createCollection('weather', { timeseries: { timeField: 'at' } });
  await db.collection('weather').insertOne({ at: new Date(), degrees: 4 });
}, 15 * MINUTES);
afterAll(async () => {
  await one.workspace.close();
  await world[Symbol.asyncDispose]();
});

describe('a run by Spark over collections of all kinds', { timeout: 5 * MINUTES }, () => {
  it('brings _ids of every type, makes the view, and tells of the time series that it leaves out', async () => {
    const plan = await world.plan({ include: [`${one.db}.*`] });
    expect(plan.notMigrated).toMatchObject([{ why: 'timeseries-not-carried' }]);
    const { verdict, status } = await one.run({ plan });
    expect(verdict).toEqual({
      state: 'completed-with-findings',
      reasons: [{ id: 'namespaces-left-out', params: { namespaces: 1 } }],
    });
    expect(status.collections[`${one.db}.mixed`]?.verification).toMatchObject({ kind: 'equal' });
    const hashOf = async (client: typeof world.from): Promise<unknown> =>
      (await client.db(one.db).command({ dbHash: 1, collections: ['mixed'] }))['collections'];
    expect(await hashOf(world.to)).toEqual(await hashOf(world.from));
    expect(await world.to.db(one.db).collection('few').countDocuments()).toBe(
      await world.from.db(one.db).collection('few').countDocuments(),
    );
  });

  it('compares everything by another job where it is resumed after that: whether the source was written to since is not known', async () => {
    const plan = await world.plan({ include: [`${one.db}.*`] });
    const again = await one.run({ plan });
    expect(again.verdict.reasons.map(({ id }) => id)).toEqual(['namespaces-left-out']);
    expect(again.events.filter(({ kind }) => kind === 'scope')).toEqual([]);
    expect(one.workspace.calls.filter(({ name }) => name.endsWith('/run-now'))).toHaveLength(2);
  });
});
