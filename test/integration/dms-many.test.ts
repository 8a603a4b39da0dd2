/** More collections than one job of DMS for vCore takes: several jobs, one after another. */
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUpRun } from '../../src/assembly/clean-up-run.js';
import { MOCK_GROUP, MOCK_SUBSCRIPTION, type ArmMockServer as ArmMock } from '../support/arm/arm-mock.js';
import { withDms, type DmsWorld } from '../support/arm/dms-migration.js';
import type { DmsTrouble } from '../support/arm/dms-model.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const DB = 'many';
const COLLECTIONS = 53;
const CLUSTER = `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/${MOCK_GROUP}/providers/Microsoft.DocumentDB/mongoClusters/c1`;
const vcore = { targetKind: 'cosmos-vcore', handoff: { targetResourceId: CLUSTER } } as const;

let source: RunningMongod;
let target: RunningMongod;
let temp: TempFolder;
beforeAll(async () => {
  [source, target, temp] = await Promise.all([startMongod(), startMongod(), makeTempFolder('dms-many')]);
  const client = await MongoClient.connect(source.uri);
  for (let i = 0; i < COLLECTIONS; i += 1)
    await client
      .db(DB)
      .collection(`c${i}`)
      .insertMany([{ i }, { i: -i }]);
  await client.close();
}, 120_000);
afterAll(async () => {
  await Promise.all([source.stop(), target.stop(), temp.remove()]);
});

const withMany = (work: (world: DmsWorld) => Promise<void>, trouble: DmsTrouble = {}): Promise<void> =>
  withDms({ source, target, temp, db: DB, trouble }, work);

/** Names of the jobs, in the order in which they were asked for. */
const jobs = (mock: ArmMock): string[] =>
  mock.requests.flatMap(({ method, path }) =>
    method === 'PUT' && path.includes('/databaseMigrations/') ? [path.split('/').at(-1) ?? ''] : [],
  );

const sizes = (mock: ArmMock): number[] =>
  mock.requests.flatMap(({ method, body }) => {
    const { properties } = (body ?? {}) as { properties?: { collectionList?: readonly unknown[] } };
    return method === 'PUT' && properties?.collectionList ? [properties.collectionList.length] : [];
  });

describe('a migration of many collections into a vCore cluster by DMS', { timeout: 240_000 }, () => {
  it('goes in jobs of 25, each begun when the one before has ended, and is verified as a whole', () =>
    withMany(async ({ mock, attempt }) => {
      const { verdict, lines, remote } = await attempt(vcore);
      expect(verdict).toMatchObject({ state: 'completed' });
      expect(jobs(mock)).toEqual(['p1-1', 'p1-2', 'p1-3']);
      expect(sizes(mock)).toEqual([25, 25, 3]);
      expect(lines.filter((line) => /^p1-\d: /.test(line))).toEqual(
        [1, 2, 3].flatMap((n) => [`p1-${n}: InProgress`, `p1-${n}: Succeeded`]),
      );
      expect([1, 2, 3].map((n) => remote[`dms-migration p1-${n}`]?.outcome)).toEqual(Array(3).fill('Succeeded'));
      expect(mock.problems).toEqual([]);
    }));

  it('takes up the job that goes on after a pause, and does not do again what has ended', () =>
    withMany(async ({ mock, attempt }) => {
      const first = await attempt({ ...vcore, stopAt: 'p1-2: InProgress' });
      expect(first.verdict.state).toBe('paused');
      const second = await attempt({ ...vcore, resume: first.folder });
      expect(second.verdict.state).toBe('completed');
      expect(jobs(mock)).toEqual(['p1-1', 'p1-2', 'p1-3']);
      expect(mock.problems).toEqual([]);
    }));

  it('goes on after a clean-up with what was not copied yet', () =>
    withMany(async ({ mock, attempt }) => {
      const { folder } = await attempt({ ...vcore, stopAt: 'p1-2: InProgress' });
      const access = { tokens: mock.tokens, databricksTokens: mock.tokens, armEndpoint: mock.endpoint, secrets: [] };
      const { signal } = new AbortController();
      expect(await cleanUpRun(folder, { access, clock: mock.clock, signal, say: () => undefined })).toBe(0);
      expect(mock.resources.size).toBe(0);
      const second = await attempt({ ...vcore, resume: folder });
      expect(second.verdict.state).toBe('completed');
      expect(jobs(mock)).toEqual(['p1-1', 'p1-2', 'p1-2', 'p1-3']);
      expect(mock.problems).toEqual([]);
    }));

  it('ends with the job that fails, and a rerun begins with that', () => {
    const failing: Record<string, string> = { 'p1-2': 'No space left.' };
    return withMany(
      async ({ mock, attempt }) => {
        const first = await attempt(vcore);
        expect(first.verdict.state).toBe('failed-resumable');
        expect(JSON.stringify(first.verdict)).toContain('No space left.');
        expect(jobs(mock)).toEqual(['p1-1', 'p1-2']);
        delete failing['p1-2'];
        const second = await attempt({ ...vcore, resume: first.folder });
        expect(second.verdict.state).toBe('completed');
        expect(jobs(mock)).toEqual(['p1-1', 'p1-2', 'p1-2', 'p1-3']);
        expect(mock.problems).toEqual([]);
      },
      { failing },
    );
  });

  it('deletes the job that goes on where the run is cancelled, and begins no other', () =>
    withMany(async ({ mock, attempt }) => {
      const { verdict } = await attempt({ ...vcore, stopAt: 'p1-2: InProgress', reason: 'cancelled' });
      expect(verdict.state).toBe('cancelled');
      expect(jobs(mock)).toEqual(['p1-1', 'p1-2']);
      expect([...mock.resources.keys()].map((id) => id.split('/').at(-1))).toEqual(['p1-1']);
      expect(mock.problems).toEqual([]);
    }));

  it('is all copied again where our verification finds a collection that has lost a document', () =>
    withMany(async ({ mock, attempt, hooks }) => {
      const client = await MongoClient.connect(target.uri);
      hooks.onReply = async ({ method, path }) => {
        if (method === 'DELETE' && path.includes('/migrationServices/'))
          await client.db(DB).collection('c7').deleteOne({});
        return undefined;
      };
      const first = await attempt(vcore);
      delete hooks.onReply;
      await client.close();
      expect(first.verdict.state).toBe('failed-resumable');
      const second = await attempt({ ...vcore, resume: first.folder });
      expect(second.verdict.state).toBe('completed');
      expect(jobs(mock)).toEqual(['p1-1', 'p1-2', 'p1-3', 'p1-1', 'p1-2', 'p1-3']);
    }));
});
