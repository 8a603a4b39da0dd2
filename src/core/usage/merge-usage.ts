import type { ClientUse, SourceUsage } from '../model/usage.js';

/** What log files have told: see `readMongodLogs`. */
export interface LogReading extends Pick<SourceUsage, 'features' | 'fields' | 'sorts' | 'clients' | 'gaps'> {
  readonly lines: number;
  /** Operations whose shape was read. */
  readonly operations: number;
  /** Lines of no known form, too long, or cut off. */
  readonly unreadable: number;
  readonly leftOut: number;
}

/**
 * The use of a source together with what its log files tell. A driver that is connected now and stands in a log as well is counted by its connections of
 * now; log files alone make a use without counters.
 * @param readAt ISO date, for a use that log files alone make.
 */
export function withLogs(usage: SourceUsage | undefined, logs: LogReading, readAt: string): SourceUsage {
  const base: SourceUsage = usage ?? {
    readAt,
    namespaces: [],
    features: [],
    fields: [],
    sorts: [],
    clients: [],
    looked: { profiled: 0, logged: 0, oplogEntries: 0 },
    gaps: [{ purpose: 'server-counters', reason: 'not-asked' }],
  };
  const known = new Set(base.clients.map(clientKey));
  const leftOut = (base.looked.leftOut ?? 0) + logs.leftOut;
  return {
    ...base,
    features: [...base.features, ...logs.features],
    fields: [...base.fields, ...logs.fields],
    sorts: [...base.sorts, ...logs.sorts],
    clients: [...base.clients, ...logs.clients.filter((client) => !known.has(clientKey(client)))],
    looked: {
      ...base.looked,
      logged: base.looked.logged + logs.operations,
      ...(leftOut === 0 ? {} : { leftOut }),
    },
    gaps: [...base.gaps, ...logs.gaps],
  };
}

function clientKey({ driver, version, application }: ClientUse): string {
  return `${driver}\0${version}\0${application ?? ''}`;
}
