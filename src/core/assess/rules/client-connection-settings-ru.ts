import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_RU } from '../targets.js';

/** The load balancer in front drops connections that were idle for 4 minutes. */
const IDLE_MS = 120_000;

export const clientConnectionSettingsRu: Rule = {
  id: 'client-connection-settings-ru',
  severity: 'info',
  remedy: 'change-connection-string',
  source: SOURCES.ruErrors,
  targets: ON_RU,
  looksAt: 'usage',
  check: (context) => (context.usage ? [{ params: { idleMs: IDLE_MS, clients: context.usage.clients.length } }] : []),
};
