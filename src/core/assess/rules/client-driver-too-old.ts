import { neededDriver } from '../features/drivers.js';
import type { Rule } from '../rule.js';
import { SOURCES } from '../sources.js';
import { ON_COSMOS } from '../targets.js';

export const clientDriverTooOld: Rule = {
  id: 'client-driver-too-old',
  severity: 'warning',
  remedy: 'upgrade-driver',
  source: SOURCES.driverCompatibility,
  targets: ON_COSMOS,
  looksAt: 'usage',
  check: (context) =>
    (context.usage?.clients ?? []).flatMap((client) => {
      const needed = neededDriver(context.target, client);
      if (needed === undefined) return [];
      const { driver, version, application, connections } = client;
      return [
        { params: { driver, version, needed, connections, ...(application === undefined ? {} : { application }) } },
      ];
    }),
};
