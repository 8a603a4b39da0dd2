import { assess } from '../../core/assess/assess.js';
import type { Assessment, TargetAssessment } from '../../core/model/assessment.js';
import type { ClusterInventory } from '../../core/model/facts.js';
import type { TargetDescription } from '../../core/plan/target.js';
import { indexFindings, type FindingIndex, type RowFindings } from './finding-index.js';

/**
 * What the target will not take as it is, of everything that was analysed. With an assessment of the source also what it has read of documents and of use; and its
 * findings for each of its targets, side by side.
 */
export function findingsFor(
  clusterId: string,
  inventory: ClusterInventory,
  target: TargetDescription,
  assessment?: Pick<Assessment, 'inventory' | 'scans' | 'usage' | 'targets'>,
): FindingIndex {
  if (!assessment) return indexFindings(clusterId, assess({ inventory, target }).findings);
  // What was analysed since counts with what was assessed; what was not, as it was told in the report.
  const isSame = assessment.inventory.readAt >= inventory.readAt;
  const told = isSame ? assessment.targets.find((one) => one.target.kind === target.kind)?.findings : undefined;
  const { scans, usage } = assessment;
  const found = told ?? assess({ inventory, target, scans, ...(usage ? { usage } : {}) }).findings;
  const index = indexFindings(clusterId, found);
  return assessment.targets.length < 2 ? index : sideBySide(index, clusterId, assessment.targets);
}

function sideBySide(index: FindingIndex, clusterId: string, targets: readonly TargetAssessment[]): FindingIndex {
  const all = targets.map(({ target, findings }) => ({ kind: target.kind, index: indexFindings(clusterId, findings) }));
  const ids = new Set([...index.keys(), ...all.flatMap((one) => [...one.index.keys()])]);
  return new Map(
    [...ids].map((id) => {
      const byTarget = all.map(({ kind, index: of }) => ({ target: kind, own: of.get(id)?.own ?? [] }));
      return [id, { ...(index.get(id) ?? NOTHING), byTarget }] as const;
    }),
  );
}

const NOTHING: RowFindings = { blockers: 0, warnings: 0, infos: 0, own: [], places: 0 };
