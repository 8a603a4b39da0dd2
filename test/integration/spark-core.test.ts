/** What the job's Python does to data, with tasks in threads in the place of Spark: quick enough for many cases. */
import { MongoClient, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruPerSecond } from '../../src/core/model/units.js';
import type { ConflictPolicy } from '../../src/core/model/plan.js';
import { SCOPE, sparkPlan, sparkRun, type SparkRan } from '../support/databricks/spark-run.js';
import { startWorkspace, type Workspace } from '../support/databricks/workspace.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { fillCollection } from '../support/restore-through-relay.js';
import { startRuStandIn, type RuStandInOptions } from '../support/ru-stand-in/start.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const DB = 'core';

let source: RunningMongod;
let target: RunningMongod;
let workspace: Workspace;
let folder: TempFolder;
let folders = 0;

beforeAll(async () => {
  [source, target, workspace, folder] = await Promise.all([
    startMongod(),
    startMongod(),
    startWorkspace({ master: 'threads' }),
    makeTempFolder('spark-core'),
  ]);
}, 900_000);
afterAll(async () => {
  await Promise.all([workspace.close(), source.stop(), target.stop(), folder.remove()]);
});

async function onBoth(work: (db: ReturnType<MongoClient['db']>, side: 'source' | 'target') => Promise<unknown>) {
  for (const [side, { uri }] of Object.entries({ source, target }) as ['source' | 'target', RunningMongod][]) {
    const client = await MongoClient.connect(uri);
    await work(client.db(DB), side);
    await client.close();
  }
}

async function run(coll: string, targetUri: string, more: Parameters<typeof sparkPlan>[2] = {}): Promise<SparkRan> {
  workspace.scopes.set(
    SCOPE,
    new Map([
      ['source-uri', source.uri],
      ['target-uri', targetUri],
    ]),
  );
  const [from, to] = await Promise.all([connectTo(source.uri), connectTo(targetUri)]);
  const plan = await sparkPlan(from, to, { selection: { include: [`${DB}.${coll}`] }, ...more });
  await Promise.all([from.close(), to.close()]);
  folders += 1;
  return sparkRun({ plan, sourceUri: source.uri, targetUri, workspace, folder: `${folder.path}/${folders}` });
}

const documents = (texts: Readonly<Record<number, string>>): Document[] =>
  Object.entries(texts).map(([id, text]) => ({ _id: Number(id), text }));

describe("the Spark job's conflicts", { timeout: 240_000 }, () => {
  const kept: Readonly<Record<ConflictPolicy, string>> = { fail: 'b', skip: 'b', overwrite: 'B', 'dead-letter': 'b' };
  it.each(Object.keys(kept) as ConflictPolicy[])(
    'follow the policy %s, and equal documents are none',
    async (policy) => {
      const coll = `conflict-${policy}`;
      await onBoth(async (db, side) => {
        const mine = side === 'source' ? { 1: 'a', 2: 'B', 3: 'c' } : { 1: 'a', 2: 'b' };
        await db.collection(coll).insertMany(documents(mine));
      });
      const { verdict, deadLetters } = await run(coll, target.uri, { conflictPolicy: policy });
      const client = await MongoClient.connect(target.uri);
      const there = await client.db(DB).collection<{ _id: number; text: string }>(coll).findOne({ _id: 2 });
      await client.close();
      expect(there?.text).toBe(kept[policy]);
      const ids = verdict.reasons.map(({ id }) => id);
      if (policy === 'fail')
        expect(verdict).toMatchObject({
          state: 'failed-resumable',
          reasons: [{ id: 'conflict', params: { ns: `${DB}.${coll}` } }],
        });
      if (policy === 'skip') expect(ids).toEqual(['verification-differs']);
      if (policy === 'overwrite') expect(verdict).toEqual({ state: 'completed', reasons: [] });
      if (policy === 'dead-letter') expect([ids, deadLetters]).toEqual([['dead-letters'], 1]);
    },
  );
});

describe("the Spark job's verification", { timeout: 240_000 }, () => {
  it('names what is on the target alone by its _id, beside all that is equal', async () => {
    await fillCollection(source.uri, DB, 'extra', 3_000, 300);
    const client = await MongoClient.connect(target.uri);
    await client
      .db(DB)
      .collection('extra')
      .insertMany([{ _id: -7 as never }, { _id: 'more' as never }]);
    await client.close();
    const { records } = await run('extra', target.uri);
    const [result] = records.flatMap((r) => (r.type === 'verification' ? [r.result] : []));
    expect(result).toMatchObject({
      kind: 'different',
      evidence: { means: 'spark-job', source: { documents: 3_000 }, target: { documents: 3_002 } },
      differences: { missing: 0, extra: 2, different: 0, exact: true, definition: [] },
    });
    const found = result?.kind === 'different' ? result.differences.documents : [];
    expect(found.map(({ id }) => id)).toEqual(['more', { $numberInt: '-7' }]);
  });

  it('compares indexes, too', async () => {
    await onBoth(async (db, side) => {
      await db.createCollection('indexed');
      if (side === 'target') await db.collection('indexed').createIndex({ extra: 1 });
      else await db.collection('indexed').insertOne({ _id: 1 as never });
    });
    const { records } = await run('indexed', target.uri);
    const [result] = records.flatMap((r) => (r.type === 'verification' ? [r.result] : []));
    expect(result).toMatchObject({ kind: 'different', differences: { definition: [{ what: 'index:extra_1' }] } });
  });
});

describe('the Spark job against an account', { timeout: 240_000 }, () => {
  const options: Readonly<Record<string, Partial<RuStandInOptions>>> = {
    'messages with a hint': { messageStyle: 'modern' },
    'messages without a hint': { messageStyle: 'insertError' },
    'refusals of whole commands': { messageStyle: 'commandLevel' },
    'documents that are written though refused': { ambiguousFraction: 0.3 },
    'bounds of a read that are ignored': { rangeReads: 'ignore' },
    'bounds of a read that are refused': { rangeReads: 'refuse' },
  };
  it.each(Object.keys(options))('brings everything in spite of %s', async (name) => {
    const coll = `account-${Object.keys(options).indexOf(name)}`;
    await fillCollection(source.uri, DB, coll, 4_000, 900);
    await using backend = await startMongod();
    await using standIn = await startRuStandIn({ backendPort: backend.port, ...options[name] });
    const throughput = { kind: 'manual', ruPerSecond: ruPerSecond(6_000) } as const;
    const { verdict, deadLetters } = await run(coll, standIn.uri, { throughput });
    expect([verdict, deadLetters]).toEqual([{ state: 'completed', reasons: [] }, 0]);
    const hashes = await Promise.all([source.uri, backend.uri].map((uri) => hashOf(uri, coll)));
    expect(hashes[0]).toBe(hashes[1]);
  });
});

async function hashOf(uri: string, coll: string): Promise<string> {
  const client = await MongoClient.connect(uri);
  const { collections } = await client.db(DB).command({ dbHash: 1, collections: [coll] });
  await client.close();
  return String((collections as Record<string, unknown>)[coll]);
}
