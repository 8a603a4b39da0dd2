/** The mode `transform`: the MongoDB Spark Connector on a real Spark. Types may change there; no document may go. */
import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectorJars } from '../../scripts/setup-spark.js';
import type { JournalRecord } from '../../src/engine/journal/record.js';
import { sparkArtefacts } from '../../src/handoff/spark/spark-artefacts.js';
import { handoffNoteSentence } from '../../src/words/handoff-notes.js';
import { SCOPE, sparkPlan, sparkRun } from '../support/databricks/spark-run.js';
import { startWorkspace, type Workspace } from '../support/databricks/workspace.js';
import { startFaultProxy } from '../support/fault-proxy.js';
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
  await client
    .db(DB)
    .collection('ids')
    .insertMany(numbers.map(({ i }) => ({ i })));
  await client.close();
}, 15 * MINUTES);
afterAll(async () => {
  await workspace.close();
  await Promise.all([source.stop(), target.stop(), folder.remove()]);
});

describe('a Spark job that goes through DataFrames', () => {
  it(
    'is cut off in the middle and run again: as many documents as there are, of mixed types of _id as well, none twice, and not called verified',
    async () => {
      let written = 0;
      await using link = await startFaultProxy({
        port: target.port,
        breaks: (command, message) => {
          // Three batches of the largest collection: the second never arrives.
          if (command !== 'update' || !message.includes('mixed')) return undefined;
          written += 1;
          if (written !== 2) return undefined;
          workspace.crash();
          return 'half-open';
        },
      });
      const secrets = { 'source-uri': source.uri, 'target-uri': link.uri };
      workspace.scopes.set(SCOPE, new Map(Object.entries(secrets)));
      const [from, to] = await Promise.all([connectTo(source.uri), connectTo(target.uri)]);
      const handoff = { mode: 'transform' } as const;
      const plan = await sparkPlan(from, to, { selection: { include: [`${DB}.*`] }, handoff });
      await Promise.all([from.close(), to.close()]);
      const records: JournalRecord[] = [];
      const job = { plan, sourceUri: source.uri, targetUri: target.uri, workspace, folder: folder.path, records };
      const first = await sparkRun(job);
      expect(first.verdict).toMatchObject({ state: 'failed-resumable', reasons: [{ id: 'spark-run-ended' }] });
      const client = await MongoClient.connect(target.uri);
      const mixed = client.db(DB).collection<{ _id: unknown; i: number }>('mixed');
      const partly = await mixed.countDocuments();
      expect(partly).toBeGreaterThan(0);
      expect(partly).toBeLessThan(3 * EACH);
      // What an earlier attempt has written is replaced, whatever has become of it.
      await mixed.updateOne({ i: 0 }, { $set: { i: -1 } });

      const { verdict, status } = await sparkRun(job);
      expect(verdict.state).toBe('completed-with-findings');
      const unproven = verdict.reasons.filter(({ id }) => id === 'not-verified').map(({ params }) => params);
      expect(unproven).toEqual(
        expect.arrayContaining([
          { ns: `${DB}.even`, why: 'counts-only' },
          { ns: `${DB}.mixed`, why: 'counts-only' },
        ]),
      );
      const names = ['even', 'mixed', 'empty', 'ids'];
      const counted = await Promise.all(names.map((name) => client.db(DB).collection(name).countDocuments()));
      expect(counted).toEqual([EACH, 3 * EACH, 0, EACH]);
      // Those that the attempt before had seen to their end are written once more, and told once.
      const told = names.map((name) => status.collections[`${DB}.${name}`]?.copy);
      expect(told.map((copy) => [copy?.acknowledged, copy?.alreadyThere])).toEqual(counted.map((one) => [one, 0]));
      expect(await mixed.countDocuments({ i: -1 })).toBe(0);
      const ids = await client.db(DB).collection<{ _id: unknown }>('ids').find().toArray();
      await client.close();
      // As notebook, README and note warn, which is why nothing else is called a copy.
      for (const { _id } of ids) expect(_id).toMatch(/^[0-9a-f]{24}$/);
      const { files, notes } = sparkArtefacts(plan);
      const warned = files.filter(({ path }) => ['README.md', 'src/transform_task.py'].includes(path));
      const texts = [...warned.map(({ text }) => text), notes.map(handoffNoteSentence).join(' ')];
      expect(texts).toHaveLength(3);
      for (const text of texts) expect(text.replaceAll('\n# MAGIC', '')).toMatch(/ObjectId (becomes|into) text/);
    },
    10 * MINUTES,
  );
});
