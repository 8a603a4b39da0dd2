import { Binary, Double, Int32, Long, ObjectId } from 'bson';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, GIB, MIB } from '../../src/core/model/units.js';
import { plannedReads, READ_PURPOSES, type PlannedReadsInput } from '../../src/core/scan/planned-reads.js';
import { commandName } from '../../src/core/scan/command-name.js';
import { usageReads } from '../../src/core/usage/usage-reads.js';
import { batchSizeFor, planSample } from '../../src/core/scan/scan-plan.js';
import { lineThrough, places } from '../../src/engine/scan/id-line.js';
import { readPurposeSentence } from '../../src/words/planned-reads.js';
import { aCluster } from './core-builders.js';

const size = fc
  .record({ documents: fc.integer({ min: 0, max: 1e10 }), average: fc.integer({ min: 5, max: 16 * MIB }) })
  .map(({ documents, average }) => ({
    documents,
    averageBytes: bytes(average),
    logicalBytes: bytes(documents * average),
  }));

describe('the size of a sample', () => {
  it('reads no more than is wished, and never more of a collection than a bounded number of bytes', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 100, max: 50_000 }), (one, wished) => {
        const plan = planSample(one, wished);
        expect(plan.documents).toBeLessThanOrEqual(Math.max(wished, 100));
        // Of the largest documents a hundred.
        expect(plan.documents * one.averageBytes).toBeLessThanOrEqual(Math.max(256 * MIB, 100 * one.averageBytes));
        if (plan.kind === 'all') expect(plan.documents).toBe(one.documents);
        // Where the server cannot draw, it reads and sorts the collection: only a small one.
        const sorts = plan.kind === 'random' && (plan.documents >= 0.05 * one.documents || one.documents <= 100);
        if (sorts && plan.documents > 1) expect(one.logicalBytes).toBeLessThanOrEqual(256 * MIB);
        expect(plan.documents > 0 || one.documents === 0).toBe(true);
      }),
    );
  });

  it('of 100 GB in documents of 2 KB is drawn, ten thousand of them', () => {
    const one = { documents: 5e7, averageBytes: bytes(2048), logicalBytes: bytes(100 * GIB) };
    expect(planSample(one)).toEqual({ kind: 'random', documents: 10_000 });
  });

  it('makes answers of a few megabytes', () => {
    expect([batchSizeFor(0), batchSizeFor(1024), batchSizeFor(16 * MIB)]).toEqual([5_000, 4_096, 1]);
  });
});

describe('a line of _id', () => {
  const ids = fc.oneof(
    fc.tuple(fc.uint8Array({ minLength: 12, maxLength: 12 }), fc.uint8Array({ minLength: 12, maxLength: 12 })).map((pair) => pair.map((one) => new ObjectId(one))), // prettier-ignore
    fc.tuple(fc.integer(), fc.integer()).map(([a, b]) => [new Int32(a), new Double(b)]),
    fc.tuple(fc.bigInt({ min: -(2n ** 61n), max: 2n ** 61n }), fc.bigInt({ min: -(2n ** 61n), max: 2n ** 61n })).map((pair) => pair.map((one) => Long.fromBigInt(one))), // prettier-ignore
    fc.tuple(fc.date({ noInvalidDate: true }), fc.date({ noInvalidDate: true })).map(([a, b]) => [a, b]),
    fc.tuple(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array({ minLength: 16, maxLength: 16 })).map((pair) => pair.map((one) => new Binary(one, 4))), // prettier-ignore
  );

  it('has its places between its ends, in order, from the first on, and names each', () => {
    fc.assert(
      fc.property(ids, fc.integer({ min: 1, max: 30 }), (pair, count) => {
        const line = lineThrough(pair[0], pair[1]);
        if (!line) throw new Error('no line');
        const [first, last] = [...pair].sort((a, b) => Number((line.position(a) ?? 0n) - (line.position(b) ?? 0n)));
        const found = places(line, first, last, count);
        expect(found).toHaveLength(count);
        expect(found[0]).toBe(line.position(first));
        found.forEach((place, i) => {
          expect(place).toBeGreaterThanOrEqual(found[i - 1] ?? place);
          expect(place).toBeLessThanOrEqual(line.position(last) ?? place);
          expect(line.position(line.at(place))).toBe(place);
        });
      }),
    );
  });

  it('is not there between ends of different kinds, and for text', () => {
    expect(lineThrough(new Int32(1), new ObjectId())).toBeUndefined();
    expect(lineThrough('a', 'b')).toBeUndefined();
    expect(lineThrough(undefined, undefined)).toBeUndefined();
  });
});

/** Operators of expressions that stand in lists. */
const IN_A_STAGE: ReadonlySet<string> = new Set(['$or', '$in']);

describe('the list of planned reads', () => {
  const input: PlannedReadsInput = { cluster: aCluster(), authenticated: true, usage: [] };
  const everything: readonly PlannedReadsInput[] = [
    { ...input, scan: { mode: 'sample' } },
    { ...input, scan: { mode: 'full' }, cluster: aCluster({ topology: 'sharded', maxWireVersion: 8 }) },
    { ...input, cluster: aCluster({ kind: 'cosmos-ru' }), ruThroughput: true },
    { ...input, cluster: aCluster({ maxWireVersion: 7 }) },
  ];

  it('has words for every purpose, and every purpose occurs', () => {
    const used = new Set(everything.flatMap((one) => plannedReads(one).map(({ purpose }) => purpose)));
    expect([...used].sort()).toEqual([...READ_PURPOSES].sort());
    for (const purpose of READ_PURPOSES) expect(readPurposeSentence(purpose)).toMatch(/^[A-Z].*\.$/);
    expect(new Set(READ_PURPOSES.map(readPurposeSentence)).size).toBe(READ_PURPOSES.length);
  });

  it('is one line of text each, with the limit that is in it, and what others plan stands among it', () => {
    const own = {
      purpose: 'x',
      command: 'db.runCommand({"top":1})',
      name: 'top',
      database: 'admin',
      times: 'once',
      readPreference: 'primary',
    } as const;
    for (const one of everything) {
      const reads = plannedReads({ ...one, usage: [own] });
      expect(reads).toContain(own);
      for (const { command, maxTimeMs } of reads) {
        expect(command).toMatch(/^db\.runCommand\(\{.*\}\)$/);
        const document = JSON.parse(command.slice(14, -1)) as { maxTimeMS?: number };
        expect(document.maxTimeMS).toBe(maxTimeMs);
      }
    }
  });

  it('names each command with the stages of its pipeline, those of inner pipelines among them', () => {
    const reads = [...plannedReads(input), ...usageReads()];
    for (const { name, command } of reads) {
      expect(command).toContain(name?.split(' ')[0]);
      // Where a stage begins, its name is all that the object has.
      const stages = [...command.matchAll(/(?:\[|\}, ?)\{ ?"?(\$[a-zA-Z]+)"?:/g)].map(([, stage]) => stage ?? '');
      for (const stage of stages.filter((one) => !IN_A_STAGE.has(one))) expect(name).toContain(stage);
    }
    const statistics = reads.find(({ purpose }) => purpose === 'collection-statistics');
    expect(statistics?.name).toBe(
      'aggregate ($collStats, $project, $unionWith, $indexStats, $addFields, $sample, $group)',
    );
    expect(reads.find(({ purpose }) => purpose === 'clients')?.name).toBe('aggregate ($currentOp, $match, $project)');
    expect(commandName({ find: 'a', filter: { $where: '1' } })).toBe('find');
  });

  it('says of a scan nothing where none is wished, and of reading all that it may take an hour', () => {
    const purposes = plannedReads(input).map(({ purpose }) => purpose);
    expect(purposes).not.toContain('data-sample');
    const full = plannedReads({ ...input, scan: { mode: 'full' } }).filter(({ purpose }) => purpose === 'data-scan');
    expect(full.map(({ maxTimeMs }) => maxTimeMs)).toEqual([3_600_000, 3_600_000]);
  });
});
