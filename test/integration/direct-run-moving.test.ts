import { MongoClient, type Collection } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VerificationResult } from '../../src/engine/verify/result.js';
import { migrate, type Migrated } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

interface Row {
  _id: number;
  n: number;
  pad: string;
}

const DOCUMENTS = 30_000;
const PAD = 'x'.repeat(400);
let source: RunningMongod;
let target: RunningMongod;
let runs: TempFolder;
let from: MongoClient;
let to: MongoClient;

beforeAll(async () => {
  [source, target, runs] = await Promise.all([startMongod(), startMongod(), makeTempFolder('direct-moving')]);
  from = await MongoClient.connect(source.uri);
  to = await MongoClient.connect(target.uri);
});
afterAll(async () => {
  await from.close();
  await to.close();
  await Promise.all([source.stop(), target.stop(), runs.remove()]);
});

/** Copies while `write` is done again and again, from before the first document is read until the verdict. Returns what was done as well. */
async function copyWhile(
  db: string,
  write: (rows: Collection<Row>, round: number) => Promise<unknown>,
  resume?: Migrated['folder'],
): Promise<{ migrated: Migrated; result: VerificationResult; rounds: number }> {
  const rows = from.db(db).collection<Row>('rows');
  if (!resume) {
    await rows.insertMany(Array.from({ length: DOCUMENTS }, (_, i) => ({ _id: i, n: 0, pad: PAD })));
  }
  let rounds = 0;
  let over = false;
  const writing = (async () => {
    for (; !over; rounds += 1) await write(rows, rounds);
  })();
  const migrated = await migrate({
    sourceUri: source.uri,
    targetUri: target.uri,
    selection: { include: [`${db}.*`] },
    runsRoot: runs.path,
    plan: { method: 'direct-copy', conflictPolicy: 'overwrite' },
    ...(resume ? { resume } : {}),
  });
  over = true;
  await writing;
  const result = migrated.status.collections[`${db}.rows`]?.verification;
  if (!result) throw new Error('not verified');
  return { migrated, result, rounds };
}

const namedIn = (result: VerificationResult): number[] =>
  result.kind === 'equal'
    ? []
    : result.differences.documents.map(({ id }) => Number((id as { $numberInt?: string }).$numberInt ?? id));

async function idsThatDiffer(db: string): Promise<number[]> {
  const all = async (client: MongoClient): Promise<Map<number, string>> =>
    new Map(
      (await client.db(db).collection<Row>('rows').find().toArray()).map((row) => [row._id, JSON.stringify(row)]),
    );
  const [ours, theirs] = await Promise.all([all(from), all(to)]);
  return [...new Set([...ours.keys(), ...theirs.keys()])].filter((id) => ours.get(id) !== theirs.get(id));
}

const LATE = 1_234;
/** Each leaves as many documents as there were. */
const CHANGES: readonly { readonly by: string; readonly change: (rows: Collection<Row>) => Promise<unknown> }[] = [
  { by: 'update', change: (rows) => rows.updateOne({ _id: LATE }, { $set: { n: 7 } }) },
  {
    by: 'merge',
    change: (rows) =>
      rows.aggregate([{ $match: { _id: LATE } }, { $set: { n: 7 } }, { $merge: { into: 'rows' } }]).toArray(),
  },
  {
    by: 'applyOps',
    change: (rows) => {
      const op = { op: 'u', ns: rows.namespace, o2: { _id: LATE }, o: { $v: 2, diff: { u: { n: 7 } } } };
      return from.db('admin').command({ applyOps: [op] });
    },
  },
];

describe('a direct copy of a source that is written to', () => {
  it('never says completed where documents were only changed, and names them', { timeout: 60_000 }, async () => {
    // The number of documents stays what it is all the while.
    const { migrated, result, rounds } = await copyWhile('changed', (rows, round) =>
      rows.updateOne({ _id: (round * 7919) % 500 }, { $inc: { n: 1 } }),
    );
    expect(rounds).toBeGreaterThan(50);
    expect(migrated.verdict.state).not.toBe('completed');
    expect(result.kind).not.toBe('equal');
    const named = namedIn(result);
    expect(named.length).toBeGreaterThan(0);
    for (const id of named) expect(id).toBeLessThan(500);
    expect(result.evidence.source.documents).toBe(DOCUMENTS);
    expect(result.evidence.target.documents).toBe(DOCUMENTS);
  });

  it.each(CHANGES)(
    'sees one change by $by after all was copied, names it, and brings it when it is gone on with',
    { timeout: 60_000 },
    async ({ by, change }) => {
      const db = `late-${by}`;
      const rows = from.db(db).collection<Row>('rows');
      await rows.insertMany(Array.from({ length: 2_000 }, (_, i) => ({ _id: i, n: 0, pad: PAD })));
      const job = {
        sourceUri: source.uri,
        targetUri: target.uri,
        selection: { include: [`${db}.*`] },
        runsRoot: runs.path,
        plan: { method: 'direct-copy', conflictPolicy: 'overwrite' },
      } as const;
      const stop = new AbortController();
      const stopped = await migrate({
        ...job,
        signal: stop.signal,
        onEvent: (event) => event.kind === 'state' && event.state === 'indexing' && stop.abort('paused'),
      });
      expect(stopped.verdict.state).toBe('paused');
      await change(rows);
      const { verdict, status, folder } = await migrate({ ...job, resume: stopped.folder });
      expect(verdict).toMatchObject({ state: 'completed-with-findings', reasons: [{ id: 'verification-differs' }] });
      expect(status.collections[`${db}.rows`]?.verification).toMatchObject({ kind: 'different' });
      expect(namedIn(status.collections[`${db}.rows`]?.verification as VerificationResult)).toEqual([LATE]);
      const again = await migrate({ ...job, resume: folder });
      expect(again.verdict).toEqual({ state: 'completed', reasons: [] });
      expect(again.status.collections[`${db}.rows`]?.verification?.evidence.means).toBe('streamed');
      expect(await idsThatDiffer(db)).toEqual([]);
    },
  );

  it(
    'states what arrives of inserts, changes and deletions, and ends equal once they have ended',
    { timeout: 90_000 },
    async () => {
      const { migrated, result } = await copyWhile('mixed', async (rows, round) => {
        await rows.insertOne({ _id: 1_000_000 + round, n: 0, pad: PAD });
        await rows.updateOne({ _id: round % DOCUMENTS }, { $inc: { n: 1 } });
        await rows.deleteOne({ _id: DOCUMENTS - 1 - round });
      });
      expect(migrated.verdict.state).not.toBe('completed');
      const named = new Set(namedIn(result));
      const { evidence } = result;
      if (result.kind === 'equal') throw new Error('equal');
      const { missing, extra, different } = result.differences;
      expect(missing + extra + different).toBeGreaterThan(0);
      expect(named.size).toBe(Math.min(1_000, missing + extra + different));
      expect(evidence.source.documents).toBeGreaterThan(DOCUMENTS / 2);
      expect(evidence.target.documents).toBeGreaterThan(DOCUMENTS / 2);
      // Nobody writes any more: what was deleted there is still here, which a copy does not take away, and all else is equal.
      const again = await copyWhile('mixed', () => new Promise((resolve) => setImmediate(resolve)), migrated.folder);
      const differ = await idsThatDiffer('mixed');
      expect(namedIn(again.result).sort()).toEqual(differ.sort());
      const sourceRows = from.db('mixed').collection<Row>('rows');
      expect(await sourceRows.countDocuments({ _id: { $in: differ } })).toBe(0);
      expect(again.migrated.verdict.state).toBe(differ.length === 0 ? 'completed' : 'completed-with-findings');
    },
  );
});
