import type { ShardKeyAdvice, TargetAssessment } from '../../model/assessment.js';
import { findByNamespace } from '../../model/by-namespace.js';
import type { Plan, PlannedCollection, PlannedIndex } from '../../model/plan.js';
import { planIndexes } from '../../plan/index-fates.js';
import { ACCOUNT_CAPABILITIES, type TargetDescription } from '../../plan/target.js';
import { isLeftOutByUser } from '../../plan/whys.js';
import { MAX_UNSHARDED_RU_BYTES } from '../../size/limits.js';
import { lostFields } from '../../transform/transform-problems.js';
import {
  planFinding,
  ruleFinding,
  type JsonPath,
  type PlanEdit,
  type PlanFinding,
  type PlanFix,
} from './plan-finding.js';

/** What a missing or an unfit shard key comes to on an RU target; candidates are those of the assessment. */
export function shardKeyFindings(
  plan: Pick<Plan, 'targetKind'>,
  collection: PlannedCollection,
  at: JsonPath,
  assessed: TargetAssessment | undefined,
): readonly PlanFinding[] {
  if (plan.targetKind !== 'cosmos-ru' || collection.options.view) return [];
  const { source: ns, logicalBytes } = collection;
  const path = collection.shardKey?.[0]?.[0];
  const advice = assessed && findByNamespace(assessed.shardKeys, ns);
  const fixes = assessed && advice ? candidateFixes(collection, at, assessed, advice, path) : [];
  if (path === undefined) {
    if (logicalBytes > MAX_UNSHARDED_RU_BYTES) {
      const finding = ruleFinding(
        'unsharded-over-20gb',
        { bytes: logicalBytes, limitBytes: MAX_UNSHARDED_RU_BYTES },
        ns,
      );
      return finding ? [{ finding, at: [...at, 'source', 'coll'], fixes }] : [];
    }
    if (advice === undefined || advice.needed === 'none') return [];
    return [{ finding: planFinding('plan-shard-key-advised', {}, ns), at: [...at, 'source', 'coll'], fixes }];
  }
  const chosen = advice?.candidates.find((candidate) => candidate.path === path);
  return chosen === undefined || chosen.possible
    ? []
    : [{ finding: planFinding('plan-shard-key-unfit', { path }, ns), at: [...at, 'shardKey'], fixes }];
}

function candidateFixes(
  collection: PlannedCollection,
  at: JsonPath,
  assessed: TargetAssessment,
  advice: ShardKeyAdvice,
  before: string | undefined,
): readonly PlanFix[] {
  const { transform = {} } = collection;
  // The advice knows the fields of the source; those that change their names on the way are left to the user.
  const lost = lostFields(transform);
  return advice.candidates
    .filter(({ path, possible }) => possible && path !== before && !lost.has(path.split('.', 1)[0] ?? path))
    .map(({ path, score }) => ({
      id: 'choose-shard-key',
      params: { path, score: Math.round(score) },
      edits: shardKeyEdits(collection, at, describeAssessed(assessed), before, path),
    }));
}

/** As the assessment took it. */
function describeAssessed({ target }: TargetAssessment): TargetDescription {
  const { kind, version, capabilities } = target;
  return {
    kind,
    versionArray: (version.match(/\d+/g) ?? []).map(Number),
    sharded: false,
    capabilities: new Set(ACCOUNT_CAPABILITIES.filter((name) => capabilities.includes(name))),
  };
}

/** The key, and what hangs on it: unique indexes have to hold it, and the target makes its own index of it. */
function shardKeyEdits(
  collection: PlannedCollection,
  at: JsonPath,
  target: TargetDescription,
  before: string | undefined,
  after: string,
): readonly PlanEdit[] {
  const { transform, indexes, droppedOptions } = collection;
  const fates = (shardKey: string | undefined): readonly PlannedIndex[] =>
    planIndexes(
      indexes.map(({ index }) => index),
      { target, ...(shardKey === undefined ? {} : { shardKey }), ...(transform ? { transform } : {}) },
    );
  const [was, becomes] = [fates(before), fates(after)];
  const said = droppedOptions.filter(({ option }) => option !== 'shardKey');
  return [
    { at: [...at, 'shardKey'], value: [[after, 'hashed']] },
    ...(said.length < droppedOptions.length ? [{ at: [...at, 'droppedOptions'], value: said }] : []),
    ...indexes.flatMap(({ index, fate }, i) => {
      const [old, next] = [was, becomes].map((all) => all.find((one) => one.index.name === index.name)?.fate);
      const isUsers = fate.kind === 'skip' && isLeftOutByUser(fate.why);
      const isSame = JSON.stringify(old) === JSON.stringify(next);
      return isUsers || isSame || !next ? [] : [{ at: [...at, 'indexes', i, 'fate'], value: next }];
    }),
  ];
}
