import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawId } from '../../src/core/bson/raw-document.js';
import { MigrationError } from '../../src/core/model/error.js';
import { formatNamespace, type Namespace } from '../../src/core/model/namespace.js';
import { sparkSizing } from '../../src/handoff/spark/sizing.js';
import type { JournalRecord } from '../../src/engine/journal/record.js';
import type { RunEvent } from '../../src/engine/run-context.js';
import { sparkArtefacts } from '../../src/handoff/spark/spark-artefacts.js';
import { startCutOff } from '../support/databricks/cut-off.js';
import { HANDOFF, SCOPE, sparkPlan, sparkRun } from '../support/databricks/spark-run.js';
import { startWorkspace, type Workspace } from '../support/databricks/workspace.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { EMPTY_TIMESTAMPS, ODD, oddDocument, ODD_IDS, withOddId } from '../support/odd-bytes.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

/** In the password of both sides. */
const CANARY = 'Canary-9f3a-Zq';
const USER = { user: 'mover', password: `${CANARY}/%` };
const DB = 'spark-odd';
/** To be escaped in JSON, in YAML and in Python. */
const AWKWARD = `it's "odd": {[#&*!|>%@\` \\n '''\u2028 ünï 名前 - x`;
/** Documents of 160 bytes: a range of 16 MiB, the smallest, holds five batches, since those end at 20,000 documents. */
const MIXED = 400_000;
const PAD = 'x'.repeat(116);
const FILLED_AT_ONCE = 50_000;
/** A prime that does not divide their number: each comes once. */
const SHUFFLE = 7_919;
/** Executors of the modelled cluster, with a core each. */
const TASKS = 2;
const MINUTES = 60_000;

let source: RunningMongod;
let target: RunningMongod;
let workspace: Workspace;
let folder: TempFolder;

const withUser = ({ uri }: RunningMongod): string =>
  uri
    .replace('mongodb://', `mongodb://${USER.user}:${encodeURIComponent(USER.password)}@`)
    .replace('/?', '/?authSource=admin&');

beforeAll(async () => {
  [source, target, workspace, folder] = await Promise.all([
    startMongod({ auth: USER }),
    startMongod({ auth: USER }),
    startWorkspace({ busyEvery: 7 }),
    makeTempFolder('spark-job'),
  ]);
  await fill();
}, 15 * MINUTES);
afterAll(async () => {
  await Promise.all([workspace.close(), source.stop(), target.stop(), folder.remove()]);
});

async function fill(): Promise<void> {
  const from = await connectTo(withUser(source));
  const raw = async (coll: string, documents: readonly Buffer[]): Promise<void> => {
    // What the server does not take cannot be on a source.
    for (const document of documents)
      await from.session.insertRaw({ db: DB, coll }, [document], { ordered: true }).catch(commandFailed);
  };
  await raw(
    'plain',
    Object.entries(ODD).map(([what, parts]) => oddDocument(what, parts)),
  );
  await raw('by-id', ODD_IDS.map(withOddId));
  for (const [what, parts] of Object.entries(EMPTY_TIMESTAMPS))
    await from.session.replaceRaw({ db: DB, coll: 'emptied' }, oddDocument(what, parts));
  await from.close();
  const client = await MongoClient.connect(withUser(source));
  const db = client.db(DB);
  await db.collection(AWKWARD).insertMany([{ _id: 1 as never }, { _id: AWKWARD as never }]);
  const kinds = [(n: number) => n, (n: number) => `n${n}`, (n: number) => ({ n })] as const;
  for (let at = 0; at < MIXED; at += FILLED_AT_ONCE) {
    // In no order of `_id`: `$sample` seldom meets what has just come to the end of a collection, and ranges would be uneven.
    const some = Array.from({ length: FILLED_AT_ONCE }, (_, n) => ((at + n) * SHUFFLE) % MIXED);
    await db.collection('mixed').insertMany(some.map((n) => ({ _id: kinds[n % 3]?.(n) as never, pad: PAD, n })));
  }
  await db.createCollection('view', { viewOn: 'plain', pipeline: [] });
  await client.close();
}

function commandFailed(error: unknown): void {
  if (!MigrationError.is(error, 'command-failed')) throw error;
}

async function storedIn(uri: string, ns: Namespace): Promise<Map<string, string>> {
  const cluster = await connectTo(uri);
  const found = new Map<string, string>();
  for await (const { documents } of cluster.session.findRaw(ns, {}))
    for (const document of documents) found.set(rawId(document)?.toString('hex') ?? '', document.toString('hex'));
  await cluster.close();
  return found;
}

async function hashOfMixed(server: RunningMongod): Promise<string> {
  const client = await MongoClient.connect(withUser(server));
  const { collections } = await client.db(DB).command({ dbHash: 1, collections: ['mixed'] });
  await client.close();
  return String((collections as Record<string, unknown>)['mixed']);
}

describe('a Spark job on a modelled Databricks workspace', () => {
  it(
    'is cut off in the middle, is gone on with, and brings every document byte for byte, once',
    async () => {
      await using cutOff = await startCutOff({
        port: target.port,
        ns: { db: DB, coll: 'mixed' },
        tasks: TASKS,
        cut: () => workspace.crash(),
      });
      workspace.scopes.set(
        SCOPE,
        new Map([
          ['source-uri', withUser(source)],
          ['target-uri', withUser(target).replace(String(target.port), String(cutOff.port))],
        ]),
      );
      const [from, to] = await Promise.all([connectTo(withUser(source)), connectTo(withUser(target))]);
      const plan = await sparkPlan(from, to, { selection: { include: [`${DB}.*`] } });
      await Promise.all([from.close(), to.close()]);
      const { batchDocuments, rangeBytes } = sparkSizing(plan, HANDOFF);
      const average = plan.collections.find(({ source: ns }) => ns.coll === 'mixed')?.logicalBytes ?? 0;
      expect(rangeBytes / (average / MIXED)).toBeGreaterThan(5 * batchDocuments);
      const records: JournalRecord[] = [];
      const events: RunEvent[] = [];
      const onEvent = (event: RunEvent): void => void events.push(event);
      const job = { plan, sourceUri: withUser(source), targetUri: withUser(target), workspace, folder: folder.path };
      const first = await sparkRun({ ...job, records, onEvent });
      expect(first.verdict).toMatchObject({ state: 'failed-resumable', reasons: [{ id: 'spark-run-ended' }] });
      const { before } = cutOff.sent();

      const second = await sparkRun({ ...job, records, onEvent });
      expect(second.verdict).toEqual({ state: 'completed', reasons: [] });
      expect(await hashOfMixed(target)).toBe(await hashOfMixed(source));
      const odd = plan.collections.filter((c) => !c.options.view && c.source.coll !== 'mixed');
      for (const { source: ns, target: there } of odd) {
        expect(await storedIn(withUser(target), there), formatNamespace(ns)).toEqual(
          await storedIn(withUser(source), ns),
        );
      }
      // Each task repeats the one batch that was not noted, and nothing else of its range, which was begun before.
      expect(cutOff.tasks).toHaveLength(TASKS);
      for (const { unnoted, noted } of cutOff.tasks) {
        expect(noted).toBeGreaterThan(0);
        expect(unnoted).toBeGreaterThan(0);
        expect(unnoted).toBeLessThanOrEqual(batchDocuments);
      }
      const repeated = cutOff.tasks.reduce((sum, { unnoted }) => sum + unnoted, 0);
      expect(cutOff.sent()).toEqual({ before, after: MIXED - before + repeated, again: repeated });
      // The job's own counts say the same.
      const last = events.flatMap((event) => (event.kind === 'copy-progress' ? [event.counts] : [])).at(-1);
      expect(last?.find(({ ns }) => ns.coll === 'mixed')?.sentOperations).toBe(MIXED);
      const { copy } = second.status.collections[`${DB}.mixed`] ?? {};
      expect(copy).toMatchObject({ acknowledged: MIXED - repeated, alreadyThere: repeated });
      const means = records.flatMap((r) => (r.type === 'verification' ? [r.result.evidence.means] : []));
      expect(new Set(means)).toEqual(new Set(['spark-job', 'definition']));
      // All that was made is gone again.
      expect(workspace.jobs()).toEqual([]);
      expect(workspace.files().filter((path) => path.includes('mongo-cosmos-migration/'))).toEqual([]);
      const client = await MongoClient.connect(withUser(target));
      const { databases } = await client.db().admin().listDatabases();
      await client.close();
      expect(databases.map(({ name }) => name).filter((name) => name.startsWith('mcm_'))).toEqual([]);
      // No secret in what was deployed, asked, printed, told or written down.
      const texts = [
        ...sparkArtefacts(plan).files.map(({ text }) => text),
        ...workspace.asked,
        workspace.output(),
        JSON.stringify(events),
        JSON.stringify(records),
      ];
      for (const secret of [CANARY, encodeURIComponent(USER.password)])
        expect(texts.filter((text) => text.includes(secret))).toEqual([]);
      expect(workspace.output()).toContain('@@');
    },
    10 * MINUTES,
  );
});
