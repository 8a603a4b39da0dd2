import type { FeatureUse } from '../model/usage.js';
import { unionPipeline } from '../scan/statistics-pipeline.js';
import { readPipeline } from './pipeline-shape.js';
import { placeIn } from './place.js';
import { UsageTally } from './usage-tally.js';

const NAMES = { coll: 'c', sampleSize: 1, timeseries: false };

/** Every form of the aggregation by which an assessment asks for statistics, the richest first: what it uses, and how often. Servers that know no `$unionWith` count no stages. */
const OWN: readonly (readonly FeatureUse[])[] = [
  unionPipeline({ ...NAMES, indexUsage: true, sample: true }),
  unionPipeline({ ...NAMES, indexUsage: true, sample: false }),
  unionPipeline({ ...NAMES, indexUsage: false, sample: true }),
].map((pipeline) => {
  const tally = new UsageTally('server-counters');
  readPipeline(pipeline, placeIn(tally, undefined));
  return tally.features;
});

const keyOf = ({ kind, name }: FeatureUse): string => `${kind} ${name}`;

/**
 * What a server has counted, without what this and earlier assessments have sent themselves: their aggregation is taken away as often as all of its stages can have been sent
 * together. An application that sends some of these stages keeps what is left of them.
 */
export function withoutOwnReads(counted: readonly FeatureUse[]): readonly FeatureUse[] {
  const left = new Map(counted.map((use) => [keyOf(use), use.count]));
  for (const uses of OWN) {
    const stages = uses.filter(({ kind }) => kind === 'stage');
    const sent = Math.min(...stages.map((use) => Math.floor((left.get(keyOf(use)) ?? 0) / use.count)));
    for (const use of uses) {
      const key = keyOf(use);
      left.set(key, Math.max(0, (left.get(key) ?? 0) - sent * use.count));
    }
  }
  return counted.flatMap((use) => {
    const count = left.get(keyOf(use)) ?? 0;
    return count > 0 ? [{ ...use, count }] : [];
  });
}
