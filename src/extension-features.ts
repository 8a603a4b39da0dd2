/** The third part of composition root 1: what is needed only once somebody works with the extension, bundled apart (`dist/features.cjs`), so that activation reads half as much. */
export { RemoteStart } from './host/azure/remote-start.js';
export { commandTable } from './host/commands/table.js';
export { tooltipOf } from './host/tree/cluster-tooltips.js';
export { createWizard } from './host/wizard/wizard-panel.js';
