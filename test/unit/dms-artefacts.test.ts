import { describe, expect, it } from 'vitest';
import { createArmClient } from '../../src/adapters/azure/arm-client.js';
import { deploy } from '../../src/adapters/azure/deployment.js';
import type { DmsHandoff } from '../../src/core/model/handoff.js';
import type { Plan, PlannedCollection } from '../../src/core/model/plan.js';
import { bytes, milliseconds, ruPerSecond } from '../../src/core/model/units.js';
import { dmsArtefacts } from '../../src/handoff/dms/dms-artefacts.js';
import { MOCK_GROUP, MOCK_SUBSCRIPTION, startArmMock } from '../support/arm/arm-mock.js';
import { dmsTypes } from '../support/arm/dms-model.js';
import { virtualClock } from '../support/virtual-clock.js';

const azure = { subscriptionId: MOCK_SUBSCRIPTION, resourceGroup: MOCK_GROUP, location: 'westeurope' };
const cluster = `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/${MOCK_GROUP}/providers/Microsoft.DocumentDB/mongoClusters/c1`;
const handoff: DmsHandoff = {
  ...{ kind: 'dms', azure, service: 'dms1', project: 'p1', replication: 'one-time', targetResourceId: cluster },
  subnetId: `/subscriptions/${MOCK_SUBSCRIPTION}/subnet`,
};

const planned = (db: string, coll: string, more: Partial<PlannedCollection> = {}): PlannedCollection => ({
  ...{ source: { db, coll }, target: { db, coll }, documents: 1, logicalBytes: bytes(1) },
  ...{ options: {}, droppedOptions: [], indexes: [] },
  ...more,
});

const planOf = (collections: readonly PlannedCollection[], more: Partial<Plan> = {}): Plan => ({
  ...{ version: 1, id: 'p', createdAt: '2026-01-01T00:00:00Z', method: 'dms', targetKind: 'cosmos-ru', handoff },
  source: { name: 'old', uri: 'mongodb://reader@old/' },
  target: { name: 'new', uri: 'mongodb://writer@new/' },
  collections,
  ...{ notMigrated: [], conflictPolicy: 'fail', verification: { depth: 'full' }, readPreference: 'primary' },
  tuning: {
    ...{ target: 'ru', batchSize: 10, insertionWorkers: 1, parallelCollections: 3 },
    ...{ latencyMs: milliseconds(1), explanation: [] },
  },
  ...more,
});

/** Deploys the emitted files as they are, secrets as parameters. */
async function deployed(plan: Plan): Promise<{ bodies: readonly Record<string, unknown>[]; text: string }> {
  const clock = virtualClock();
  const { files } = dmsArtefacts(plan);
  await using mock = await startArmMock({ clock, registered: ['Microsoft.DataMigration'], resourceTypes: dmsTypes() });
  const arm = createArmClient({ tokens: mock.tokens, clock, endpoint: mock.endpoint });
  const secrets = { sourceConnectionString: 'canary-source', targetConnectionString: 'canary-target' };
  for (const [name, parameters] of [
    ['service', {}],
    ['migration', secrets],
  ] as const) {
    const template: unknown = JSON.parse(files.find((f) => f.path === `${name}.template.json`)?.text ?? '');
    const steps = { clock, signal: new AbortController().signal, earlier: {}, note: () => Promise.resolve() };
    await deploy(arm, { place: azure, name, template, parameters }, steps);
  }
  expect(mock.problems).toEqual([]);
  return { bodies: [...mock.resources.values()].map((r) => r.body), text: files.map((f) => f.text).join('\n') };
}

describe('the artefacts for DMS', () => {
  it('deploy as they are, never let the service drop a collection, and hold no secret', async () => {
    const collections = [
      planned('shop', 'orders', {
        shardKey: [
          ['region', 'hashed'],
          ['n', -1],
        ],
        throughput: { kind: 'manual', ruPerSecond: ruPerSecond(4000) },
      }),
      planned('shop', '[o\'dd]"name'),
      planned('[db]', 'x'),
      planned('shared', 'constructor', { throughput: { kind: 'shared' } }),
    ];
    const { bodies, text } = await deployed(planOf(collections));
    const input = (bodies.at(-1)?.['properties'] as { input: Record<string, unknown> }).input;
    expect(input).toEqual({
      source: { type: 'MongoDbConnectionInfo', connectionString: 'canary-source' },
      target: { type: 'MongoDbConnectionInfo', connectionString: 'canary-target' },
      replication: 'OneTime',
      throttling: { maxParallelism: 3 },
      databases: {
        shop: {
          targetRUs: 0,
          collections: {
            orders: {
              canDelete: false,
              targetRUs: 4000,
              shardKey: {
                fields: [
                  { name: 'region', order: 'Hashed' },
                  { name: 'n', order: 'Reverse' },
                ],
                isUnique: false,
              },
            },
            '[o\'dd]"name': { canDelete: false },
          },
        },
        '[db]': { targetRUs: 0, collections: { x: { canDelete: false } } },
        shared: { collections: { constructor: { canDelete: false } } },
      },
    });
    expect(text).not.toContain('canary');
    expect(text).not.toContain('mongodb://');
  });

  it('for vCore are offline jobs of few collections each, with their names on both sides', async () => {
    const collections = Array.from({ length: 60 }, (_, i) =>
      planned('shop', `c${i}`, { target: { db: 'new', coll: `d${i}` } }),
    );
    const { bodies } = await deployed(planOf(collections, { targetKind: 'cosmos-vcore' }));
    const lists = bodies.flatMap((b) => {
      const list = (b['properties'] as { collectionList?: readonly object[] }).collectionList;
      return list ? [list] : [];
    });
    expect(lists.map((l) => l.length)).toEqual([25, 25, 10]);
    expect(lists[2]?.[9]).toEqual({
      sourceDatabase: 'shop',
      sourceCollection: 'c59',
      targetDatabase: 'new',
      targetCollection: 'd59',
    });
  });

  it('give no secret to a collection that is called like a parameter', async () => {
    const name = "[parameters('sourceConnectionString')]";
    for (const targetKind of ['cosmos-ru', 'cosmos-vcore'] as const) {
      const { bodies } = await deployed(planOf([planned('shop', name)], { targetKind }));
      const text = JSON.stringify(bodies.at(-1));
      expect(text.split('canary-source')).toHaveLength(2);
      expect(text).toContain(JSON.stringify(name));
    }
  });

  it('say how many jobs there are where one does not take all', () => {
    const collections = Array.from({ length: 60 }, (_, i) => planned('shop', `c${i}`));
    const { notes, files } = dmsArtefacts(planOf(collections, { targetKind: 'cosmos-vcore' }));
    expect(notes).toContainEqual({ id: 'dms-jobs', params: { jobs: 3 } });
    expect(files.find(({ path }) => path === 'README.md')?.text).toContain('named `p1-1` to `p1-3`');
  });

  it('leave views for later, and say so', () => {
    const view = planned('shop', 'open', { options: { view: { on: 'orders', pipeline: [] } } });
    for (const targetKind of ['cosmos-ru', 'cosmos-vcore'] as const) {
      const { notes, files } = dmsArtefacts(planOf([planned('shop', 'orders'), view], { targetKind }));
      expect(notes).toContainEqual({ id: 'dms-views-later', params: { views: 1 } });
      expect(files.find(({ path }) => path === 'migration.template.json')?.text).not.toContain('"open"');
    }
  });

  it('are refused where DMS cannot do what the plan says', () => {
    const renamed = planned('a', 'b', { target: { db: 'a', coll: 'c' } });
    const changed = planned('a', 'b', { transform: { drop: ['x'] } });
    const reasonOf = (plan: Plan): unknown => {
      try {
        dmsArtefacts(plan);
      } catch (error) {
        return (error as { facts: { reason: unknown } }).facts.reason;
      }
      return undefined;
    };
    expect(reasonOf(planOf([renamed]))).toBe('dms-renames');
    expect(reasonOf(planOf([changed]))).toBe('dms-transforms');
    expect(reasonOf(planOf([], { targetKind: 'mongodb' }))).toBe('dms-settings');
    const reasonWith = (more: Partial<DmsHandoff>, targetKind: Plan['targetKind'] = 'cosmos-ru'): unknown =>
      reasonOf(planOf([planned('a', 'b')], { targetKind, handoff: { ...handoff, ...more } }));
    expect(reasonWith({ replication: 'continuous' }, 'cosmos-vcore')).toBe('dms-vcore-continuous');
    expect(reasonWith({ fromDump: true }, 'cosmos-vcore')).toBe('dms-vcore-dump');
    expect(reasonWith({ fromDump: true, replication: 'continuous' })).toBe('dms-dump-continuous');
    expect(reasonWith({ fromDump: true })).toBeUndefined();
    const series = planned('a', 'b', { options: { timeseries: { timeField: 't' } } });
    expect(reasonOf(planOf([series], { targetKind: 'cosmos-vcore' }))).toBe('dms-timeseries');
    const nowhere: DmsHandoff = { kind: 'dms', azure, service: 'dms1', project: 'p1', replication: 'one-time' };
    expect(reasonOf(planOf([], { targetKind: 'cosmos-vcore', handoff: nowhere }))).toBe('dms-settings');
    expect(reasonOf(planOf([], { handoff: { kind: 'studio-3t', port: 2000 } }))).toBe('dms-settings');
  });

  it('are made for 5,000 collections in far less than 10 seconds', () => {
    const collections = Array.from({ length: 5000 }, (_, i) => planned(`db${i % 50}`, `c${i}`));
    const started = performance.now();
    const { files } = dmsArtefacts(planOf(collections));
    expect(performance.now() - started).toBeLessThan(10_000);
    // What ARM takes of one template.
    for (const { text } of files) expect(Buffer.byteLength(text)).toBeLessThan(4 * 1024 * 1024);
  });
});
