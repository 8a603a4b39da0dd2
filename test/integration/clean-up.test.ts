/** What a run has made in Azure, taken away afterwards: by name, nothing else, also where Azure refuses or the run is not over. */
import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunList } from '../../src/adapters/files/run-list.js';
import type { RunFolder } from '../../src/adapters/files/run-folder.js';
import { cleanUpRun } from '../../src/assembly/clean-up-run.js';
import { readLeftovers } from '../../src/assembly/read-leftovers.js';
import type { Leftovers } from '../../src/core/plan/made-in-azure.js';
import { goesLines, staysLines } from '../../src/words/clean-up.js';
import { MOCK_GROUP, MOCK_SUBSCRIPTION, type ArmMockServer } from '../support/arm/arm-mock.js';
import { withDms, type DmsWorld } from '../support/arm/dms-migration.js';
import { migrateByDataFactory, startMockAzure, type FactoryMigration } from '../support/data-factory/migrate.js';
import type { MockDataFactory } from '../support/data-factory/mock-data-factory.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

let source: RunningMongod;
let target: RunningMongod;
let temp: TempFolder;
let from: MongoClient;

beforeAll(async () => {
  [source, target, temp] = await Promise.all([startMongod(), startMongod(), makeTempFolder('clean-up')]);
  from = await MongoClient.connect(source.uri);
  for (const db of ['own', 'guest', 'halted', 'locked', 'shop']) {
    const documents = Array.from({ length: 40 }, (_, i) => ({ _id: new ObjectId(), i }));
    await from.db(db).collection<{ _id: unknown }>('orders').insertMany(documents);
  }
}, 120_000);

afterAll(async () => {
  await from.close();
  await Promise.all([source.stop(), target.stop(), temp.remove()]);
});

async function cleanedUp(folder: RunFolder, mock: ArmMockServer): Promise<{ kept: number; said: readonly string[] }> {
  const said: string[] = [];
  const access = { tokens: mock.tokens, databricksTokens: mock.tokens, armEndpoint: mock.endpoint, secrets: [] };
  const { signal } = new AbortController();
  const kept = await cleanUpRun(folder, { access, clock: mock.clock, signal, say: (text) => said.push(text) });
  return { kept, said };
}

const leftovers = async (folder: RunFolder): Promise<Leftovers> => (await readLeftovers(folder)).leftovers;

async function isOffered(folder: RunFolder): Promise<boolean> {
  const listed = await openRunList(temp.path).read();
  return listed.find(({ runId }) => runId === folder.runId)?.leftInAzure === true;
}

async function withFactory(
  db: string,
  work: (
    azure: MockDataFactory,
    migrate: (more?: Partial<FactoryMigration>) => ReturnType<typeof migrateByDataFactory>,
  ) => Promise<void>,
): Promise<void> {
  await using azure = await startMockAzure();
  await work(azure, (more = {}) =>
    migrateByDataFactory({
      ...{ sourceUri: source.uri, targetUri: target.uri, azure, runsRoot: temp.path },
      selection: { include: [`${db}.*`] },
      ...more,
    }),
  );
  expect(azure.notAccepted).toEqual([]);
}

const BASE = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/migration/providers';
const FACTORY = `${BASE}/Microsoft.DataFactory/factories/adf-migration`;
const ACCOUNT = `${BASE}/Microsoft.Storage/storageAccounts/migrationmarkers`;
const deletions = (mock: ArmMockServer): readonly string[] =>
  mock.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path.split('/providers/').at(-1) ?? '');

describe('what a run by Data Factory has made', () => {
  it('is told by name and taken away, factory, storage account and the records of the deployments', () =>
    withFactory('own', async (azure, migrate) => {
      const { folder, verdict } = await migrate();
      expect(verdict.state).toBe('completed');
      expect(await isOffered(folder)).toBe(true);
      const before = await leftovers(folder);
      expect(goesLines(before)).toEqual([
        'data factory adf-migration, with everything in it',
        'storage account migrationmarkers, with everything in it',
        expect.stringMatching(/^record of the deployment mcm-/),
        expect.stringMatching(/^record of the deployment mcm-/),
      ]);
      expect(staysLines(before)).toEqual([
        'what was copied, on the target',
        'the files of the run on this machine: report, journal, dead letters',
      ]);
      const { kept, said } = await cleanedUp(folder, azure.arm);
      expect(kept).toBe(0);
      expect(said).toHaveLength(4);
      expect(said[0]).toBe('taken away: data factory adf-migration');
      expect(azure.resources.size).toBe(0);
      expect(await isOffered(folder)).toBe(false);
      expect((await leftovers(folder)).goes).toEqual([]);
      // A second time asks Azure for nothing.
      const asked = azure.requests.length;
      expect(await cleanedUp(folder, azure.arm)).toEqual({ kept: 0, said: [] });
      expect(azure.requests.length).toBe(asked);
    }));

  it('is only its own parts in a factory and an account that were there before: those stay, and are said to', () =>
    withFactory('guest', async (azure, migrate) => {
      const put = (id: string, type: string, body: Record<string, unknown>): void =>
        azure.arm.put({ id, type, apiVersion: '2018-06-01', body });
      const identity = { type: 'SystemAssigned', principalId: 'p' };
      put(FACTORY, 'Microsoft.DataFactory/factories', { identity, theirs: true });
      put(`${FACTORY}/pipelines/theirs`, 'Microsoft.DataFactory/factories/pipelines', { properties: {} });
      put(ACCOUNT, 'Microsoft.Storage/storageAccounts', { theirs: true });
      put(`${ACCOUNT}/blobServices/default`, 'Microsoft.Storage/storageAccounts/blobServices', {});
      const { folder } = await migrate();
      const before = await leftovers(folder);
      expect(before.goes.map(({ kind }) => kind)).toEqual([
        ...['pipeline', 'pipeline'],
        ...['dataset', 'dataset', 'dataset'],
        ...['linked-service', 'linked-service', 'linked-service'],
        ...['deployment', 'deployment'],
      ]);
      expect(staysLines(before).slice(0, 3)).toEqual([
        'data factory adf-migration: it was there before the run',
        'storage account migrationmarkers: it was there before the run',
        'blob container markers in it, with the markers of the run and the role of the factory',
      ]);
      expect((await cleanedUp(folder, azure.arm)).kept).toBe(0);
      const left = [...azure.resources.values()].map(({ id }) => id);
      expect(left.filter((id) => id.startsWith(FACTORY))).toEqual([FACTORY, `${FACTORY}/pipelines/theirs`]);
      expect(left).toContain(ACCOUNT);
    }));

  it('is made again where a run goes on that was not complete', () =>
    withFactory('halted', async (azure, migrate) => {
      const stop = new AbortController();
      azure.hooks = { onCopy: () => stop.abort('paused') };
      const { folder, verdict } = await migrate({ signal: stop.signal });
      expect(verdict.state).toBe('paused');
      azure.hooks = {};
      expect((await cleanedUp(folder, azure.arm)).kept).toBe(0);
      expect(azure.resources.size).toBe(0);
      const again = await migrate({ resume: folder });
      expect(again.verdict.state).toBe('completed');
      expect(again.status.remote['factory']?.phase).toBe('started');
    }));

  it('stays where Azure refuses, with its reason, while the rest goes; and goes the next time', () =>
    withFactory('locked', async (azure, migrate) => {
      const { folder } = await migrate();
      const locked = { status: 409, body: { error: { code: 'ScopeLocked', message: 'There is a lock.' } } };
      azure.arm.inject({ method: 'DELETE', path: /factories\/adf-migration$/, reply: locked });
      const first = await cleanedUp(folder, azure.arm);
      expect(first.kept).toBe(1);
      expect(first.said[0]).toContain('could not be taken away: data factory adf-migration. It stays, and costs');
      expect(first.said[0]).toContain('There is a lock');
      expect(azure.arm.resource(ACCOUNT)).toBeUndefined();
      expect(goesLines(await leftovers(folder))).toEqual(['data factory adf-migration, with everything in it']);
      expect((await cleanedUp(folder, azure.arm)).kept).toBe(0);
      expect(azure.resources.size).toBe(0);
    }));
});

const dms = (work: (world: DmsWorld) => Promise<void>): Promise<void> => withDms({ source, target, temp }, work);
const SERVICE = `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/${MOCK_GROUP}/providers/Microsoft.DataMigration/services/dms-1`;
const CLUSTER = `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/${MOCK_GROUP}/providers/Microsoft.DocumentDB/mongoClusters/c1`;

describe('what a run by DMS has made', () => {
  it('is its tasks, with the connection strings in them, in a service that was there before', () =>
    dms(async ({ mock, attempt }) => {
      mock.put({ id: SERVICE, type: 'Microsoft.DataMigration/services', apiVersion: '2025-06-30', body: {} });
      const { folder } = await attempt();
      const before = await leftovers(folder);
      expect(goesLines(before).slice(0, 4)).toEqual(
        ['connect-source', 'connect-target', 'validate', 'migrate'].map(
          (name) => `task ${name} of the migration service, with the connection strings in it`,
        ),
      );
      expect(staysLines(before).slice(0, 2)).toEqual([
        'migration service dms-1: it was there before the run',
        'project p1 in it, without the tasks of the run',
      ]);
      expect((await cleanedUp(folder, mock)).kept).toBe(0);
      expect([...mock.resources.values()].filter(({ type }) => type.endsWith('/tasks'))).toEqual([]);
      expect(mock.resource(SERVICE)).toBeDefined();
      expect(mock.problems).toEqual([]);
    }));

  it('is its service where it was paused, with what goes on in it', () =>
    dms(async ({ mock, attempt }) => {
      const first = await attempt({ stopAt: 'migrate: Running' });
      expect(first.verdict.state).toBe('paused');
      expect(goesLines(await leftovers(first.folder))[0]).toBe('migration service dms-1, with its projects and tasks');
      expect((await cleanedUp(first.folder, mock)).kept).toBe(0);
      expect(mock.resources.size).toBe(0);
      const second = await attempt({ resume: first.folder });
      expect(second.verdict.state).toBe('completed');
      expect(mock.problems).toEqual([]);
    }));

  it('is its migrations on a vCore cluster', () =>
    dms(async ({ mock, attempt }) => {
      const { folder } = await attempt({ targetKind: 'cosmos-vcore', handoff: { targetResourceId: CLUSTER } });
      expect(goesLines(await leftovers(folder))[0]).toBe('migration p1-1 of the cluster');
      expect((await cleanedUp(folder, mock)).kept).toBe(0);
      expect(mock.resources.size).toBe(0);
      expect(deletions(mock).filter((path) => path.includes('databaseMigrations'))).toHaveLength(1);
      expect(mock.problems).toEqual([]);
    }));
});
