import { asCarriedOut } from '../../../core/plan/carried-out.js';
import type { ClusterChoice, WizardView } from '../../../protocol/wizard.js';
import { clusterSummary, targetName } from '../../../words/clusters.js';
import { clusterKind } from '../../../words/cluster-kinds.js';
import type { ClusterProfile } from '../../clusters/cluster-profile.js';
import { isSourceRead, isTargetRead } from '../model/reach.js';
import type { StepInput } from './wizard-model.js';

export function endpointsView(input: StepInput): WizardView['endpoints'] {
  const { clusters, state } = input;
  const known = (role: ClusterProfile['role']): ClusterProfile[] => clusters.filter((c) => c.role === role);
  const ids = new Set(clusters.map((c) => c.id));
  return {
    sources: known('source').map(choice),
    targets: known('target').map(choice),
    ...(state.sourceId !== undefined && ids.has(state.sourceId) ? { sourceId: state.sourceId } : {}),
    ...(state.targetId !== undefined && ids.has(state.targetId) ? { targetId: state.targetId } : {}),
    notes: notes(input),
  };
}

function choice(profile: ClusterProfile): ClusterChoice {
  const { id, name, kind, version } = profile;
  const seen = kind === undefined ? '' : [clusterKind(kind), version ?? ''].join(' ').trim();
  return { id, name, detail: seen };
}

function notes({ state, derived, t }: StepInput): string[] {
  const lines: string[] = [];
  if (state.openedFrom !== undefined) lines.push(t('Filled in from {0}.', state.openedFrom));
  if (state.source && isSourceRead(state))
    lines.push(t('Source: {0}.', clusterSummary(state.source.inventory.cluster)));
  if (state.target && isTargetRead(state)) lines.push(t('Target: {0}.', clusterSummary(state.target.facts)));
  lines.push(
    t('The source is only read.'),
    (derived.plan ? asCarriedOut(derived.plan) : state).conflictPolicy === 'overwrite'
      ? t('Nothing on the target is emptied or deleted; documents with the same _id and other content are replaced.')
      : t('Nothing on the target is emptied or deleted: documents that are there already are compared and kept.'),
  );
  if (derived.target?.kind === 'cosmos-ru') {
    lines.push(t('{0} charges for each collection from the moment it is made.', targetName('cosmos-ru')));
  }
  return lines;
}
