/** A bundle in the hands of a person: the notebooks in their order, by users who have the rights that its README names, with a plan that somebody may have edited. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setUpSpark, type Spark } from '../../scripts/setup-spark.js';
import { bytes } from '../../src/core/model/units.js';
import { sparkArtefacts } from '../../src/handoff/spark/spark-artefacts.js';
import { HANDOFF, SCOPE } from '../support/databricks/spark-run.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';
import { planOf, plannedCollection } from '../unit/engine-builders.js';

const JOB_CLUSTER = fileURLToPath(new URL('../support/databricks/job_cluster.py', import.meta.url));
const ADMIN = { user: 'admin', password: 'a' };
const DB = 'shop';
const COLLECTIONS = ['orders', 'clients'];
const DOCUMENTS = 500;

interface Right {
  readonly on: 'source' | 'target';
  readonly role: string;
  /** `state` stands for the database of the run. */
  readonly db: string;
}

/** As in the README. */
const RIGHTS: Readonly<Record<string, Right>> = {
  'read on the source': { on: 'source', role: 'read', db: DB },
  'readWrite on the target': { on: 'target', role: 'readWrite', db: DB },
  'dbAdmin on the target, a MongoDB': { on: 'target', role: 'dbAdmin', db: DB },
  "readWrite on the run's database": { on: 'target', role: 'readWrite', db: 'state' },
};

let spark: Spark;
let source: RunningMongod;
let target: RunningMongod;
let folder: TempFolder;
let [admins, attempts] = [[] as MongoClient[], 0];

const uriOf = ({ uri }: RunningMongod, user: string, password: string): string =>
  uri.replace('mongodb://', `mongodb://${user}:${password}@`).replace('/?', '/?authSource=admin&');

beforeAll(async () => {
  [spark, source, target, folder] = await Promise.all([
    setUpSpark(),
    startMongod({ auth: ADMIN }),
    startMongod({ auth: ADMIN }),
    makeTempFolder('spark-rights'),
  ]);
  admins = await Promise.all(
    [source, target].map((one) => MongoClient.connect(uriOf(one, ADMIN.user, ADMIN.password))),
  );
  for (const coll of COLLECTIONS) {
    const documents = Array.from({ length: DOCUMENTS }, (_, n) => ({ _id: n as never, text: `${coll} ${n}` }));
    await admins[0]?.db(DB).collection(coll).insertMany(documents);
  }
  await emit(COLLECTIONS);
}, 900_000);
afterAll(async () => {
  await Promise.all(admins.map((one) => one.close()));
  await Promise.all([source.stop(), target.stop(), folder.remove()]);
});

async function emit(collections: readonly string[]): Promise<void> {
  const planned = collections.map((coll) =>
    plannedCollection({ db: DB, coll }, { db: DB, coll }, { documents: DOCUMENTS, logicalBytes: bytes(20_000) }),
  );
  for (const { path, text } of sparkArtefacts(planOf(planned, { method: 'spark-databricks', handoff: HANDOFF }))
    .files) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true });
    await writeFile(join(folder.path, path), text);
  }
}

/** The job, by users of these rights, into empty collections. */
async function runWith(rights: readonly Right[]): Promise<Ran> {
  attempts += 1;
  const [user, run] = [`mover${attempts}`, `run-${attempts}`];
  const [from, to] = admins as [MongoClient, MongoClient];
  await to.db(DB).dropDatabase();
  for (const coll of COLLECTIONS) await to.db(DB).createCollection(coll);
  for (const [side, client] of [['source', from] as const, ['target', to] as const]) {
    const mine = rights.filter(({ on }) => on === side);
    const roles = mine.map(({ role, db }) => ({ role, db: db === 'state' ? `mcm_${run}` : db }));
    await client.db('admin').command({ createUser: user, pwd: 'p', roles });
  }
  return runJob(user, run);
}

interface Ran {
  readonly status: number;
  readonly said: string;
}

async function runJob(user: string, run: string): Promise<Ran> {
  const order = {
    master: 'threads',
    workspace: folder.path,
    secrets: { [SCOPE]: { 'source-uri': uriOf(source, user, 'p'), 'target-uri': uriOf(target, user, 'p') } },
    tasks: ['plan', 'copy', 'verify'].map((key) => ({
      ...{ key, notebook: `src/${key}_task`, retries: 0, parameters: { run } },
    })),
  };
  const child = spawn(spark.python, [JOB_CLUSTER], { env: { ...process.env, TMPDIR: folder.path } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.end(`${JSON.stringify(order)}\n`);
  const [status] = (await once(child, 'close')) as [number];
  return { status, said };
}

describe("the rights that a Spark bundle's README names", { timeout: 240_000 }, () => {
  it('are enough to plan, copy and verify', async () => {
    const { status, said } = await runWith(Object.values(RIGHTS));
    for (const coll of COLLECTIONS) {
      expect(said).toContain(`${DB}.${coll} equal missing 0, extra 0, different 0`);
      expect(await admins[1]?.db(DB).collection(coll).countDocuments()).toBe(DOCUMENTS);
    }
    expect(status).toBe(0);
  });

  it.each(Object.keys(RIGHTS))('are not enough without %s', async (name) => {
    const { status, said } = await runWith(Object.values(RIGHTS).filter((right) => right !== RIGHTS[name]));
    expect(status).not.toBe(0);
    expect(said).toMatch(/not authorized/);
  });
});

describe('a plan that was edited after its run began', { timeout: 240_000 }, () => {
  it.each([
    ['in another order', [...COLLECTIONS].reverse(), 'shop.clients -> shop.clients as collections[0]'],
    ['with one collection less', COLLECTIONS.slice(0, 1), 'nothing as collections[1]'],
  ])('%s is refused: progress of one collection would count for another', async (_, collections, told) => {
    await emit(COLLECTIONS);
    await runWith(Object.values(RIGHTS));
    await emit(collections);
    const [user, run] = [`mover${attempts}`, `run-${attempts}`];
    const { status, said } = await runJob(user, run);
    expect(said).toContain(`PlanChangedError: plan.json has ${told}, and the run ${run} has begun with`);
    expect(status).not.toBe(0);
  });

  it('with one more at the end is gone on with', async () => {
    await emit(COLLECTIONS.slice(0, 1));
    await runWith(Object.values(RIGHTS));
    await emit(COLLECTIONS);
    const { status, said } = await runJob(`mover${attempts}`, `run-${attempts}`);
    expect(said).toContain(`${DB}.${COLLECTIONS[1] ?? ''} equal missing 0, extra 0, different 0`);
    expect(status).toBe(0);
  });
});
