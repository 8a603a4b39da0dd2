/** The fourth part of composition root 1: what is told of plans and sources, and what is found in Azure; bundled apart (`dist/assess.cjs`) and read with the first of them. */
import { systemClock } from './adapters/system-clock.js';
import { AssessmentPanels, type AssessmentPanelParts } from './host/assess/assessment-panels.js';
import { assessSource, openAssessment, type AssessParts } from './host/assess/assess-source.js';
import type { Assessing } from './host/assess/lazy-assessing.js';
import { PlanDiagnostics, type PlanDiagnosticsParts } from './host/plans/plan-diagnostics.js';

export { discoverTargets } from './host/azure/discover-targets.js';
export { showAccount } from './host/azure/show-account.js';
export { findingsFor } from './host/tree/findings-for.js';

export function createPlanDiagnostics(parts: Omit<PlanDiagnosticsParts, 'clock'>): PlanDiagnostics {
  return new PlanDiagnostics({ ...parts, clock: systemClock });
}

export function createAssessing(
  parts: AssessmentPanelParts & Pick<AssessParts, 'services' | 'view' | 'settings'>,
): Assessing {
  const panels = new AssessmentPanels(parts);
  const own: AssessParts = { ...parts, show: (id, assessment) => Promise.resolve(panels.show(id, assessment)) };
  return {
    assess: async (args) => void (await assessSource(args, own)),
    open: (args) => openAssessment(args, own),
    save: async () => void (await panels.save()),
    restore: (panel) => panels.restore(panel),
    dispose: () => panels.dispose(),
  };
}
