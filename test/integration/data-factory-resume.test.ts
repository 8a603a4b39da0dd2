/** What breaks off on the way to Data Factory, and how a run goes on: nothing twice that has its marker, nothing lost. */
import { setImmediate } from 'node:timers/promises';
import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FactoryMigrated, FactoryMigration } from '../support/data-factory/migrate.js';
import { migrateByDataFactory, startMockAzure } from '../support/data-factory/migrate.js';
import { CopyFailure } from '../support/data-factory/copy-activity.js';
import type { MockDataFactory } from '../support/data-factory/mock-data-factory.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

let source: RunningMongod;
let target: RunningMongod;
let runs: TempFolder;
let from: MongoClient;
let to: MongoClient;
let azure: MockDataFactory;

beforeAll(async () => {
  [source, target, runs] = await Promise.all([startMongod(), startMongod(), makeTempFolder('data-factory-resume')]);
  from = await MongoClient.connect(source.uri);
  to = await MongoClient.connect(target.uri);
});

afterAll(async () => {
  await from.close();
  await to.close();
  await Promise.all([source.stop(), target.stop(), runs.remove()]);
});

beforeEach(async () => {
  azure = await startMockAzure();
});

afterEach(async () => {
  await azure[Symbol.asyncDispose]();
  expect(azure.notAccepted).toEqual([]);
});

const DOCUMENTS = 3_000;

async function fill(db: string): Promise<void> {
  const documents = Array.from({ length: DOCUMENTS }, (_, i) => ({ _id: new ObjectId(), i, pad: 'x'.repeat(200) }));
  await from.db(db).collection<{ _id: unknown }>('orders').insertMany(documents);
}

const migrate = (db: string, more: Partial<FactoryMigration> = {}): Promise<FactoryMigrated> =>
  migrateByDataFactory({
    sourceUri: source.uri,
    targetUri: target.uri,
    azure,
    runsRoot: runs.path,
    selection: { include: [`${db}.*`] },
    rangeBytes: 64_000,
    ...more,
  });

/** Ends the process in the tests' way: whatever it asks of Azure from now on fails, while Azure goes on. */
function cutOff(): 'hang-up' {
  azure.hooks = { onRequest: () => 'hang-up' };
  return 'hang-up';
}

function haltRuns(): void {
  for (const run of azure.runs.values()) run.halt.abort('stopped');
}

function loseRuns(): void {
  haltRuns();
  azure.runs.clear();
}

const copiesOf = (): readonly string[] => azure.copies.flatMap(({ filter, output }) => (output ? [filter] : []));
const deployed = (): readonly string[] =>
  azure.requests.filter(({ method }) => method === 'PUT').map(({ path }) => path);
const startsOf = (): number => azure.requests.filter(({ path }) => path.endsWith('/createRun')).length;

async function allRunsOver(): Promise<void> {
  await Promise.all([...azure.runs.values()].map(({ over }) => over));
}

const done = { state: 'completed', reasons: [] };

describe('a run that was cut off', () => {
  it('takes up what goes on in Azure, and starts nothing a second time', async () => {
    await fill('killed');
    azure.hooks = { onCopy: ({ number }, when) => void (number === 2 && when === 'has written' && cutOff()) };
    const first = await migrate('killed');
    expect(first.verdict.state).toBe('failed-resumable');
    azure.hooks = {};
    const { verdict, status } = await migrate('killed', { resume: first.folder });
    expect(verdict).toEqual(done);
    expect(startsOf()).toBe(1);
    expect(new Set(copiesOf()).size).toBe(copiesOf().length);
    expect(status.collections['killed.orders']?.copy.acknowledged).toBe(DOCUMENTS);
  });

  it('finds a run whose id it never learned', async () => {
    await fill('nameless');
    azure.hooks = { onReply: ({ path }) => (path.endsWith('/createRun') ? cutOff() : undefined) };
    const first = await migrate('nameless');
    expect(first.verdict.state).toBe('failed-resumable');
    azure.hooks = {};
    const { verdict } = await migrate('nameless', { resume: first.folder });
    expect(verdict).toEqual(done);
    expect(startsOf()).toBe(1);
  });

  it('learns of ranges that were finished while nobody looked', async () => {
    await fill('unseen');
    azure.hooks = { onRequest: ({ path }) => (path.endsWith('/queryActivityruns') ? cutOff() : undefined) };
    const first = await migrate('unseen');
    expect(first.verdict.state).toBe('failed-resumable');
    azure.hooks = {};
    await allRunsOver();
    const copied = copiesOf().length;
    const { verdict } = await migrate('unseen', { resume: first.folder });
    expect(verdict).toEqual(done);
    expect(copiesOf().length).toBe(copied);
  });

  it('goes on after a deployment that was interrupted', async () => {
    await fill('deploying');
    const isSecond = (path: string): boolean => deployed().length > 0 && !deployed().includes(path);
    azure.hooks = { onRequest: ({ method, path }) => (method === 'PUT' && isSecond(path) ? cutOff() : undefined) };
    const first = await migrate('deploying');
    expect(first.verdict.state).toBe('failed-resumable');
    expect(startsOf()).toBe(0);
    azure.hooks = {};
    const { verdict, status } = await migrate('deploying', { resume: first.folder });
    expect(verdict).toEqual(done);
    // It made the factory itself, in the first attempt.
    expect(status.remote['factory']).toBeDefined();
  });

  it('follows a deployment that goes on, and sends it no second time', async () => {
    await fill('accepted');
    azure.hooks = { onReply: ({ method }) => (method === 'PUT' ? cutOff() : undefined) };
    const first = await migrate('accepted');
    expect(first.verdict.state).toBe('failed-resumable');
    expect(deployed()).toHaveLength(1);
    azure.hooks = {};
    const { verdict } = await migrate('accepted', { resume: first.folder });
    expect(verdict).toEqual(done);
    expect(deployed()).toHaveLength(2);
    expect(new Set(deployed()).size).toBe(2);
  });

  it('stops the pipeline when it is paused, and keeps what has its marker', async () => {
    await fill('paused');
    const pause = new AbortController();
    azure.hooks = {
      async onCopy({ number }, when) {
        if (number < 10 || when !== 'begins') return;
        pause.abort('paused');
        // Nothing goes on until the factory has been told.
        while (![...azure.runs.values()].every(({ halt }) => halt.signal.aborted)) await setImmediate();
      },
    };
    const first = await migrate('paused', { signal: pause.signal });
    expect(first.verdict.state).toBe('paused');
    await allRunsOver();
    expect([...azure.runs.values()].map(({ status }) => status)).toEqual(['Cancelled']);
    const before = [...azure.store.blobs.keys()].filter((url) => url.includes('/done/')).length;
    expect(before).toBeGreaterThan(0);
    azure.hooks = {};
    const copiedBefore = azure.copies.length;
    const { verdict, status } = await migrate('paused', { resume: first.folder });
    expect(verdict).toEqual(done);
    const ranges = [...azure.store.blobs.keys()].filter((url) => url.includes('/done/')).length;
    expect(azure.copies.length - copiedBefore).toBe(ranges - before);
    expect(status.collections['paused.orders']?.copy.acknowledged).toBe(DOCUMENTS);
  });

  it.each(['paused', 'cancelled'])(
    'is %s and says that the pipeline may go on where Azure does not stop it',
    async (how) => {
      const db = `unstopped-${how}`;
      await fill(db);
      const stop = new AbortController();
      azure.hooks = {
        onCopy: ({ number }, when) => {
          if (number === 10 && when === 'begins') stop.abort(how);
          return Promise.resolve();
        },
      };
      const refused = { status: 403, body: { error: { code: 'AuthorizationFailed', message: 'You may not.' } } };
      azure.arm.inject({ method: 'POST', path: /\/pipelineruns\/[^/]+\/cancel$/, reply: refused });
      const { verdict } = await migrate(db, { signal: stop.signal });
      expect(verdict.state).toBe(how);
      const [run] = [...azure.runs.keys()];
      expect(verdict.reasons).toContainEqual({
        id: 'pipeline-run-goes-on',
        params: { run, message: expect.stringContaining('You may not') as string },
      });
      azure.hooks = {};
      await allRunsOver();
    },
  );

  it('starts the rest again where Azure has lost a run that had come some way', async () => {
    await fill('expired');
    let looks = 0;
    const hasMarker = (): boolean => [...azure.store.blobs.keys()].some((url) => url.includes('/done/'));
    azure.hooks = {
      onReply({ path }) {
        if (path.endsWith('/queryActivityruns') && hasMarker()) looks += 1;
        return undefined;
      },
      async onCopy({ number }, when) {
        if (number < 10 || when !== 'begins') return;
        // It is lost after the run has heard of a finished range: the second look began when there was one.
        while (looks < 2) await setImmediate();
        if (number === 10) loseRuns();
      },
    };
    const { verdict } = await migrate('expired');
    expect(verdict).toEqual(done);
    expect(startsOf()).toBe(2);
  });

  it.each([
    ['lost', 'NotFound', () => loseRuns()],
    ['stopped by somebody in the factory', 'Cancelled', () => haltRuns()],
  ])('says so when a run is %s, and goes on when it is resumed', async (_how, outcome, end) => {
    const db = `ended-${outcome}`;
    await fill(db);
    azure.hooks = { onCopy: ({ number }, when) => (number === 1 && when === 'begins' ? end() : undefined) };
    const first = await migrate(db);
    expect(first.verdict.state).toBe('failed-resumable');
    expect(first.verdict.reasons[0]).toMatchObject({ id: 'data-factory-run-ended', params: { outcome } });
    expect(startsOf()).toBe(1);
    azure.hooks = {};
    const { verdict } = await migrate(db, { resume: first.folder });
    expect(verdict).toEqual(done);
  });

  it('copies everything anew, under new markers, where verification has missed something', async () => {
    await fill('moved');
    azure.hooks = {
      async onCopy({ number }, when) {
        if (number !== 9 || when !== 'begins') return;
        // The range with the least _ids comes first; what is inserted there now is seen by no copy.
        while (azure.copies[0]?.output === undefined) await setImmediate();
        const _id = new ObjectId('000000000000000000000001');
        await from.db('moved').collection('orders').insertOne({ _id, late: true });
      },
    };
    const first = await migrate('moved');
    expect(first.verdict.state).toBe('failed-resumable');
    expect(first.verdict.reasons[0]).toEqual({ id: 'documents-missing', params: { documents: 1 } });
    azure.hooks = {};
    const again = await migrate('moved', { resume: first.folder });
    expect(again.verdict).toEqual(done);
    expect(await to.db('moved').collection('orders').countDocuments()).toBe(DOCUMENTS + 1);
    expect([...azure.store.blobs.keys()].some((url) => url.includes(`/${first.folder.runId}-2/done/`))).toBe(true);
  });
});

describe('a day on which Azure is slow to answer', () => {
  it('waits out 429, renews an expired token, and looks again after a dropped connection', async () => {
    await fill('slow');
    const busy = { status: 429, headers: { 'retry-after': '40' }, body: { error: { code: 'TooManyRequests' } } };
    azure.arm.inject({ method: 'PUT', reply: busy, times: 2 });
    azure.arm.inject({ method: 'POST', path: /\/createRun$/, reply: busy });
    azure.arm.inject({ method: 'POST', path: /\/queryActivityruns$/, reply: 'hang-up' });
    azure.hooks = {
      onCopy: ({ number }, when) => (number === 3 && when === 'begins' ? azure.arm.expireTokens() : undefined),
    };
    const { verdict } = await migrate('slow');
    expect(verdict).toEqual(done);
    expect(startsOf()).toBe(2);
    expect(azure.runs.size).toBe(1);
    expect(azure.requests.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  it('stops where nobody is signed in any more, and goes on when somebody is', async () => {
    await fill('signed-out');
    azure.hooks = {
      onCopy: ({ number }, when) => (number === 3 && when === 'begins' ? azure.arm.expireTokens(true) : undefined),
    };
    const first = await migrate('signed-out');
    expect(first.verdict.state).toBe('failed-resumable');
    expect(first.verdict.reasons[0]).toMatchObject({ id: 'error:azure-sign-in-needed' });
    azure.hooks = {};
    azure.arm.expireTokens();
    const { verdict } = await migrate('signed-out', { resume: first.folder });
    expect(verdict).toEqual(done);
    expect(startsOf()).toBe(1);
  });
});

describe('a copy that fails', () => {
  it('is tried again, and costs no document', async () => {
    await fill('dying');
    const seen = new Set<string>();
    azure.hooks = {
      onCopy: ({ filter }, when) => {
        if (when !== 'has written' || seen.has(filter)) return;
        seen.add(filter);
        throw new CopyFailure('the worker died');
      },
    };
    const { verdict } = await migrate('dying');
    expect(verdict).toEqual(done);
    expect(azure.copies.length).toBeGreaterThanOrEqual(2 * seen.size);
  });

  it('makes no dead letters where the documents are not at fault, however often it fails', async () => {
    await fill('broken');
    let failures = 0;
    azure.hooks = {
      onCopy: ({ number }, when) => {
        // The first eight ranges, twice each, and some of what they are cut into.
        if (when !== 'begins' || number > 40) return;
        failures += 1;
        throw new CopyFailure('no memory left');
      },
    };
    const { verdict } = await migrate('broken');
    expect(verdict).toEqual(done);
    expect(failures).toBe(40);
    expect(await to.db('broken').collection('orders').countDocuments()).toBe(DOCUMENTS);
  });
});

describe('the pipelines, run by hand', () => {
  it('skip what has its marker', async () => {
    await fill('byhand');
    const { folder, plan } = await migrate('byhand');
    const copied = azure.copies.length;
    const all = `migrate_all_${plan.id.slice(0, 8)}`;
    const path = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/migration/providers/Microsoft.DataFactory/factories/adf-migration/pipelines/${all}/createRun`;
    await azure.client().send({ method: 'POST', path, apiVersion: '2018-06-01', body: {} });
    await allRunsOver();
    expect(azure.copies.length).toBe(copied);
    expect([...azure.runs.values()].map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
    expect([...azure.store.blobs.keys()][0]).toContain(`/${folder.runId}/done/`);
  });

  it('fail in the end where a range was refused, after all others were copied', async () => {
    await fill('byhand2');
    await from
      .db('byhand2')
      .collection('orders')
      .updateOne({ i: 5 }, { $set: { poison: true } });
    await to.db('byhand2').createCollection('orders', { validator: { poison: { $exists: false } } });
    const { plan } = await migrate('byhand2');
    await to.db('byhand2').collection('orders').deleteMany({});
    azure.store.blobs.clear();
    azure.runs.clear();
    const all = `migrate_all_${plan.id.slice(0, 8)}`;
    const path = `/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/migration/providers/Microsoft.DataFactory/factories/adf-migration/pipelines/${all}/createRun`;
    await azure.client().send({ method: 'POST', path, apiVersion: '2018-06-01', body: {} });
    await allRunsOver();
    expect([...azure.runs.values()].map(({ status }) => status)).toEqual(['Failed', 'Failed']);
    const folders = [...azure.store.blobs.keys()].map((url) => url.split('/').at(-2));
    expect(folders.filter((folder) => folder === 'failed')).toHaveLength(1);
    expect(folders.filter((folder) => folder === 'done').length).toBeGreaterThan(8);
  });
});
