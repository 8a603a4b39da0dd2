import { serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { makeAssessment } from '../../src/core/assess/make-assessment.js';
import type { Assessment } from '../../src/core/model/assessment.js';
import { formatNamespace, parseNamespace } from '../../src/core/model/namespace.js';
import type { CollectionScan } from '../../src/core/model/scan.js';
import { bytes, GIB, ruPerSecond } from '../../src/core/model/units.js';
import { assumedTarget } from '../../src/core/plan/target.js';
import { CollectionScanner } from '../../src/core/scan/collection-scanner.js';
import { simulationInput } from '../../src/core/simulate/from-facts.js';
import { simulateCopy } from '../../src/core/simulate/simulate-copy.js';
import { assessmentJson, keptAssessment } from '../../src/words/assessment-json.js';
import { demoInput } from './assessment-facts.js';
import { aCluster, aCollection, anInventory } from './core-builders.js';

describe('an assessment that VS Code keeps', () => {
  const scanOf = (name: string): CollectionScan => {
    const ns = parseNamespace(name);
    const scanner = new CollectionScanner({ indexes: [] });
    for (let i = 0; i < 4_000; i += 1) scanner.add(Buffer.from(serialize({ _id: i, shop: i % 8, day: i % 50, no: i })));
    return scanner.scan({ ns, mode: 'sample', of: 100_000_000, drawn: 'random', gaps: [] });
  };
  const large = { documents: 100_000_000, logicalBytes: bytes(100 * GIB) };
  const collections = [aCollection('shop.orders', large), aCollection('shop.small', { documents: 5_000 })];
  const scans = [scanOf('shop.orders'), scanOf('shop.small')];
  const made = makeAssessment(demoInput({ inventory: anInventory(collections), scans }));
  const kept = JSON.parse(JSON.stringify(keptAssessment(made))) as Assessment;

  it('says of likely shard keys how long a copy takes as what was read does, however few their values', () => {
    const candidates = made.targets[0]?.shardKeys[0]?.candidates.filter(({ possible }) => possible) ?? [];
    const likely = candidates.map(({ path }) => path).filter((path) => path !== '_id');
    expect(likely.slice(0, 3)).toContain('shop');
    for (const path of likely.slice(0, 3)) {
      const [whole, part, file] = [made, kept, assessmentJson(made)].map((from) => {
        const input = simulationInput({
          source: aCluster(),
          target: assumedTarget('cosmos-ru'),
          throughput: { kind: 'manual', ruPerSecond: ruPerSecond(50_000) },
          collections: collections.slice(0, 1),
          shardKeys: { 'shop.orders': path },
          scans: from.scans,
        });
        return input && simulateCopy(input).durationMs;
      });
      expect(part, path).toEqual(whole);
      if (path === 'shop') expect(file?.expected).not.toBe(whole?.expected);
    }
  });

  it('keeps no buckets of what needs no shard key, and none in the file for others', () => {
    const withBuckets = ({ scans: of }: Assessment, name: string): readonly string[] =>
      of
        .filter(({ ns }) => formatNamespace(ns) === name)
        .flatMap(({ fields }) => fields.filter(({ bucketBytes }) => bucketBytes.length > 0).map(({ path }) => path));
    expect(withBuckets(made, 'shop.small').length).toBeGreaterThan(0);
    expect(withBuckets(kept, 'shop.small')).toEqual([]);
    expect(withBuckets(kept, 'shop.orders')).not.toContain('_id');
    expect(withBuckets(assessmentJson(made), 'shop.orders')).toEqual([]);
  });
});
