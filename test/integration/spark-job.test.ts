import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawId } from '../../src/core/bson/raw-document.js';
import { MigrationError } from '../../src/core/model/error.js';
import { formatNamespace, type Namespace } from '../../src/core/model/namespace.js';
import { sparkSizing } from '../../src/handoff/spark/sizing.js';
import type { JournalRecord } from '../../src/engine/journal/record.js';
import type { RunEvent } from '../../src/engine/run-context.js';
import { sparkArtefacts } from '../../src/handoff/spark/spark-artefacts.js';
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
const MIXED = 9_000;
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
  workspace.scopes.set(
    SCOPE,
    new Map([
      ['source-uri', withUser(source)],
      ['target-uri', withUser(target)],
    ]),
  );
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
  await db
    .collection('mixed')
    .insertMany(
      Array.from({ length: MIXED }, (_, n) => ({ _id: kinds[n % 3]?.(n) as never, pad: 'x'.repeat(8_000), n })),
    );
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

describe('a Spark job on a modelled Databricks workspace', () => {
  it(
    'is cut off in the middle, is gone on with, and brings every document byte for byte, once',
    async () => {
      const [from, to] = await Promise.all([connectTo(withUser(source)), connectTo(withUser(target))]);
      const plan = await sparkPlan(from, to, { selection: { include: [`${DB}.*`] } });
      await Promise.all([from.close(), to.close()]);
      const records: JournalRecord[] = [];
      const events: RunEvent[] = [];
      // The cluster is ended once half of the large collection is over.
      const crash = (event: RunEvent): void => {
        events.push(event);
        if (event.kind !== 'copy-progress') return;
        const mixed = event.counts.find(({ ns }) => ns.coll === 'mixed')?.acknowledged ?? 0;
        if (mixed > 500 && mixed < MIXED) workspace.crash();
      };
      const job = { plan, sourceUri: withUser(source), targetUri: withUser(target), workspace, folder: folder.path };
      const first = await sparkRun({ ...job, records, onEvent: crash });
      expect(first.verdict).toMatchObject({ state: 'failed-resumable', reasons: [{ id: 'spark-run-ended' }] });
      const arrived = await storedIn(withUser(target), { db: DB, coll: 'mixed' });
      expect(arrived.size).toBeGreaterThan(500);

      const second = await sparkRun({ ...job, records, onEvent: (event) => events.push(event) });
      expect(second.verdict).toEqual({ state: 'completed', reasons: [] });
      for (const { source: ns, target: there } of plan.collections.filter((c) => !c.options.view)) {
        expect(await storedIn(withUser(target), there), formatNamespace(ns)).toEqual(
          await storedIn(withUser(source), ns),
        );
      }
      // Nothing of the finished part was sent again but a batch for each of the two tasks.
      const last = events.flatMap((event) => (event.kind === 'copy-progress' ? [event.counts] : [])).at(-1);
      expect(last?.find(({ ns }) => ns.coll === 'mixed')?.sentOperations).toBe(MIXED);
      const mixed = second.status.collections[`${DB}.mixed`]?.copy;
      expect((mixed?.acknowledged ?? 0) + (mixed?.alreadyThere ?? 0)).toBe(MIXED);
      const batch = sparkSizing(plan, HANDOFF).batchBytes / 8_000;
      expect(mixed?.alreadyThere).toBeLessThanOrEqual(2 * batch);
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
