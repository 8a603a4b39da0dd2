import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { RawCopyTarget } from '../../src/adapters/mongo/raw-copy-target.js';
import { rawDocument as fields } from '../../src/adapters/mongo/raw-statement.js';
import { hasEmptyTimestamp } from '../../src/core/bson/empty-timestamps.js';
import { BSON_TYPE, rawDocument, rawId } from '../../src/core/bson/raw-document.js';
import type { Namespace } from '../../src/core/model/namespace.js';
import { DocumentBatch } from '../../src/engine/copy/batch.js';
import { madeDocument } from '../support/bson-arbitrary.js';
import { connectTo, migrate } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';
import { EMPTY_TIMESTAMPS, ODD, oddDocument, ODD_IDS, withOddId } from '../support/odd-bytes.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

const DB = 'odd-bytes';
const { signal } = new AbortController();
const SEED = process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) };

let source: RunningMongod;
let target: RunningMongod;
let runs: TempFolder;
let from: ConnectedCluster;
let to: ConnectedCluster;

beforeAll(async () => {
  [source, target, runs] = await Promise.all([startMongod(), startMongod(), makeTempFolder('odd-bytes')]);
  [from, to] = await Promise.all([connectTo(source.uri), connectTo(target.uri)]);
});
afterAll(async () => {
  await Promise.all([from.close(), to.close()]);
  await Promise.all([source.stop(), target.stop(), runs.remove()]);
});

async function storedIn(cluster: ConnectedCluster, ns: Namespace): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { documents } of cluster.session.findRaw(ns, {}))
    for (const document of documents) found.set(rawId(document)?.toString('hex') ?? '', document.toString('hex'));
  return found;
}

/** One by one. Returns the `_id`s of those that are not taken. */
async function send(copyTarget: RawCopyTarget, ns: Namespace, documents: readonly Buffer[]): Promise<Set<string>> {
  const writer = await copyTarget.openWriter(signal);
  const refused = new Set<string>();
  for (const document of documents) {
    const reply = await writer.insert(ns, DocumentBatch.of([document]), { charge: false, signal });
    if (reply.kind === 'refused' || reply.refusals.length > 0) refused.add(rawId(document)?.toString('hex') ?? '');
  }
  await writer.close();
  return refused;
}

const plain = Object.entries(ODD).map(([what, parts]) => oddDocument(what, parts));
const emptied = Object.entries(EMPTY_TIMESTAMPS).map(([what, parts]) => oddDocument(what, parts));
const byId = ODD_IDS.map(withOddId);

describe('a direct copy of what decoding would change', () => {
  it('brings every oddity that the source holds with its bytes, and says completed', async () => {
    for (const [coll, documents] of Object.entries({ plain, byId })) {
      const refused = await send(new RawCopyTarget(from), { db: DB, coll }, documents);
      // What the source itself does not take is nobody's to bring.
      expect(refused.size).toBeLessThan(documents.length / 4);
      const there = await storedIn(from, { db: DB, coll });
      expect(there.size).toBe(documents.length - refused.size);
    }
    for (const document of emptied) await from.session.replaceRaw({ db: DB, coll: 'emptied' }, document);
    const job = {
      sourceUri: source.uri,
      targetUri: target.uri,
      selection: { include: [`${DB}.*`] },
      runsRoot: runs.path,
      plan: { method: 'direct-copy' },
    } as const;
    expect((await migrate(job)).verdict).toEqual({ state: 'completed', reasons: [] });
    for (const coll of ['plain', 'byId', 'emptied']) {
      const there = await storedIn(from, { db: DB, coll });
      expect(await storedIn(to, { db: DB, coll })).toEqual(there);
      // As they were written in the first place: the source has not changed them either.
      const written = new Set([...plain, ...byId, ...emptied].map((document) => document.toString('hex')));
      for (const bytes of there.values()) expect(written.has(bytes)).toBe(true);
    }
    // Another run meets each of them, and knows it for its own, whatever its _id.
    const again = await migrate(job);
    expect(again.verdict).toEqual({ state: 'completed', reasons: [] });
    for (const { copy } of Object.values(again.status.collections))
      expect(copy).toMatchObject({ acknowledged: 0, conflicts: 0, deadLettered: 0 });
  });
});

describe.each([
  { how: 'as bytes', slow: false },
  { how: 'through the public interface of the driver', slow: true },
])('a document that is sent $how', ({ slow }) => {
  it('arrives with its bytes or is refused, never changed', async () => {
    const ns = { db: `sent-${String(slow)}`, coll: 'docs' };
    const documents = [...plain, ...byId];
    const refused = await send(new RawCopyTarget(to, { slow }), ns, documents);
    const stored = await storedIn(to, ns);
    for (const document of documents) {
      const id = rawId(document)?.toString('hex') ?? '';
      expect(stored.get(id)).toBe(refused.has(id) ? undefined : document.toString('hex'));
    }
    expect(stored.size).toBe(documents.length - refused.size);
    if (slow) expect(refused.size).toBeGreaterThan(5);
  });

  it('does so whatever it is made of', async () => {
    const ns = { db: `made-${String(slow)}`, coll: 'docs' };
    const writer = await new RawCopyTarget(to, { slow }).openWriter(signal);
    let next = 0;
    await fc.assert(
      fc.asyncProperty(madeDocument, async ({ elements }) => {
        next += 1;
        const id = fields([{ name: '_id', type: BSON_TYPE.int, value: Buffer.of(next & 255, next >> 8, 0, 0) }]);
        const parts = elements.map(({ type, name, value }) =>
          Buffer.concat([Buffer.of(type), name, Buffer.of(0), value]),
        );
        const document = rawDocument([id.subarray(4, -1), ...parts]);
        // Those are put right by a second step.
        fc.pre(!hasEmptyTimestamp(document));
        const reply = await writer.insert(ns, DocumentBatch.of([document]), { charge: false, signal });
        const found: Buffer[] = [];
        for await (const { documents } of to.session.findRaw(ns, { filter: { _id: next } })) found.push(...documents);
        const isRefused = reply.kind === 'refused' || reply.refusals.length > 0;
        expect(found.map((one) => one.toString('hex'))).toEqual(isRefused ? [] : [document.toString('hex')]);
      }),
      { numRuns: 200, ...SEED },
    );
    await writer.close();
  });
});
