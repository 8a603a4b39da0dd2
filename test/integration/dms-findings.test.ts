/** What becomes of a migration by DMS after what its verification has found, and of a document that the target refuses. */
import { MongoClient, type Collection } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listDeadLetters } from '../../src/adapters/files/dead-letter-reader.js';
import { readPlanFile } from '../../src/adapters/files/plan-file.js';
import { MOCK_GROUP, MOCK_SUBSCRIPTION } from '../support/arm/arm-mock.js';
import { puts, withDms as withDmsOf, type DmsWorld } from '../support/arm/dms-migration.js';
import type { DmsTrouble } from '../support/arm/dms-model.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const COLLECTIONS = ['orders', 'people'];

let source: RunningMongod;
let target: RunningMongod;
let temp: TempFolder;
beforeAll(async () => {
  [source, target, temp] = await Promise.all([startMongod(), startMongod(), makeTempFolder('dms')]);
  const client = await new MongoClient(source.uri).connect();
  const documents = Array.from({ length: 100 }, (_, n) => ({ n }));
  for (const coll of COLLECTIONS)
    await client
      .db('shop')
      .collection(coll)
      .insertMany(documents.map((d) => ({ ...d })));
  await client.close();
}, 120_000);
afterAll(async () => {
  await Promise.all([source.stop(), target.stop(), temp.remove()]);
});

function withDms(work: (world: DmsWorld) => Promise<void>, trouble: DmsTrouble = {}): Promise<void> {
  return withDmsOf({ source, target, temp, trouble }, work);
}

const CLUSTER = `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/${MOCK_GROUP}/providers/Microsoft.DocumentDB/mongoClusters/c1`;
const vcore = { targetKind: 'cosmos-vcore', handoff: { targetResourceId: CLUSTER } } as const;

/** With an index on the target that the plan does not know: a finding, and no difference of documents. */
async function withFinding(
  work: (world: DmsWorld, sides: { readonly source: Collection; readonly target: Collection }) => Promise<void>,
): Promise<void> {
  const [from, to] = await Promise.all([new MongoClient(source.uri).connect(), new MongoClient(target.uri).connect()]);
  const sides = { source: from.db('shop').collection('people'), target: to.db('shop').collection('people') };
  try {
    await withDms(async (world) => {
      await sides.target.createIndex({ left: 1 });
      await work(world, sides);
    });
  } finally {
    await Promise.all([from.close(), to.close()]);
  }
}

describe('a migration by DMS that has proven every document', () => {
  it(
    'copies nothing again once what else was found is mended',
    () =>
      withFinding(async ({ mock, attempt }, { target: people }) => {
        const first = await attempt();
        expect(first.verdict).toMatchObject({ state: 'completed-with-findings' });
        await people.dropIndex('left_1');
        const second = await attempt({ resume: first.folder });
        expect(second.verdict).toMatchObject({ state: 'completed' });
        expect(second.proven).toEqual([COLLECTIONS.length]);
        expect(puts(mock, 'migrate')).toBe(1);
        expect(mock.resources.size).toBe(0);
      }),
    120_000,
  );

  it(
    'copies everything again where the source has moved on',
    () =>
      withFinding(async ({ mock, attempt }, { source: people }) => {
        const first = await attempt();
        await people.updateOne({}, { $inc: { moved: 1 } });
        const second = await attempt({ resume: first.folder });
        expect(second.verdict).toMatchObject({ state: 'completed-with-findings' });
        expect(second.proven).toEqual([]);
        expect(puts(mock, 'migrate')).toBe(2);
      }),
    120_000,
  );
});

describe('documents that are on the target before DMS copies', () => {
  it(
    'are left alone, and nothing is made, unless the plan lets them be replaced',
    () =>
      withFinding(async ({ mock, attempt }, { target: people }) => {
        await people.insertOne({ theirs: true });
        const { verdict, folder } = await attempt();
        expect(verdict.state).toBe('failed-resumable');
        expect(JSON.stringify(verdict.reasons)).toContain('dms-documents-there');
        expect(mock.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
        expect(await people.countDocuments()).toBe(1);
        const plan = { ...(await readPlanFile(folder.planPath)), conflictPolicy: 'overwrite' as const };
        expect((await attempt({ plan })).verdict.state).not.toBe('failed-resumable');
        expect(puts(mock, 'migrate')).toBe(1);
      }),
    120_000,
  );
});

/** The documents of the fixture are smaller. */
const LARGEST = 10_000;

/** Runs with one document more in `shop.people`, which the target refuses. */
async function withLarge(work: () => Promise<void>): Promise<void> {
  const client = await new MongoClient(source.uri).connect();
  const people = client.db('shop').collection<{ _id: string; text: string }>('people');
  try {
    await people.insertOne({ _id: 'large', text: 'x'.repeat(LARGEST) });
    await work();
  } finally {
    await people.deleteOne({ _id: 'large' });
    await client.close();
  }
}

describe('a document that the target refuses of DMS', () => {
  it(
    'is kept nowhere where the classic service counts it, and the run does not complete',
    () =>
      withLarge(() =>
        withDms(
          async ({ attempt }) => {
            const { verdict, folder } = await attempt();
            expect(verdict.state).toBe('failed-resumable');
            expect(JSON.stringify(verdict.reasons)).toContain('Request size is too large.');
            expect(await listDeadLetters(folder.deadLettersPath)).toEqual([]);
          },
          { largest: LARGEST },
        ),
      ),
    120_000,
  );

  it(
    'is found missing by the verification where the service for vCore says nothing of it',
    () =>
      withLarge(() =>
        withDms(
          async ({ attempt }) => {
            const { verdict, folder } = await attempt(vcore);
            expect(verdict.state).toBe('failed-resumable');
            expect(verdict.reasons).toContainEqual({ id: 'documents-missing', params: { documents: 1 } });
            expect(await listDeadLetters(folder.deadLettersPath)).toEqual([]);
          },
          { largest: LARGEST },
        ),
      ),
    120_000,
  );
});
