/** What a person wants of the service that they move to, in the words of the command line: writes in several regions, load that comes and goes within minutes, a promised latency of single reads and writes. */
export const TARGET_WISHES = ['global-writes', 'elastic', 'low-latency'] as const;
export type TargetWish = (typeof TARGET_WISHES)[number];
