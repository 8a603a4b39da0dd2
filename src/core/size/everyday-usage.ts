import type { MachineFacts, SourceUsage } from '../model/usage.js';

/** Counters that began less than so long ago tell of a start, a restore or a test, not of everyday life: an hour. Judged. */
const LEAST_SECONDS = 3_600;

/** Seconds that a server's counters cover, where that is too short to size by; what somebody chose to watch counts however short. */
export function tooShortToSizeBy(usage: SourceUsage | undefined): number | undefined {
  if (usage?.rates?.by === 'watched') return undefined;
  const seconds = usage?.rates?.seconds ?? usage?.uptimeSeconds;
  return seconds !== undefined && seconds < LEAST_SECONDS ? seconds : undefined;
}

/**
 * The use of a source as far as everyday life can be sized by it: without operations where what counts them is too young, and without bytes per second where the server is,
 * as those are counted since its start also where operations were watched.
 */
export function everydayUsage(usage: SourceUsage | undefined): SourceUsage | undefined {
  if (!usage) return usage;
  const { machine, ...rest } = usage;
  const isYoung = tooShortToSizeBy(usage) !== undefined;
  const everyday: { -readonly [K in keyof SourceUsage]: SourceUsage[K] } = isYoung
    ? { ...rest, namespaces: [] }
    : { ...rest };
  if (isYoung) delete everyday.rates;
  if (machine) {
    const isJustStarted = isYoung || (usage.uptimeSeconds ?? LEAST_SECONDS) < LEAST_SECONDS;
    everyday.machine = isJustStarted ? withoutRates(machine) : machine;
  }
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
