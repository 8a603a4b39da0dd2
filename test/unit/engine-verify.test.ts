import { serialize } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rawId } from '../../src/core/bson/raw-document.js';
import { MigrationError } from '../../src/core/model/error.js';
import type { CollectionTransform } from '../../src/core/model/plan.js';
import { ruPerSecond } from '../../src/core/model/units.js';
import { compileTransform } from '../../src/engine/copy/compile-transform.js';
import { transformDocument } from '../../src/engine/copy/transform-batch.js';
import { estimateVerificationCharge } from '../../src/engine/verify/charge.js';
import { DocumentSums, hexOfLanes } from '../../src/engine/verify/document-sums.js';
import { compareSegments, type Comparison } from '../../src/engine/verify/compare-segments.js';
import { locateDifferences } from '../../src/engine/verify/locate.js';
import { readPacer } from '../../src/engine/verify/pacer.js';
import type { VerifyOptions } from '../../src/engine/verify/options.js';
import type { Differences, VerificationResult } from '../../src/engine/verify/result.js';
import type { Side } from '../../src/engine/verify/side.js';
import { verifyCollection } from '../../src/engine/verify/verify-collection.js';
import { bent, memoryCluster } from '../support/fake-cluster.js';
import { virtualClock } from '../support/virtual-clock.js';
import { plannedCollection } from './engine-builders.js';

const ns = { db: 'shop', coll: 'orders' };
const NS = 'shop.orders';
const document = (id: unknown, content: unknown = 0): Buffer => Buffer.from(serialize({ _id: id, content }));
const hexId = (one: Buffer): string => rawId(one)?.toString('hex') ?? '';

async function verify(
  source: readonly Buffer[],
  target: readonly Buffer[],
  options: Partial<VerifyOptions> = {},
  transform?: CollectionTransform,
): Promise<VerificationResult> {
  const planned = { ...plannedCollection(ns, ns), ...(transform ? { transform } : {}) };
  const job = { planned, targetKind: 'cosmos-vcore', depth: 'full' } as const;
  const [from, to] = [memoryCluster({ [NS]: source }), memoryCluster({ [NS]: target })];
  return verifyCollection(job, from, to, { clock: virtualClock(), ...options });
}

function differencesOf(result: VerificationResult): Differences {
  if (result.kind === 'equal') throw new Error('equal');
  return result.differences;
}

/** What differs, worked out the slow way: per `_id`, equal documents are paired off first, then different ones, the rest is missing or extra. */
function modelOf(
  source: readonly Buffer[],
  target: readonly Buffer[],
): { missing: number; extra: number; different: number } {
  const sum = { missing: 0, extra: 0, different: 0 };
  for (const id of new Set([...source, ...target].map(hexId))) {
    const [from] = source.filter((one) => hexId(one) === id);
    const to = target.filter((one) => hexId(one) === id);
    const equal = from ? to.filter((one) => one.equals(from)).length : 0;
    sum.missing += from && to.length === 0 ? 1 : 0;
    sum.different += from && equal === 0 && to.length > 0 ? 1 : 0;
    sum.extra += from ? Math.max(0, to.length - 1) : to.length;
  }
  return sum;
}

const idValue = fc.oneof(fc.integer({ min: 0, max: 30 }), fc.string({ maxLength: 2 }), fc.constant(null), fc.boolean());
const documents = fc.array(fc.record({ id: idValue, content: fc.integer({ min: 0, max: 2 }) }), { maxLength: 40 });

describe('verification of documents', () => {
  it('finds exactly what a slow comparison finds, whatever the order, duplicates on the target included', async () => {
    await fc.assert(
      fc.asyncProperty(
        documents,
        documents,
        fc.boolean(),
        fc.integer({ min: 1, max: 50 }),
        async (one, other, alike, limit) => {
          const source = [...new Map(one.map((d) => [hexId(document(d.id)), document(d.id, d.content)])).values()];
          const mixed = other.map((d) => document(d.id, d.content));
          const target = alike ? [...source].reverse() : [...source.slice(3), ...mixed];
          const expected = modelOf(source, target);
          const result = await verify(source, target, { reportLimit: limit });
          if (expected.missing + expected.extra + expected.different === 0) {
            expect(result.kind).toBe('equal');
            expect(result.evidence.source.digest).toBe(result.evidence.target.digest);
            return;
          }
          expect(result.kind).toBe('different');
          const found = differencesOf(result);
          expect({ missing: found.missing, extra: found.extra, different: found.different }).toEqual(expected);
          expect(found.exact).toBe(true);
          const ids = new Set([...source, ...target].map(hexId));
          for (const named of found.documents) expect(ids).toContain(named.idHex);
          expect(found.documents.length).toBeLessThanOrEqual(limit);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('says of changed documents what it says of documents that were so from the start', async () => {
    const transform: CollectionTransform = {
      rename: [{ from: 'content', to: 'value' }],
      set: [{ field: 'tenant', when: 'always', copyOf: '_id' }],
    };
    const { transformer } = compileTransform({ source: ns, transform });
    if (!transformer) throw new Error('nothing to change');
    const told = (result: VerificationResult): unknown => {
      const { kind, evidence } = result;
      return {
        kind,
        evidence: { ...evidence, seconds: 0 },
        ...(kind === 'equal' ? {} : { differences: result.differences }),
      };
    };
    await fc.assert(
      fc.asyncProperty(documents, documents, fc.boolean(), async (one, other, alike) => {
        const source = [...new Map(one.map((d) => [hexId(document(d.id)), document(d.id, d.content)])).values()];
        const changed = source.map((d) => transformDocument(d, transformer));
        const mixed = other.map((d) => document(d.id, d.content));
        const target = alike ? [...changed].reverse() : [...changed.slice(3), ...mixed];
        expect(told(await verify(source, target, {}, transform))).toEqual(told(await verify(changed, target)));
      }),
      { numRuns: 200 },
    );
  });

  it('finds the same when differences need many passes over the collection', async () => {
    await fc.assert(
      fc.asyncProperty(documents, documents, async (one, other) => {
        const source = [...new Map(one.map((d) => [hexId(document(d.id)), document(d.id, d.content)])).values()];
        const target = other.map((d) => document(d.id, d.content));
        const side = (name: Side['name'], held: readonly Buffer[]): Side => ({
          name,
          ns,
          session: memoryCluster({ [NS]: held }),
          clock: virtualClock(),
          signal: undefined,
          pacer: undefined,
          readPreference: undefined,
          batchSize: 7,
          readConcern: undefined,
          transform: {},
          onRead: () => undefined,
        });
        const work: Comparison = {
          source: side('source', source),
          target: side('target', target),
          segments: [{ index: 0 }],
          buckets: 8,
          parallel: 1,
          excluded: undefined,
          signal: undefined,
        };
        const located = await locateDifferences(work, await compareSegments(work), {
          reportLimit: 1000,
          passDocuments: 3,
        });
        const { missing, extra, different } = located;
        expect({ missing, extra, different }).toEqual(modelOf(source, target));
      }),
      { numRuns: 200 },
    );
  });

  it('names a missing, an extra and a different document with their _id as it is', async () => {
    const both = [document(1), document('x'), document(2.5)];
    const result = await verify(
      [...both, document(7), document('changed', 1)],
      [...both, document('new'), document('changed', 2)],
    );
    const named = differencesOf(result).documents;
    expect(named).toEqual(
      expect.arrayContaining([
        { kind: 'missing', id: { $numberInt: '7' }, idHex: hexId(document(7)) },
        { kind: 'extra', id: 'new', idHex: hexId(document('new')) },
        { kind: 'different', id: 'changed', idHex: hexId(document('changed')) },
      ]),
    );
    expect(named).toHaveLength(3);
  });

  it('tells 1 from 1.0: a changed type is no equal document', async () => {
    const int = Buffer.from(serialize({ _id: 'a', n: 1 }));
    const double = Buffer.from(int);
    expect(double.length).toBe(int.length);
    const wide = Buffer.concat([int, Buffer.alloc(4)]);
    wide.writeInt32LE(wide.length, 0);
    const at = wide.indexOf(Buffer.from([0x10, 0x6e, 0x00]));
    wide[at] = 0x01;
    wide.writeDoubleLE(1, at + 3);
    expect(differencesOf(await verify([int], [wide])).different).toBe(1);
  });

  it('does not let two equal wrong documents cancel out', async () => {
    const twice = [document('dup', 1), document('dup', 1)];
    const result = await verify([document(1)], [document(1), ...twice]);
    expect(differencesOf(result)).toMatchObject({ extra: 2, missing: 0, different: 0 });
  });

  it('counts a second copy of an _id on the target as extra', async () => {
    const result = await verify([document(1), document(2)], [document(1), document(1), document(2)]);
    expect(differencesOf(result)).toMatchObject({ extra: 1, missing: 0, different: 0 });
    expect(differencesOf(result).documents).toEqual([
      { kind: 'extra', id: { $numberInt: '1' }, idHex: hexId(document(1)) },
    ]);
  });

  it('expects dead letters to be missing and says how many', async () => {
    const dead = [document('dead-1'), document('dead-2')];
    const deadLetters = (): Promise<Set<string>> => Promise.resolve(new Set(dead.map(hexId)));
    const result = await verify([document(1), ...dead], [document(1)], { deadLetters });
    expect(result.kind).toBe('equal');
    expect(result.evidence.deadLettered).toEqual({ known: 2, onSource: 2, onTarget: 0 });
    const lost = await verify([document(1), document(2), ...dead], [document(1)], { deadLetters });
    expect(differencesOf(lost)).toMatchObject({ missing: 1 });
  });

  it('reads an empty target once and still counts all that is missing', async () => {
    const source = Array.from({ length: 5_000 }, (_, i) => document(i));
    const result = await verify(source, [], { reportLimit: 10 });
    expect(differencesOf(result)).toMatchObject({ missing: 5_000, exact: true });
    expect(differencesOf(result).documents).toHaveLength(10);
  });

  it('cannot prove a source that is written to meanwhile, and says so', async () => {
    const source = memoryCluster({ [NS]: [document(1), document(2)] });
    const moving = bent(source, {
      async *findRaw(of, find, signal) {
        yield* source.findRaw(of, find, signal);
        source.collections.get(NS)?.push(document(3));
      },
    });
    const target = memoryCluster({ [NS]: [document(1), document(2)] });
    const job = { planned: plannedCollection(ns, ns), targetKind: 'cosmos-vcore', depth: 'full' } as const;
    const result = await verifyCollection(job, moving, target, { clock: virtualClock() });
    expect(result).toMatchObject({ kind: 'unverified', why: 'source-moved' });
  });

  it('calls agreeing counts unproven when only counts were asked for', async () => {
    const cluster = (n: number) => memoryCluster({ [NS]: Array.from({ length: n }, (_, i) => document(i)) });
    const job = { planned: plannedCollection(ns, ns), targetKind: 'cosmos-vcore', depth: 'counts' } as const;
    const options = { clock: virtualClock() };
    expect(await verifyCollection(job, cluster(3), cluster(3), options)).toMatchObject({
      kind: 'unverified',
      why: 'counts-only',
    });
    const fewer = await verifyCollection(job, cluster(3), cluster(1), options);
    expect(fewer).toMatchObject({ kind: 'different', differences: { missing: 2 } });
  });

  it('waits out a target that throttles its commands', async () => {
    const target = memoryCluster({ [NS]: [document(1)] });
    let refused = 0;
    const throttled = bent(target, {
      command: (db, command, options) => {
        if (refused++ % 2 === 0) {
          throw new MigrationError('command-failed', { serverCode: 16500, message: 'Error=16500, RetryAfterMs=8' });
        }
        return target.command(db, command, options);
      },
    });
    const job = { planned: plannedCollection(ns, ns), targetKind: 'cosmos-ru', depth: 'full' } as const;
    const clock = virtualClock();
    const result = await verifyCollection(job, memoryCluster({ [NS]: [document(1)] }), throttled, { clock });
    expect(result.kind).toBe('equal');
    expect(clock.slept).toBeGreaterThanOrEqual(24);
  });

  it('stops within one reply of being cancelled', async () => {
    const held = Array.from({ length: 30_000 }, (_, i) => document(i));
    const [from, to] = [memoryCluster({ [NS]: held }), memoryCluster({ [NS]: held })];
    const stop = new AbortController();
    const job = { planned: plannedCollection(ns, ns), targetKind: 'cosmos-vcore', depth: 'full' } as const;
    const running = verifyCollection(job, from, to, {
      clock: virtualClock(),
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
    expect(from.read + to.read).toBeLessThan(held.length);
  });

  it('sums the same whatever the order, and another sum for any other multiset', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { maxLength: 20 }),
        fc.nat(),
        (parts, seed) => {
          const held = parts.map((part, i) => document(i % 5, Buffer.from(part)));
          const shuffled = [...held].sort((a, b) => ((a.length * 7 + seed) % 5) - ((b.length * 3 + seed) % 5));
          const total = (all: readonly Buffer[]): string => {
            const sums = new DocumentSums(16);
            for (const one of all) sums.add(one);
            return hexOfLanes(sums.total());
          };
          expect(total(shuffled)).toBe(total(held));
          if (held.length > 0) expect(total(held.slice(1))).not.toBe(total(held));
        },
      ),
    );
  });
});

describe('pace and charge of verification', () => {
  it('keeps reads to the budget: the time is what is charged over what is allowed', async () => {
    const clock = virtualClock();
    const pacer = readPacer({ clock, ruPerSecond: 100 });
    const start = clock.now();
    // 100 documents of 1 KB are 100 RU.
    for (let i = 0; i < 20; i += 1) await pacer.admit(100 * 1024, 100);
    const seconds = (clock.now() - start) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(19);
    expect(seconds).toBeLessThanOrEqual(20.1);
  });

  it('tells the charge of reading everything once by the published table', () => {
    const collections = [plannedCollection(ns, ns, { documents: 1000, logicalBytes: (1000 * 1024) as never })];
    expect(estimateVerificationCharge(collections, ruPerSecond(400))).toEqual({ ru: 1000, seconds: 2.5 });
  });
});
