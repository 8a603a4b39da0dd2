import type { WizardView } from '../../../protocol/wizard.js';
import { findingCounts, groupFindings } from '../../../words/finding-groups.js';
import { saidOf } from './said-of.js';
import type { StepInput } from './wizard-model.js';

export function findingsView({ derived }: StepInput): WizardView['findings'] {
  const findings = derived.decisions?.findings;
  if (!findings) return { rows: [], summary: '' };
  const rows = groupFindings(findings).map(({ severity, sentence, remedy, source, namespaces }) => ({
    severity,
    ...saidOf(sentence, namespaces),
    remedy,
    ...(isAddress(source) ? { sourceUrl: source } : {}),
  }));
  return { rows, summary: findingCounts(findings) };
}

/** What was observed has no address. */
function isAddress(source: string): boolean {
  return /^https:\/\/[a-z0-9.-]+(\/|$)/i.test(source);
}
