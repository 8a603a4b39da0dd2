import { WIZARD_PROTOCOL, WIZARD_STEPS, type WizardMessage } from '../../src/protocol/wizard.js';

const PARTS = ['endpoints', 'namespaces', 'size', 'findings', 'methods', 'tuning', 'review'];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Whether a message is a view that this page can draw; the host is trusted with what stands inside its parts. */
export function isWizardMessage(message: unknown): message is WizardMessage {
  if (!isRecord(message) || message['v'] !== WIZARD_PROTOCOL || message['type'] !== 'view') {
    return false;
  }
  const view = message['view'];
  return (
    isRecord(view) &&
    Number.isInteger(view['revision']) &&
    WIZARD_STEPS.some((step) => step === view['step']) &&
    Array.isArray(view['reachable']) &&
    PARTS.every((part) => isRecord(view[part]))
  );
}
