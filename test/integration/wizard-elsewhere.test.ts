/**
 * From the wizard's steps to a verified end, for the ways that no walk-through in VS Code takes: the plan is what the wizard's own model makes of a real source and of
 * what a person says, and exactly that plan is run with the real client against the models of Azure, between two real servers.
 */
import { join } from 'node:path';
import { MongoClient, UUID } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRun } from '../../src/adapters/files/run-folder.js';
import { readInventory } from '../../src/adapters/mongo/inventory.js';
import { runCommand } from '../../src/adapters/tools/run-command.js';
import type { MethodId } from '../../src/core/model/method.js';
import { EVERYTHING } from '../../src/core/model/namespace.js';
import type { Plan } from '../../src/core/model/plan.js';
import { createDeriver, planOf } from '../../src/host/wizard/model/derive.js';
import { viewOf } from '../../src/host/wizard/view/view-of.js';
import type { WizardIntent } from '../../src/protocol/wizard.js';
import { MOCK_GROUP, MOCK_SUBSCRIPTION } from '../support/arm/arm-mock.js';
import { serveBlobContainer } from '../support/arm/blob-container.js';
import { withDms, type DmsWorld } from '../support/arm/dms-migration.js';
import { migrateByDataFactory, PLACE, startMockAzure } from '../support/data-factory/migrate.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { findTestTool } from '../support/tools.js';
import { modelOf, readState, SETTINGS, t, type TargetName } from '../unit/host-wizard-builders.js';

const DB = 'wizard';
const COLLECTIONS = ['orders', 'people'];
const DOCUMENTS = 120;
const GROUP = `/subscriptions/${MOCK_SUBSCRIPTION}/resourceGroups/${MOCK_GROUP}/providers`;
const SUBNET = `${GROUP}/Microsoft.Network/virtualNetworks/v/subnets/s`;
const CLUSTER = `${GROUP}/Microsoft.DocumentDB/mongoClusters/c1`;
const IN_AZURE = { subscriptionId: MOCK_SUBSCRIPTION, resourceGroup: MOCK_GROUP, location: 'westeurope' };

let source: RunningMongod;
let target: RunningMongod;
let temp: TempFolder;
let to: MongoClient;

beforeAll(async () => {
  [source, target, temp] = await Promise.all([startMongod(), startMongod(), makeTempFolder('wizard-elsewhere')]);
  to = await MongoClient.connect(target.uri);
  const from = await MongoClient.connect(source.uri);
  for (const coll of COLLECTIONS) {
    const documents = Array.from({ length: DOCUMENTS }, (_, i) => ({ i, u: new UUID(), half: i + 0.5 }));
    await from.db(DB).collection(coll).insertMany(documents);
    await from.db(DB).collection(coll).createIndex({ i: -1 });
  }
  await from.close();
}, 120_000);

afterAll(async () => {
  await to.close();
  await Promise.all([source.stop(), target.stop(), temp.remove()]);
});

/** What the wizard makes of the source, and of what is said in its steps; the last of them has to be reached. */
async function planned(
  targetName: TargetName,
  method: MethodId,
  settings: Readonly<Record<string, string>>,
): Promise<Plan> {
  await using cluster = await connectTo(source.uri);
  const inventory = await readInventory(cluster, { selection: { ...EVERYTHING, include: [`${DB}.*`] } });
  const said = Object.entries(settings).map(([field, value]): WizardIntent => ({ type: 'set-handoff', field, value }));
  const steps = (['size', 'findings', 'method', 'tuning', 'review'] as const).map((step): WizardIntent => ({
    type: 'go',
    step,
  }));
  const state = readState(inventory, targetName, { type: 'choose-method', id: method }, ...said, ...steps);
  const model = modelOf(state);
  const view = viewOf(model);
  expect(view.nextProblem ?? '').toBe('');
  expect(view.reachable).toContain('review');
  const { plan, failure } = createDeriver()({ state, settings: SETTINGS, reference: model.reference, t });
  expect(failure).toBeUndefined();
  if (plan === undefined) throw new Error('the wizard made no plan');
  return planOf(plan, Date.UTC(2026, 0, 1));
}

async function expectEverythingThere(): Promise<void> {
  for (const coll of COLLECTIONS) expect(await to.db(DB).collection(coll).countDocuments()).toBe(DOCUMENTS);
}

/** Runs the plan as it is; ends verified. */
async function completes(plan: Plan, { mock, attempt }: DmsWorld): Promise<readonly string[]> {
  const { verdict, awaited } = await attempt({ plan });
  expect(verdict).toEqual({ state: 'completed', reasons: [] });
  expect(mock.problems).toEqual([]);
  await expectEverythingThere();
  return awaited;
}

describe('a plan of the wizard', { timeout: 120_000 }, () => {
  it('for DMS into a vCore cluster ends verified', async () => {
    const plan = await planned('vcore', 'dms', { ...IN_AZURE, targetResourceId: CLUSTER });
    expect(plan).toMatchObject({ targetKind: 'cosmos-vcore', handoff: { kind: 'dms', targetResourceId: CLUSTER } });
    await withDms({ source, target, temp, db: DB }, async (world) => {
      await completes(plan, world);
      const jobs = world.mock.requests.filter((r) => r.method === 'PUT' && r.path.includes('/databaseMigrations/'));
      expect(jobs).toHaveLength(1);
    });
  });

  it('for DMS with a cut-over waits for a person, and ends verified', async () => {
    const more = { subnetId: SUBNET, fromDump: 'no', replication: 'continuous' };
    const plan = await planned('ru', 'dms', { ...IN_AZURE, ...more });
    expect(plan.handoff).toMatchObject({ kind: 'dms', replication: 'continuous' });
    await withDms({ source, target, temp, db: DB }, async (world) => {
      expect(await completes(plan, world)).toEqual(['cut-over']);
    });
  });

  it('for DMS from a dump ends verified against the source itself', async () => {
    const plan = await planned('ru', 'dms', { ...IN_AZURE, subnetId: SUBNET, fromDump: 'yes' });
    expect(plan.handoff).toMatchObject({ kind: 'dms', fromDump: true, replication: 'one-time' });
    const folder = join(temp.path, 'dump');
    const argv = [`--uri=${source.uri}`, `--db=${DB}`, `--out=${folder}`];
    const dumped = await runCommand(await findTestTool('mongodump'), argv, { env: process.env, timeoutMs: 60_000 });
    expect(dumped).toMatchObject({ kind: 'ended', exitCode: 0 });
    await using container = await serveBlobContainer(folder, 'signature');
    await withDms({ source, target, temp, db: DB, dump: container.url }, async (world) => {
      await completes(plan, world);
    });
  });

  it('for Data Factory into a vCore cluster ends verified', async () => {
    await to.db(DB).dropDatabase();
    const place = { subscriptionId: PLACE.subscription, resourceGroup: PLACE.group, location: 'westeurope' };
    const plan = await planned('vcore', 'data-factory', place);
    expect(plan).toMatchObject({ targetKind: 'cosmos-vcore', handoff: { kind: 'data-factory' } });
    await using azure = await startMockAzure();
    const resume = await createRun(temp.path, plan, Date.now());
    const uris = { sourceUri: source.uri, targetUri: target.uri };
    const { verdict } = await migrateByDataFactory({ ...uris, azure, runsRoot: temp.path, resume });
    expect(verdict).toEqual({ state: 'completed', reasons: [] });
    expect(azure.notAccepted).toEqual([]);
    expect(azure.copies.length).toBeGreaterThan(0);
    await expectEverythingThere();
  });
});
