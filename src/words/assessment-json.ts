/** The JSON form of an assessment, as media/assessment.schema.json describes it. */
import type { Assessment, RuSizing, ShardKeyAdvice, TargetAssessment } from '../core/model/assessment.js';
import type { Estimate } from '../core/model/estimate.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { CollectionScan, FieldScan } from '../core/model/scan.js';
import { jsonPieces } from './json-pieces.js';

/** Candidates of a collection that does well without a shard key. */
const KEPT_CANDIDATES = 1;
/** Shares of frequent values: what a shard key puts on its fullest partition follows from the two heaviest (core/simulate/partition-shares). */
const KEPT_VALUES = 2;
/** Candidates for a shard key whose spread is kept. */
const KEPT_SPREADS = 3;
const ID = '_id';
/** With more collections a file with line ends for every figure would be too long to be read anyway. */
const READABLE_COLLECTIONS = 500;

/**
 * Without what only serves to compute other parts, so that thousands of collections stay a file: the buckets of hashed values (the spread that follows from them is in
 * the shard keys), and what figures of single collections rest on where the figures of all say the same.
 */
export function assessmentJson(assessment: Assessment): Assessment {
  return {
    ...assessment,
    scans: assessment.scans.map(shortScan),
    targets: assessment.targets.map(shortTarget),
  };
}

/**
 * What VS Code keeps of an assessment, to recommend by it what `advise` does after reading: the JSON form, with the buckets of the likely shard keys of collections that need one.
 * About 10 KB for each, of the 200 collections that have buckets at all.
 */
export function keptAssessment(assessment: Assessment): Assessment {
  const short = assessmentJson(assessment);
  const likely = likelyShardKeys(assessment);
  return {
    ...short,
    scans: short.scans.map((scan, i) => {
      const paths = likely.get(formatNamespace(scan.ns));
      if (!paths) return scan;
      return {
        ...scan,
        fields: scan.fields.map((field, n) => withBuckets(field, assessment.scans[i]?.fields[n], paths)),
      };
    }),
  };
}

function withBuckets(field: FieldScan, whole: FieldScan | undefined, paths: ReadonlySet<string>): FieldScan {
  return whole && paths.has(field.path) ? { ...field, bucketBytes: whole.bucketBytes } : field;
}

/** Paths by the name of their collection. A hash spreads `_id` evenly, which takes no buckets to know. */
function likelyShardKeys({ targets, inventory }: Assessment): ReadonlyMap<string, ReadonlySet<string>> {
  const own = new Map(inventory.collections.map(({ ns, shardKey = [] }) => [formatNamespace(ns), shardKey]));
  const needing = targets
    .filter(({ target }) => target.kind === 'cosmos-ru')
    .flatMap(({ shardKeys }) => shardKeys.filter(({ needed }) => needed !== 'none'));
  return new Map(
    needing.map(({ ns, candidates }) => {
      const name = formatNamespace(ns);
      const best = candidates.filter(({ possible, path }) => possible && path !== ID).slice(0, KEPT_SPREADS);
      return [name, new Set([...best.map(({ path }) => path), ...(own.get(name) ?? []).map(([path]) => path)])];
    }),
  );
}

/** As a file, in pieces, ending in a line end; each string value as `clean` has it. */
export function* assessmentFile(assessment: Assessment, clean: (text: string) => string): Generator<string> {
  yield* jsonPieces(
    assessmentJson(assessment),
    assessment.inventory.collections.length > READABLE_COLLECTIONS ? 0 : 2,
    clean,
  );
  yield '\n';
}

function shortScan(scan: CollectionScan): CollectionScan {
  return {
    ...scan,
    fields: scan.fields.map((field) => ({ ...field, bucketBytes: [], top: field.top.slice(0, KEPT_VALUES) })),
  };
}

function shortTarget(target: TargetAssessment): TargetAssessment {
  return {
    ...target,
    shardKeys: target.shardKeys.map(shortShardKey),
    ...(target.ru ? { ru: shortRu(target.ru) } : {}),
  };
}

function shortShardKey(advice: ShardKeyAdvice): ShardKeyAdvice {
  return advice.needed === 'none' ? { ...advice, candidates: advice.candidates.slice(0, KEPT_CANDIDATES) } : advice;
}

function shortRu(ru: RuSizing): RuSizing {
  const bare = (estimate: Estimate): Estimate => ({ ...estimate, assumptions: [] });
  return {
    ...ru,
    collections: ru.collections.map(({ ns, steady, ...figures }) => ({
      ns,
      insert: bare(figures.insert),
      insertWithIndexes: bare(figures.insertWithIndexes),
      pointRead: bare(figures.pointRead),
      query: bare(figures.query),
      replace: bare(figures.replace),
      remove: bare(figures.remove),
      migration: bare(figures.migration),
      storage: bare(figures.storage),
      partitions: bare(figures.partitions),
      ...(steady ? { steady: bare(steady) } : {}),
    })),
  };
}
