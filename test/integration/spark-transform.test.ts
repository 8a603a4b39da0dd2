/** The mode `transform`: the MongoDB Spark Connector on a real Spark. Types may change there; no document may go. */
import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorJars } from '../../scripts/setup-spark.js';
import { SCOPE, sparkPlan, sparkRun } from '../support/databricks/spark-run.js';
import { startWorkspace, type Workspace } from '../support/databricks/workspace.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const DB = 'shop';
const EACH = 400;
const MINUTES = 60_000;

let source: RunningMongod;
let target: RunningMongod;
let workspace: Workspace;
let folder: TempFolder;

beforeAll(async () => {
  const jars = await connectorJars();
  [source, target, workspace, folder] = await Promise.all([
    startMongod(),
    startMongod(),
    startWorkspace({ master: 'local[2]', conf: { 'spark.jars': jars } }),
    makeTempFolder('spark-transform'),
  ]);
  workspace.scopes.set(
    SCOPE,
    new Map([
      ['source-uri', source.uri],
      ['target-uri', target.uri],
    ]),
  );
  const client = await MongoClient.connect(source.uri);
  const numbers = Array.from({ length: EACH }, (_, i) => ({ _id: i as never, i, day: `2026-01-${(i % 28) + 1}` }));
  await client.db(DB).collection('even').insertMany(numbers);
  // Partitions that compare `_id`s lose two thirds of such a collection.
  const mixed = [
    ...numbers,
    ...numbers.map(({ i }) => ({ _id: `t${i}` as never, i })),
    ...numbers.map(({ i }) => ({ _id: new ObjectId(), i })),
  ];
  await client.db(DB).collection('mixed').insertMany(mixed);
  await client.db(DB).createCollection('empty');
  await client.close();
}, 15 * MINUTES);
afterAll(async () => {
  await workspace.close();
  await Promise.all([source.stop(), target.stop(), folder.remove()]);
});

describe('a Spark job that goes through DataFrames', () => {
  it(
    'brings as many documents as there are, of mixed types of _id as well, and is not called verified',
    async () => {
      const [from, to] = await Promise.all([connectTo(source.uri), connectTo(target.uri)]);
      const handoff = { mode: 'transform' } as const;
      const plan = await sparkPlan(from, to, { selection: { include: [`${DB}.*`] }, handoff });
      await Promise.all([from.close(), to.close()]);
      const job = { plan, sourceUri: source.uri, targetUri: target.uri, workspace, folder: folder.path };
      const { verdict } = await sparkRun({ ...job, records: [] });
      expect(verdict.state).toBe('completed-with-findings');
      const unproven = verdict.reasons.filter(({ id }) => id === 'not-verified').map(({ params }) => params);
      expect(unproven).toEqual(
        expect.arrayContaining([
          { ns: `${DB}.even`, why: 'counts-only' },
          { ns: `${DB}.mixed`, why: 'counts-only' },
        ]),
      );
      const client = await MongoClient.connect(target.uri);
      const counted = await Promise.all(
        ['even', 'mixed', 'empty'].map((name) => client.db(DB).collection(name).countDocuments()),
      );
      await client.close();
      expect(counted).toEqual([EACH, 3 * EACH, 0]);
    },
    10 * MINUTES,
  );
});
