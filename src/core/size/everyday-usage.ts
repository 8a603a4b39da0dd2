import type { MachineFacts, SourceUsage } from '../model/usage.js';

/** Counters that began less than so long ago tell of a start, a restore or a test, not of everyday life: an hour. Judged. */
const LEAST_SECONDS = 3_600;

/** Seconds that a server's counters cover, where that is too short to size by; what somebody chose to watch counts however short. */
export function tooShortToSizeBy(usage: SourceUsage | undefined): number | undefined {
  if (usage?.rates?.by === 'watched') return undefined;
  const seconds = usage?.rates?.seconds ?? usage?.uptimeSeconds;
  return seconds !== undefined && seconds < LEAST_SECONDS ? seconds : undefined;
}

/** The use of a source as far as everyday life can be sized by it: without operations and bytes per second where the counters are too young. */
export function everydayUsage(usage: SourceUsage | undefined): SourceUsage | undefined {
  if (!usage || tooShortToSizeBy(usage) === undefined) return usage;
  const { machine, ...rest } = usage;
  const everyday: { -readonly [K in keyof SourceUsage]: SourceUsage[K] } = { ...rest, namespaces: [] };
  delete everyday.rates;
  if (machine) everyday.machine = withoutRates(machine);
  return everyday;
}

function withoutRates(machine: MachineFacts): MachineFacts {
  const { logicalCores, memoryBytes, cacheMaxBytes, cacheUsedBytes } = machine;
  return {
    ...(logicalCores === undefined ? {} : { logicalCores }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(cacheMaxBytes === undefined ? {} : { cacheMaxBytes }),
    ...(cacheUsedBytes === undefined ? {} : { cacheUsedBytes }),
  };
}
