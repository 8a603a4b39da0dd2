import type { PlannedCollection } from '../../model/plan.js';
import { isLeftOutByUser, leftOutByUser, splitWhys } from '../../plan/whys.js';
import { ruleFinding, type JsonPath, type PlanFinding, type PlanFix } from './plan-finding.js';

/** Indexes that are not made as they are on the source, each reason by itself; none where the user leaves the index out. */
export function indexFindings(collection: PlannedCollection, at: JsonPath): readonly PlanFinding[] {
  return collection.indexes.flatMap(({ index, fate }, i) => {
    if (fate.kind === 'create' || isLeftOutByUser(fate.why)) return [];
    const fix = leaveIndexOut(index.name, fate.why, [...at, 'indexes', i, 'fate']);
    return splitWhys(fate.why).flatMap((why) => {
      // What the plan itself does to fields no rule speaks of.
      const finding = ruleFinding(`index-${why}`, { index: index.name }, collection.source);
      return finding ? [{ finding, at: [...at, 'indexes', i, 'index', 'name'], fixes: [fix] }] : [];
    });
  });
}

function leaveIndexOut(index: string, why: string, at: JsonPath): PlanFix {
  return {
    id: 'leave-index-out',
    params: { index },
    edits: [{ at, value: { kind: 'skip', why: leftOutByUser(why) } }],
  };
}
