import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/engine/run-context.js';
import { migrate, type Migrated, type Migration } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

interface Row {
  _id: number;
  text: string;
}

let source: RunningMongod;
let target: RunningMongod;
let runs: TempFolder;
let from: MongoClient;
let to: MongoClient;

beforeAll(async () => {
  [source, target, runs] = await Promise.all([startMongod(), startMongod(), makeTempFolder('run-again')]);
  from = await MongoClient.connect(source.uri);
  to = await MongoClient.connect(target.uri);
});
afterAll(async () => {
  await from?.close();
  await to?.close();
  await Promise.all([source?.stop(), target?.stop(), runs?.remove()]);
});

const METHODS = ['direct-copy', 'dump-restore'] as const;

/** A run that has proven `proven` and found one document of `found` to differ, and what going on with it touches. */
async function runWithFinding(db: string, method: (typeof METHODS)[number]) {
  const rows = (client: MongoClient, coll: string) => client.db(db).collection<Row>(coll);
  for (const coll of ['proven', 'found'])
    await rows(from, coll).insertMany(Array.from({ length: 300 }, (_, i) => ({ _id: i, text: `row ${String(i)}` })));
  await rows(to, 'found').insertOne({ _id: 7, text: 'of somebody else' });
  const job: Migration = {
    sourceUri: source.uri,
    targetUri: target.uri,
    selection: { include: [`${db}.*`] },
    runsRoot: runs.path,
    plan: { method, conflictPolicy: 'skip' },
  };
  const first = await migrate(job);
  expect(first.verdict).toMatchObject({ state: 'completed-with-findings', reasons: [{ id: 'verification-differs' }] });
  const again = async (more: Partial<Migration> = {}): Promise<Migrated & { compared: string[]; sent: string[] }> => {
    const compared = new Set<string>();
    const sent = new Set<string>();
    const onEvent = (event: RunEvent): void => {
      if (event.kind === 'verification-progress') compared.add(event.ns.slice(db.length + 1));
      if (event.kind === 'copy-progress') for (const { ns } of event.counts) sent.add(ns.coll);
    };
    const migrated = await migrate({ ...job, ...more, resume: first.folder, onEvent });
    return { ...migrated, compared: [...compared].sort(), sent: [...sent].sort() };
  };
  const proof = ({ status }: Migrated) => status.collections[`${db}.proven`]?.verification;
  return { first, again, proof, rows };
}

describe.each(METHODS)('a run by %s that is gone on with after it has ended with findings', (method) => {
  const db = (name: string): string => `${name}-${method}`;

  it('does again what differs and leaves alone what was proven, with the time of its proof', async () => {
    const { first, again, proof, rows } = await runWithFinding(db('kept'), method);
    const still = await again();
    expect(still.verdict).toEqual(first.verdict);
    expect(still.compared).toEqual(['found']);
    expect(still.sent).toEqual(['found']);
    expect(proof(still)).toEqual(proof(first));
    expect(Date.parse(proof(still)?.evidence.at ?? '')).toBeLessThanOrEqual(Date.now());
    await rows(to, 'found').deleteOne({ _id: 7 });
    const put = await again();
    expect(put.verdict).toEqual({ state: 'completed', reasons: [] });
    expect(put.compared).toEqual(['found']);
    expect(proof(put)).toEqual(proof(first));
  });

  it('compares everything where that is asked for', async () => {
    const { first, again, proof } = await runWithFinding(db('all'), method);
    const all = await again({ verifyAll: true });
    expect(all.compared).toEqual(['found', 'proven']);
    expect(proof(all)).toMatchObject({ kind: 'equal' });
    expect(proof(all)?.evidence.at).not.toBe(proof(first)?.evidence.at);
  });

  it('takes no proof for good once the source was written to or the target has lost a document', async () => {
    const { again, proof, rows } = await runWithFinding(db('moved'), method);
    await rows(from, 'proven').updateOne({ _id: 3 }, { $set: { text: 'changed since' } });
    const changed = await again();
    expect(changed.compared).toEqual(['found', 'proven']);
    expect(proof(changed)).toMatchObject({ kind: 'different', differences: { different: 1 } });
    await rows(from, 'proven').updateOne({ _id: 3 }, { $set: { text: 'row 3' } });
    expect(proof(await again())).toMatchObject({ kind: 'equal' });
    await rows(to, 'proven').deleteOne({ _id: 5 });
    const lost = await again();
    expect(lost.compared).toEqual(['found', 'proven']);
    await again();
    expect(await rows(to, 'proven').countDocuments()).toBe(300);
  });
});
