import { Binary, Double, Int32, Long, ObjectId, serialize, Timestamp, type Document } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawCopySource } from '../../src/adapters/mongo/raw-copy-source.js';
import { RawCopyTarget } from '../../src/adapters/mongo/raw-copy-target.js';
import type { ConnectedCluster } from '../../src/adapters/mongo/connect.js';
import { findElement, rawDocument, rawId } from '../../src/core/bson/raw-document.js';
import { DocumentBatch } from '../../src/engine/copy/batch.js';
import type { CopySource, CopyTarget, IdRange, ReadOrder } from '../../src/engine/copy/ports.js';
import { compareIds } from '../support/bson-order.js';
import { MemorySource, MemoryTarget } from '../support/memory-copy.js';
import { connectTo } from '../support/migrate.js';
import { startMongod, type RunningMongod } from '../support/mongod.js';

const { signal } = new AbortController();
const ns = { db: 'copy', coll: 'docs' };
const idOf = (document: Buffer): Buffer => rawId(document) ?? Buffer.alloc(0);

/** The same name twice and integer-like names out of order: what no object keeps. */
const odd = rawDocument(
  [{ _id: 'odd' }, { b: new Int32(1) }, { 2: 'x' }, { 1: 'y' }, { b: new Double(1) }].map((part) =>
    serialize(part).subarray(4, -1),
  ),
);
const documents: Buffer[] = [
  odd,
  ...Array.from({ length: 40 }, (_, i) => ({ _id: new Int32(i - 20), text: 'i'.repeat(i * 7) })),
  ...Array.from({ length: 40 }, (_, i) => ({ _id: `text ${i}`, value: new Double(i) })),
  ...Array.from({ length: 20 }, (_, i) => ({ _id: new ObjectId(i + 1), value: Long.fromNumber(i) })),
  ...Array.from({ length: 20 }, (_, i) => ({ _id: new Date(i * 1000) })),
  ...Array.from({ length: 5 }, (_, i) => ({ _id: new Binary(Buffer.of(i, 1, 2)) })),
  { _id: null },
  { _id: true },
  {
    _id: new Map([
      ['b', 1],
      ['1', 2],
    ]),
  },
].map((value) => (Buffer.isBuffer(value) ? value : Buffer.from(serialize(value))));
const sorted = [...documents].sort((a, b) => compareIds(idOf(a), idOf(b)));

interface Rig {
  source(documents: readonly Buffer[]): Promise<CopySource>;
  target(stored: readonly Buffer[]): Promise<{ target: CopyTarget; stored: () => Promise<Buffer[]> }>;
}

async function readAll(
  source: CopySource,
  order: ReadOrder,
  range: IdRange = {},
  replyBytes = 2_000,
  filter?: Document,
): Promise<{ found: Buffer[]; replies: number }> {
  const options = { replyBytes, averageBytes: 100, signal, readConcern: 'local' };
  const reader = source.read(ns, order, range, filter === undefined ? options : { ...options, filter });
  const found: Buffer[] = [];
  let replies = 0;
  for (let batch = await reader.next(); batch; batch = await reader.next()) {
    replies += 1;
    expect(batch.count).toBeGreaterThan(0);
    for (let i = 0; i < batch.count; i += 1) found.push(Buffer.from(batch.at(i)));
  }
  await reader.close();
  return { found, replies };
}

const hex = (found: readonly Buffer[]): string[] => found.map((d) => d.toString('hex'));

function copyContract(name: string, rig: Rig): void {
  describe(`a copy's source (${name})`, () => {
    let source: CopySource;
    beforeAll(async () => {
      source = await rig.source(documents);
    });

    it('gives every document of every type of _id once, in order, with its bytes, over several replies', async () => {
      const { found, replies } = await readAll(source, 'by-id');
      expect(hex(found)).toEqual(hex(sorted));
      expect(replies).toBeGreaterThan(2);
      const natural = await readAll(source, 'natural');
      expect(hex(natural.found).sort()).toEqual(hex(sorted).sort());
    });

    it('takes a lower bound in and leaves an upper one out, whatever types lie between', async () => {
      for (const [from, to] of [
        [0, 5],
        [30, 90],
        [60, 120],
        [100, sorted.length - 1],
      ] as const) {
        const [lower, upper] = [idOf(sorted[from] ?? odd), idOf(sorted[to] ?? odd)];
        expect(source.canBound(lower) && source.canBound(upper)).toBe(true);
        expect(hex((await readAll(source, 'by-id', { lower, upper })).found)).toEqual(hex(sorted.slice(from, to)));
        expect(hex((await readAll(source, 'by-id', { upper })).found)).toEqual(hex(sorted.slice(0, to)));
        expect(hex((await readAll(source, 'by-id', { lower })).found)).toEqual(hex(sorted.slice(from)));
      }
    });

    it('gives what a filter lets through, within bounds and in any order, and walks over nothing else', async () => {
      const filter = { value: { $exists: true } };
      const fit = sorted.filter((d) => findElement(d, 'value') !== undefined);
      const [lower, upper] = [idOf(sorted[30] ?? odd), idOf(sorted[110] ?? odd)];
      const within = fit.filter((d) => compareIds(idOf(d), lower) >= 0 && compareIds(idOf(d), upper) < 0);
      expect(within.length).toBeGreaterThan(10);
      expect(hex((await readAll(source, 'by-id', { lower, upper }, 2_000, filter)).found)).toEqual(hex(within));
      expect(hex((await readAll(source, 'natural', {}, 2_000, filter)).found).sort()).toEqual(hex(fit).sort());
      expect(await source.idAfter(ns, { lower, upper }, 5, signal, filter)).toEqual(idOf(within[5] ?? odd));
      expect(await source.idAfter(ns, { lower, upper }, within.length, signal, filter)).toBeUndefined();
    });

    it('says which _id cannot be told to a server exactly', () => {
      expect(source.canBound(Buffer.from([0x06]))).toBe(false);
      expect(source.canBound(Buffer.from([0x02, 2, 0, 0, 0, 0xff, 0]))).toBe(false);
    });

    it('walks the index, and takes samples in order', async () => {
      expect(await source.idAfter(ns, {}, 10, signal)).toEqual(idOf(sorted[10] ?? odd));
      const lower = idOf(sorted[50] ?? odd);
      expect(await source.idAfter(ns, { lower }, 3, signal)).toEqual(idOf(sorted[53] ?? odd));
      expect(await source.idAfter(ns, { lower }, 1_000, signal)).toBeUndefined();
      const sample = (await source.sampleIds(ns, 20, signal)) ?? [];
      expect(sample.length).toBeGreaterThan(0);
      expect([...sample].sort(compareIds)).toEqual(sample);
    });

    it('stops when told', async () => {
      const stop = new AbortController();
      const reader = source.read(ns, 'by-id', {}, { replyBytes: 500, averageBytes: 100, signal: stop.signal });
      await reader.next();
      stop.abort(new Error('enough'));
      await expect(
        (async () => {
          while (await reader.next());
        })(),
      ).rejects.toThrow();
      await reader.close();
    });
  });

  describe(`a copy's target (${name})`, () => {
    it('takes bytes as they are, whole batches, slices and picked ones', async () => {
      const { target, stored } = await rig.target([]);
      const writer = await target.openWriter(signal);
      const batch = DocumentBatch.of(documents);
      const parts = [batch.slice(0, 50), batch.pick([50, 60, 70]), batch.slice(100, batch.count)];
      for (const part of parts) {
        const reply = await writer.insert(ns, part, { charge: false, signal });
        expect(reply).toMatchObject({ kind: 'answered', inserted: part.count, refusals: [] });
      }
      await writer.close();
      const wanted = parts.flatMap((part) => Array.from({ length: part.count }, (_, i) => part.at(i)));
      expect(hex(await stored()).sort()).toEqual(hex(wanted).sort());
    });

    it('tells what it did not take by its place, and takes the rest', async () => {
      const { target, stored } = await rig.target([odd]);
      const writer = await target.openWriter(signal);
      const reply = await writer.insert(ns, DocumentBatch.of(documents.slice(0, 5)), { charge: false, signal });
      expect(reply).toMatchObject({ kind: 'answered', inserted: 4, refusals: [{ index: 0, code: 11000 }] });
      await writer.close();
      expect(await stored()).toHaveLength(5);
    });

    it('finds stored documents by _ids of any type', async () => {
      const { target } = await rig.target(documents);
      const found = await target.findByIds(ns, documents.map(idOf), signal);
      expect(hex(found).sort()).toEqual(hex(documents).sort());
      expect(await target.findByIds(ns, [Buffer.from([0x10, 99, 99, 99, 0])], signal)).toEqual([]);
    });

    it('puts a document in the place of another, its empty timestamp included', async () => {
      const { target, stored } = await rig.target([Buffer.from(serialize({ _id: 'odd', old: true }))]);
      const ours = Buffer.from(serialize({ _id: 'odd', at: new Timestamp({ t: 0, i: 0 }), $a: 1 }));
      expect(await target.replace(ns, ours, [])).toBeUndefined();
      expect(hex(await stored())).toEqual(hex([ours]));
    });
  });
}

copyContract('in memory', {
  source: (given) => Promise.resolve(new MemorySource(given)),
  target: (given) => {
    const target = new MemoryTarget();
    for (const document of given) target.stored.set(idOf(document).toString('latin1'), document);
    return Promise.resolve({ target, stored: () => Promise.resolve([...target.stored.values()]) });
  },
});

let mongod: RunningMongod;
let cluster: ConnectedCluster;
let compressed: ConnectedCluster;
let client: MongoClient;
beforeAll(async () => {
  mongod = await startMongod();
  cluster = await connectTo(mongod.uri);
  compressed = await connectTo(`${mongod.uri}&compressors=zlib`);
  client = await MongoClient.connect(mongod.uri);
});
afterAll(async () => {
  await client.close();
  await cluster.close();
  await compressed.close();
  await mongod.stop();
});

function real(slow: boolean, of: () => ConnectedCluster = () => cluster): Rig {
  const fill = async (given: readonly Buffer[]): Promise<void> => {
    await client.db(ns.db).dropDatabase();
    if (given.length > 0) await of().session.insertRaw(ns, given, { ordered: true });
  };
  return {
    source: async (given) => {
      await fill(given);
      return new RawCopySource(of().session);
    },
    target: async (given) => {
      await fill(given);
      const stored = async (): Promise<Buffer[]> => {
        const found: Buffer[] = [];
        for await (const batch of of().session.findRaw(ns, {})) found.push(...batch.documents);
        return found;
      };
      return { target: new RawCopyTarget(of(), { slow }), stored };
    },
  };
}

copyContract('mongod', real(false));
// Compression is the driver's: neither connections nor memory of the copy's own.
copyContract(
  "mongod, over the driver's own connections",
  real(false, () => compressed),
);

describe('a target that has nothing but the public interface of the driver', () => {
  it('takes what it can carry unchanged, and says of the rest that it was not sent', async () => {
    const { target, stored } = await real(true).target([]);
    const writer = await target.openWriter(signal);
    const reply = await writer.insert(ns, DocumentBatch.of(documents), { charge: false, signal });
    expect(reply).toMatchObject({
      kind: 'answered',
      inserted: documents.length - 1,
      refusals: [{ index: 0, code: 2 }],
    });
    await writer.close();
    expect(hex(await stored()).sort()).toEqual(hex(documents.slice(1)).sort());
  });
});

describe('a source whose server cuts a collection by its index', () => {
  it('is cut at _ids that are there, with their exact bytes, in order, whatever their types', async () => {
    // splitVector makes parts of 1 MB and more.
    const pad = 'x'.repeat(8_000);
    const ids = Array.from({ length: 900 }, (_, i) => [i, new Double(i + 0.5), `k${String(i)}`][i % 3]);
    const large = ids.map((_id) => Buffer.from(serialize({ _id, pad })));
    const source = await real(false).source(large);
    const cuts = (await source.splitIds(ns, 1_100_000, signal)) ?? [];
    expect(cuts.length).toBeGreaterThan(3);
    const there = new Set(large.map((document) => idOf(document).toString('hex')));
    expect(cuts.filter((cut) => !there.has(cut.toString('hex')))).toEqual([]);
    expect([...cuts].sort(compareIds)).toEqual(cuts);
    // Too small a part for the server: another way is taken.
    expect(await source.splitIds(ns, 1_000, signal)).toBeUndefined();
  });
});
