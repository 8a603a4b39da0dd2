/** What `serverStatus` and `top` say, as facts. Pure: replies in, facts out; whatever is missing in a reply is missing in the facts. */
import { isSystemNamespace, type Namespace } from '../model/namespace.js';
import type { FeatureKind, MachineFacts, NamespaceRates, OperationRates, SourceUsage } from '../model/usage.js';
import { asNumber, isDocument, type PlainObject } from './plain-values.js';
import { UsageTally } from './usage-tally.js';

function at(document: unknown, ...path: readonly string[]): unknown {
  let value = document;
  for (const name of path) value = isDocument(value) ? value[name] : undefined;
  return value;
}

const numberAt = (document: unknown, ...path: readonly string[]): number | undefined => asNumber(at(document, ...path));

/** Counters of one kind. The server has them since 4.4 (stages), 5.0 (expressions, accumulators, filters). */
const COUNTERS: readonly (readonly [FeatureKind, readonly string[]])[] = [
  ['stage', ['aggStageCounters']],
  ['expression', ['operatorCounters', 'expressions']],
  ['accumulator', ['operatorCounters', 'groupAccumulators']],
  ['accumulator', ['operatorCounters', 'windowAccumulators']],
  ['query-operator', ['operatorCounters', 'match']],
];

/** What the server's own work counts as: rewritten filters, stages and commands between servers. */
const INTERNAL = /^\$?_|^cluster[A-Z]|^\$(const|alwaysTrue|alwaysFalse|mergeCursors|queue)$|^<|^replSet/;

/** Everything that `serverStatus` has counted since the server's start; without namespaces, which it does not tell. */
export function countedFeatures(status: unknown): UsageTally {
  const tally = new UsageTally('server-counters');
  for (const [kind, path] of COUNTERS) {
    const counters = at(status, 'metrics', ...path);
    if (!isDocument(counters)) continue;
    for (const [name, count] of Object.entries(counters)) {
      if (!INTERNAL.test(name)) tally.feature(kind, name, undefined, asNumber(count) ?? 0);
    }
  }
  const commands = at(status, 'metrics', 'commands');
  if (isDocument(commands)) {
    for (const [name, counts] of Object.entries(commands)) {
      if (!INTERNAL.test(name)) tally.feature('command', name, undefined, numberAt(counts, 'total') ?? 0);
    }
    for (const name of ['update', 'findAndModify']) {
      tally.feature('option', 'update.pipeline', undefined, numberAt(commands, name, 'pipeline') ?? 0);
      tally.feature('option', 'arrayFilters', undefined, numberAt(commands, name, 'arrayFilters') ?? 0);
    }
  }
  return tally;
}

/** `repl.secondary`, as the server says it of itself. */
export function countersOf(status: unknown): NonNullable<SourceUsage['countersOf']> {
  if (at(status, 'process') === 'mongos') return 'router';
  if (at(status, 'repl') === undefined) return 'standalone';
  return at(status, 'repl', 'secondary') === true ? 'secondary' : 'primary';
}

const KINDS = ['insert', 'query', 'update', 'delete', 'getmore', 'command'] as const;
type Operations = Record<(typeof KINDS)[number], number>;

/** Writes that a secondary applies are counted apart; there they are the set's writes, and its clients' are none. */
function operationsOf(status: unknown): Operations | undefined {
  if (!isDocument(at(status, 'opcounters'))) return undefined;
  const replicated = countersOf(status) === 'secondary';
  const counts = KINDS.map((kind): [string, number] => {
    const write = kind === 'insert' || kind === 'update' || kind === 'delete';
    return [kind, numberAt(status, replicated && write ? 'opcountersRepl' : 'opcounters', kind) ?? 0];
  });
  return Object.fromEntries(counts) as Operations;
}

/**
 * How busy a server is at the moment of a `serverStatus`: all operations since its start, those that it applies as a secondary among them, and those that hold
 * or wait for its lock, which the asking one does not. Undefined where the reply does not tell, as a router's.
 */
export function loadOf(
  status: unknown,
):
  { readonly server: string; readonly upMs: number; readonly operations: number; readonly active: number } | undefined {
  const up = uptimeSeconds(status);
  const lock = at(status, 'globalLock');
  if (up === undefined || !isDocument(lock) || !isDocument(at(status, 'opcounters'))) return undefined;
  const operations = ['opcounters', 'opcountersRepl'].flatMap((name) =>
    KINDS.map((kind) => numberAt(status, name, kind) ?? 0),
  );
  const active = ['activeClients', 'currentQueue'].flatMap((name) =>
    ['readers', 'writers'].map((kind) => numberAt(lock, name, kind) ?? 0),
  );
  return {
    server: `${String(at(status, 'host'))} ${numberAt(status, 'pid') ?? ''}`,
    upMs: up * 1000,
    operations: operations.reduce((sum, count) => sum + count, 0),
    active: active.reduce((sum, count) => sum + count, 0),
  };
}

/** Of a reply to `serverStatus`: to the millisecond where it says so; undefined where it says nothing. */
export function uptimeSeconds(status: unknown): number | undefined {
  const millis = numberAt(status, 'uptimeMillis');
  return millis !== undefined ? millis / 1000 : numberAt(status, 'uptime');
}

/** True where two readings are of one process, the second later. */
export function sameServer(first: unknown, second: unknown): boolean {
  const [before, after] = [uptimeSeconds(first), uptimeSeconds(second)];
  return (
    at(first, 'host') === at(second, 'host') &&
    numberAt(first, 'pid') === numberAt(second, 'pid') &&
    before !== undefined &&
    after !== undefined &&
    after > before
  );
}

/** Rates since the server's start, or between two readings of the same server. */
export function operationRates(status: unknown, earlier?: unknown): OperationRates | undefined {
  const now = operationsOf(status);
  const uptime = uptimeSeconds(status);
  if (!now || uptime === undefined || uptime <= 0) return undefined;
  const before = earlier !== undefined && sameServer(earlier, status) ? operationsOf(earlier) : undefined;
  const seconds = before ? uptime - (uptimeSeconds(earlier) ?? 0) : uptime;
  const rate = (kind: (typeof KINDS)[number]): number => Math.max(0, now[kind] - (before?.[kind] ?? 0)) / seconds;
  return {
    insert: rate('insert'),
    query: rate('query'),
    update: rate('update'),
    delete: rate('delete'),
    getmore: rate('getmore'),
    command: rate('command'),
    seconds,
    by: before ? 'watched' : 'since-start',
  };
}

/** What `serverStatus` says besides of how the server is used. */
export function statusFacts(
  status: unknown,
): Pick<SourceUsage, 'uptimeSeconds' | 'connections' | 'transactionsCommitted' | 'retriedWrites' | 'countersOf'> {
  const uptime = uptimeSeconds(status);
  const current = numberAt(status, 'connections', 'current');
  const active = numberAt(status, 'connections', 'active');
  const committed = numberAt(status, 'transactions', 'totalCommitted');
  const retried = numberAt(status, 'transactions', 'retriedCommandsCount');
  return {
    countersOf: countersOf(status),
    ...(uptime === undefined ? {} : { uptimeSeconds: uptime }),
    ...(current === undefined ? {} : { connections: { current, ...(active === undefined ? {} : { active }) } }),
    ...(committed === undefined ? {} : { transactionsCommitted: committed }),
    ...(retried === undefined ? {} : { retriedWrites: retried }),
  };
}

/** WiredTiger's cache; nothing for other engines and for routers. */
export function cacheFacts(status: unknown): MachineFacts {
  const cache = at(status, 'wiredTiger', 'cache');
  const uptime = uptimeSeconds(status) ?? 0;
  const max = numberAt(cache, 'maximum bytes configured');
  const used = numberAt(cache, 'bytes currently in the cache');
  const read = numberAt(cache, 'bytes read into cache');
  const written = numberAt(cache, 'bytes written from cache');
  return {
    ...(max === undefined ? {} : { cacheMaxBytes: max }),
    ...(used === undefined ? {} : { cacheUsedBytes: used }),
    ...(read === undefined || uptime <= 0 ? {} : { cacheReadBytesPerSecond: read / uptime }),
    ...(written === undefined || uptime <= 0 ? {} : { cacheWrittenBytesPerSecond: written / uptime }),
  };
}

/** Cores and memory of `hostInfo`; where a container limits the memory, the limit. */
export function hostFacts(reply: unknown): MachineFacts {
  const cores = numberAt(reply, 'system', 'numCores');
  const limit = numberAt(reply, 'system', 'memLimitMB') ?? numberAt(reply, 'system', 'memSizeMB');
  return {
    ...(cores === undefined || cores <= 0 ? {} : { logicalCores: cores }),
    ...(limit === undefined || limit <= 0 ? {} : { memoryBytes: limit * 1024 * 1024 }),
  };
}

interface NamespaceCounts {
  readonly reads: number;
  readonly writes: number;
  /** Of the writes: commands that insert, of one document or of thousands. */
  readonly inserts: number;
}

/** Operations by namespace: reads are queries and commands that took no lock for writing, a cursor's batches not counted; writes are inserts, updates, deletes. */
function countsOf(entry: unknown): NamespaceCounts {
  const count = (name: string): number => numberAt(entry, name, 'count') ?? 0;
  const writes = count('insert') + count('update') + count('remove');
  // Commands are reads (aggregate, count) or writes (findAndModify): their locks tell.
  const commandWrites = Math.min(count('commands'), Math.max(0, count('writeLock') - writes));
  const reads = count('queries') + count('commands') - commandWrites;
  return { reads, writes: writes + commandWrites, inserts: count('insert') };
}

export interface TopOptions {
  /** Documents inserted per second over the same time, by `opcounters`. */
  readonly inserted?: number;
  /** The first of two readings. */
  readonly earlier?: unknown;
}

/**
 * Rates by namespace of `top` over `seconds`, or between two readings. Namespaces of the server itself, and those that nobody used, are left out. `top` counts an insert of a
 * thousand documents once, `opcounters` a thousand times: each insert is taken for as many documents as they had on average.
 * https://www.mongodb.com/docs/manual/reference/command/top/
 */
export function namespaceRates(
  top: unknown,
  seconds: number,
  { inserted = 0, earlier }: TopOptions = {},
): Pick<SourceUsage, 'namespaces' | 'documentsPerInsert'> {
  const totals = at(top, 'totals');
  if (!isDocument(totals) || seconds <= 0) return { namespaces: [] };
  const counted = countedSince(totals, (at(earlier, 'totals') as PlainObject | undefined) ?? {});
  const commands = counted.reduce((sum, { inserts }) => sum + inserts, 0);
  const perInsert = commands > 0 ? Math.max(1, (inserted * seconds) / commands) : 1;
  const namespaces = counted.flatMap(({ ns, reads, writes, inserts }): NamespaceRates[] => {
    if (isSystemNamespace(ns) || ns.coll.startsWith('$cmd') || reads + writes === 0) return [];
    const written = writes + (perInsert - 1) * inserts;
    return [{ ns, readsPerSecond: reads / seconds, writesPerSecond: written / seconds }];
  });
  return { namespaces, ...(commands > 0 ? { documentsPerInsert: perInsert } : {}) };
}

/** What is counted of each namespace but the server's log of its own. */
function countedSince(totals: PlainObject, before: PlainObject): readonly (NamespaceCounts & { ns: Namespace })[] {
  return Object.entries(totals).flatMap(([name, entry]) => {
    const dot = name.indexOf('.');
    if (dot <= 0 || !isDocument(entry) || name.startsWith('local.')) return [];
    const [now, then] = [countsOf(entry), countsOf(before[name])];
    const since = (of: keyof NamespaceCounts): number => Math.max(0, now[of] - then[of]);
    const ns = { db: name.slice(0, dot), coll: name.slice(dot + 1) };
    return [{ ns, reads: since('reads'), writes: since('writes'), inserts: since('inserts') }];
  });
}

/** Members of `replSetGetStatus` that hold data. */
export function dataBearingMembers(reply: unknown): number | undefined {
  const members = at(reply, 'members');
  return Array.isArray(members) ? members.filter((member) => at(member, 'stateStr') !== 'ARBITER').length : undefined;
}
