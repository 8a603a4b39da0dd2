import type { TargetAssessment } from '../../../core/model/assessment.js';
import type { Finding } from '../../../core/model/finding.js';
import { isSelected } from '../../../core/model/namespace.js';
import type { FindingRow, FindingTarget, WizardView } from '../../../protocol/wizard.js';
import { targetName } from '../../../words/clusters.js';
import { findingCounts, groupFindings } from '../../../words/finding-groups.js';
import { findingFixes } from './finding-fixes.js';
import { saidOf } from './said-of.js';
import type { StepInput } from './wizard-model.js';

export function findingsView(input: StepInput): WizardView['findings'] {
  const { derived } = input;
  const findings = derived.decisions?.findings;
  const own = derived.target?.kind;
  if (!findings || !own) return { rows: [], summary: '', targets: [], assessed: assessedText(input) };
  const others = otherTargets(input, own);
  return {
    rows: [
      ...rowsOf(findings, own, (group) => findingFixes(group, input)),
      ...others.flatMap(({ target, findings: all }) => rowsOf(selectedOf(all, input), target.kind, () => [])),
    ],
    summary: findingCounts(findings),
    targets: [own, ...others.map(({ target }) => target.kind)].map((value) => ({ value, label: targetName(value) })),
    assessed: assessedText(input),
  };
}

/** The targets that the source was assessed for beside the chosen one. */
function otherTargets({ assessment }: StepInput, own: FindingTarget): readonly TargetAssessment[] {
  return assessment?.targets.filter(({ target }) => target.kind !== own) ?? [];
}

function selectedOf(findings: readonly Finding[], { derived }: StepInput): readonly Finding[] {
  const { selection } = derived;
  return findings.filter(({ ns }) => !ns || !selection || isSelected(selection, ns));
}

function rowsOf(
  findings: readonly Finding[],
  target: FindingTarget,
  fixes: (group: readonly Finding[]) => FindingRow['fixes'],
): readonly FindingRow[] {
  return groupFindings(findings).map(({ severity, sentence, remedy, source, namespaces, findings: group }) => ({
    severity,
    rule: group[0]?.rule ?? '',
    target,
    ...saidOf(sentence, namespaces),
    remedy,
    ...(isAddress(source) ? { sourceUrl: source } : {}),
    fixes: fixes(group),
  }));
}

/** The date alone: whoever wants more opens the report. */
function assessedText({ assessment, t }: StepInput): string {
  return assessment
    ? t('What the assessment of {0} has looked at is among them.', assessment.madeAt.slice(0, 10))
    : t('Only sizes and definitions were looked at. An assessment looks at documents and at how the source is used.');
}

/** What was observed has no address. */
function isAddress(source: string): boolean {
  return /^https:\/\/[a-z0-9.-]+(\/|$)/i.test(source);
}
