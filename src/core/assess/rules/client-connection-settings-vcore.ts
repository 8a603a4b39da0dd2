import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_VCORE } from '../targets.js';

/** As the connection string of the portal has it. */
const IDLE_MS = 120_000;

export const clientConnectionSettingsVcore: Rule = {
  id: 'client-connection-settings-vcore',
  severity: 'info',
  remedy: 'change-connection-string',
  source: SOURCES.vcoreConnect,
  targets: ON_VCORE,
  looksAt: 'usage',
  check: (context) => (context.usage ? [{ params: { idleMs: IDLE_MS, clients: context.usage.clients.length } }] : []),
};
