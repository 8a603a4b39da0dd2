import { Int32, Long, MongoClient, UUID } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MOCK_GROUP, MOCK_SUBSCRIPTION, type ArmMockServer as ArmMock } from '../support/arm/arm-mock.js';
import { puts, withDms as withDmsOf, type DmsWorld } from '../support/arm/dms-migration.js';
import type { DmsTrouble } from '../support/arm/dms-model.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

let source: RunningMongod;
let target: RunningMongod;
let temp: TempFolder;
beforeAll(async () => {
  [source, target, temp] = await Promise.all([startMongod(), startMongod(), makeTempFolder('dms')]);
  const client = await new MongoClient(source.uri).connect();
  const documents = Array.from({ length: 300 }, (_, i) => ({
    u: new UUID(),
    n: new Int32(i),
    l: Long.fromNumber(i),
    f: i + 0.5,
  }));
  for (const coll of ['orders', 'people', 'constructor'])
    await client
      .db('shop')
      .collection(coll)
      .insertMany(documents.map((d) => ({ ...d })));
  await client.db('shop').collection('orders').createIndex({ n: -1 });
  await client.close();
}, 120_000);
afterAll(async () => {
  await Promise.all([source.stop(), target.stop(), temp.remove()]);
});

function withDms(work: (world: DmsWorld) => Promise<void>, trouble: DmsTrouble = {}): Promise<void> {
  return withDmsOf({ source, target, temp, trouble }, work);
}

describe('a migration by the classic DMS', () => {
  it(
    'makes the service, copies, is verified by us, and takes the service away',
    () =>
      withDms(async ({ mock, attempt }) => {
        const { verdict, remote, lines } = await attempt();
        expect(verdict).toMatchObject({ state: 'completed' });
        expect(mock.problems).toEqual([]);
        expect(mock.resources.size).toBe(0);
        expect(lines.join('\n')).toContain('create /subscriptions/');
        expect(lines.join('\n')).not.toContain('mongodb://');
        expect(remote['dms-task migrate']).toMatchObject({ phase: 'ended', outcome: 'Succeeded' });
        expect(remote['dms-service']?.phase).toBe('removed');
      }),
    120_000,
  );

  it(
    'deploys nothing before a person has agreed to what Azure foresees',
    () =>
      withDms(async ({ mock, attempt }) => {
        const before: number[] = [];
        const deployed = (): number =>
          mock.requests.filter((r) => r.method === 'PUT' && r.path.includes('/deployments/')).length;
        const { verdict, awaited, lines } = await attempt({ askFirst: true, onAwait: () => before.push(deployed()) });
        expect(awaited).toEqual(['deployment']);
        expect(before).toEqual([0]);
        expect(deployed()).toBe(1);
        expect(lines.join('\n')).toContain('create /subscriptions/');
        expect(verdict).toMatchObject({ state: 'completed' });
        expect(mock.problems).toEqual([]);
      }),
    120_000,
  );

  it(
    'registers the resource provider after a person has agreed to that, before it touches the target',
    () =>
      withDmsOf({ source, target, temp, registered: [] }, async ({ mock, attempt }) => {
        const refused = await attempt();
        expect(refused.verdict.state).toBe('failed-resumable');
        expect(JSON.stringify(refused.verdict)).toContain('Microsoft.DataMigration');
        const client = await new MongoClient(target.uri).connect();
        expect(await client.db('shop').listCollections().toArray()).toEqual([]);
        await client.close();
        const { verdict, awaited, lines } = await attempt({ askFirst: true, resume: refused.folder });
        expect(awaited).toEqual(['registration', 'deployment']);
        expect(lines[0]).toBe('not registered in the subscription: Microsoft.DataMigration');
        expect(verdict.state).toBe('completed');
        expect(mock.problems).toEqual([]);
      }),
    120_000,
  );

  it(
    'goes on with a deployment that was interrupted, and sends it no second time',
    () =>
      withDms(async ({ mock, attempt }) => {
        // The answer got lost, and so did the process before it learned how far Azure is.
        mock.inject({ method: 'PUT', path: /deployments/, reply: 'do-and-hang-up' });
        mock.inject({ method: 'GET', path: /deployments/, reply: { status: 403 } });
        const first = await attempt();
        expect(first.verdict.state).toBe('failed-resumable');
        const second = await attempt({ resume: first.folder });
        expect(second.verdict.state).toBe('completed');
        const sent = mock.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/deployments/'));
        expect(sent.filter(({ status }) => status === 201)).toHaveLength(1);
        expect(mock.problems).toEqual([]);
      }),
    120_000,
  );

  it(
    'follows the source until a person cuts over',
    () =>
      withDms(async ({ mock, attempt }) => {
        const { verdict, awaited } = await attempt({ handoff: { replication: 'continuous' } });
        expect(verdict.state).toBe('completed');
        expect(awaited).toEqual(['cut-over']);
        const finish = mock.requests.find((r) => r.path.endsWith('/command'));
        expect(finish?.body).toEqual({ commandType: 'finish', input: { immediate: false } });
        expect(mock.problems).toEqual([]);
      }),
    120_000,
  );

  it(
    'goes on in Azure while the run is paused, and is taken up again',
    () =>
      withDms(async ({ mock, attempt }) => {
        const first = await attempt({ stopAt: 'migrate: Running' });
        expect(first.verdict.state).toBe('paused');
        const second = await attempt({ resume: first.folder });
        expect(second.verdict.state).toBe('completed');
        expect(puts(mock, 'migrate')).toBe(1);
        expect(puts(mock, 'validate')).toBe(1);
        expect(mock.problems).toEqual([]);
      }),
    120_000,
  );

  it(
    'is cancelled in Azure where the run is cancelled',
    () =>
      withDms(async ({ mock, attempt }) => {
        const { verdict, remote, lines } = await attempt({ stopAt: 'migrate: Running', reason: 'cancelled' });
        expect(verdict.state).toBe('cancelled');
        expect(mock.requests.some((r) => r.path.endsWith('/tasks/migrate/cancel') && r.status === 200)).toBe(true);
        // What the run has made costs as long as it is there.
        expect(mock.resources.size).toBe(0);
        expect(remote['dms-service']?.phase).toBe('removed');
        expect(lines.at(-1)).toMatch(/services\/dms-1 is taken away$/);
      }),
    120_000,
  );

  it(
    'that the service refuses is told in its words, without the secret that they repeat, before anything is copied',
    () =>
      withDms(
        async ({ mock, attempt }) => {
          const { verdict } = await attempt();
          expect(verdict.state).toBe('failed-resumable');
          expect(JSON.stringify(verdict)).toContain('Cannot log in to mongodb://u:***@h');
          expect(JSON.stringify(verdict)).not.toContain('canary');
          expect(puts(mock, 'migrate')).toBe(0);
        },
        { failing: { 'connect-target': 'Cannot log in to mongodb://u:canary@h' } },
      ),
    120_000,
  );
});

/** A service that somebody else has made. */
function theirs(mock: ArmMock): void {
  const id = `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/${MOCK_GROUP}/providers/Microsoft.DataMigration/services/dms-1`;
  mock.put({ id, type: 'Microsoft.DataMigration/services', apiVersion: '2025-06-30', body: { theirs: true } });
}

describe('a service of the classic DMS', () => {
  it.each(['cancelled', undefined])(
    'that was there before stays (%s), and the run says what it costs',
    (reason) =>
      withDms(async ({ mock, attempt }) => {
        theirs(mock);
        const { verdict, lines } = await attempt(reason === undefined ? {} : { stopAt: 'migrate: Running', reason });
        expect(verdict.state).toBe(reason ?? 'completed');
        expect(mock.requests.filter((r) => r.method === 'DELETE')).toEqual([]);
        expect(lines.at(-1)).toMatch(/services\/dms-1 .*costs as long as it is there$/);
      }),
    120_000,
  );

  it(
    'that does not stop what it copies when the run is cancelled is said to go on',
    () =>
      withDms(async ({ mock, attempt }) => {
        theirs(mock);
        const refused = { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'You may not.' } } };
        mock.inject({ method: 'POST', path: /tasks\/migrate\/cancel$/, reply: refused });
        const { verdict } = await attempt({ stopAt: 'migrate: Running', reason: 'cancelled' });
        expect(verdict.state).toBe('cancelled');
        const told = verdict.reasons.find(({ id }) => id === 'dms-goes-on');
        expect(told?.params).toMatchObject({ message: 'You may not.' });
      }),
    120_000,
  );

  it(
    'that cannot be taken away after a cancel is said to stand and to cost',
    () =>
      withDms(async ({ mock, attempt }) => {
        const locked = { status: 409, body: { error: { code: 'ScopeLocked', message: 'There is a lock.' } } };
        mock.inject({ method: 'DELETE', path: /services\/dms-1$/, reply: locked });
        const { verdict, remote, lines } = await attempt({ stopAt: 'migrate: Running', reason: 'cancelled' });
        expect(verdict.state).toBe('cancelled');
        expect(remote['dms-service']?.phase).toBe('intent');
        expect(lines.at(-1)).toMatch(
          /services\/dms-1 could not be taken away: it stays, and costs until it is deleted$/,
        );
      }),
    120_000,
  );

  it(
    'is made again by a rerun after our verification has found something missing',
    () =>
      withDms(async ({ mock, attempt, hooks }) => {
        const client = await new MongoClient(target.uri).connect();
        // Somebody takes a document away between the copy and the comparison.
        hooks.onReply = async ({ method }) => {
          if (method === 'DELETE') await client.db('shop').collection('people').deleteOne({});
          return undefined;
        };
        const first = await attempt();
        delete hooks.onReply;
        await client.close();
        expect(first.verdict.state).toBe('failed-resumable');
        const second = await attempt({ resume: first.folder });
        expect(second.verdict.state).toBe('completed');
        expect(puts(mock, 'migrate')).toBe(2);
        expect(mock.resources.size).toBe(0);
        expect(mock.problems).toEqual([]);
      }),
    120_000,
  );
});

const CLUSTER = `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/${MOCK_GROUP}/providers/Microsoft.DocumentDB/mongoClusters/c1`;
const vcore = { targetKind: 'cosmos-vcore', handoff: { targetResourceId: CLUSTER } } as const;
const migrationPuts = (mock: ArmMock): number =>
  mock.requests.filter((r) => r.method === 'PUT' && r.path.endsWith('/databaseMigrations/p1-1')).length;

describe('a migration into a vCore cluster by DMS', () => {
  it(
    'makes the service, copies, takes the service away, and is verified by us',
    () =>
      withDms(async ({ mock, attempt }) => {
        const { verdict, remote, lines } = await attempt(vcore);
        expect(verdict).toMatchObject({ state: 'completed' });
        expect(mock.problems).toEqual([]);
        expect([...mock.resources.values()].map(({ type }) => type)).toEqual([
          'Microsoft.DataMigration/databaseMigrations',
        ]);
        expect(lines.filter((line) => line.startsWith('p1-1: '))).toEqual(['p1-1: InProgress', 'p1-1: Succeeded']);
        expect(lines.join('\n')).not.toContain('mongodb://');
        expect(remote['dms-migration p1-1']).toMatchObject({ phase: 'ended', outcome: 'Succeeded' });
        expect(remote['dms-service']?.phase).toBe('removed');
      }),
    120_000,
  );

  it(
    'goes on in Azure while the run is paused, and is taken up again',
    () =>
      withDms(async ({ mock, attempt }) => {
        const first = await attempt({ ...vcore, stopAt: 'p1-1: InProgress' });
        expect(first.verdict.state).toBe('paused');
        expect(first.lines.at(-1)).toMatch(/migrationServices\/dms-1 stays, and costs as long as it is there$/);
        const second = await attempt({ ...vcore, resume: first.folder });
        expect(second.verdict.state).toBe('completed');
        expect(migrationPuts(mock)).toBe(1);
        expect(mock.problems).toEqual([]);
      }),
    120_000,
  );

  it(
    'is deleted in Azure with its service where the run is cancelled',
    () =>
      withDms(async ({ mock, attempt }) => {
        const { verdict, remote, lines } = await attempt({
          ...vcore,
          stopAt: 'p1-1: InProgress',
          reason: 'cancelled',
        });
        expect(verdict.state).toBe('cancelled');
        expect(mock.resources.size).toBe(0);
        expect(remote['dms-service']?.phase).toBe('removed');
        expect(lines.at(-1)).toMatch(/migrationServices\/dms-1 is taken away$/);
        expect(mock.problems).toEqual([]);
      }),
    120_000,
  );

  it('that the service fails is told in its words, without the secret that they repeat, and is begun anew by a rerun', () => {
    const failing: Record<string, string> = { 'p1-1': 'Cannot log in to mongodb://u:canary@h' };
    return withDms(
      async ({ mock, attempt }) => {
        const first = await attempt(vcore);
        expect(first.verdict.state).toBe('failed-resumable');
        expect(JSON.stringify(first.verdict)).toContain('Cannot log in to mongodb://u:***@h');
        expect(JSON.stringify(first.verdict)).not.toContain('canary');
        delete failing['p1-1'];
        const second = await attempt({ ...vcore, resume: first.folder });
        expect(second.verdict.state).toBe('completed');
        expect(migrationPuts(mock)).toBe(2);
        expect(mock.problems).toEqual([]);
      },
      { failing },
    );
  }, 120_000);
});
