/** The commands by which the use of a source is read, as data: the adapter sends these, and an assessment shows them before. */
import type { ClusterFacts } from '../model/facts.js';
import type { PlannedRead } from '../model/reading.js';
import { commandName } from '../scan/command-name.js';
import type { PlainObject } from './plain-values.js';

export interface UsageReadOptions {
  /** Of the source. Without it, what only some sources have is listed all the same. */
  readonly source?: Pick<ClusterFacts, 'kind' | 'topology'>;
  /** Two readings of the counters, so far apart, tell the rates of now. 0 or absent: one, the rates are those since the server's start. */
  readonly watchSeconds?: number;
  /** Read the profiler's collections, where there are any. Default: no. */
  readonly profiler?: boolean;
  /** Newest entries of the oplog that are looked at; 0 for none. */
  readonly oplogEntries?: number;
  /** Newest operations of each profiler collection that are looked at. */
  readonly profiledOperations?: number;
  /** A command that takes longer is given up. */
  readonly maxTimeMs?: number;
}

/** Enough to see what is changed often, few enough to be read in one go. */
const OPLOG_ENTRIES = 2_000;
const PROFILED_OPERATIONS = 1_000;
/** Judged: what takes a server longer is not worth disturbing it. */
const MAX_TIME_MS = 5_000;

/** Sections of `serverStatus` that cost something and say nothing of the use. */
const QUIET = { locks: 0, tcmalloc: 0, opLatencies: 0, flowControl: 0, mirroredReads: 0, asserts: 0 };

/** All others that can be left out but for counters of operations and who waits. */
const MORE_QUIET = {
  ...{
    metrics: 0,
    wiredTiger: 0,
    repl: 0,
    network: 0,
    connections: 0,
    transactions: 0,
    security: 0,
    twoPhaseCommitCoordinator: 0,
  },
  ...{
    electionMetrics: 0,
    logicalSessionRecordCache: 0,
    shardingStatistics: 0,
    storageEngine: 0,
    extra_info: 0,
    indexStats: 0,
  },
  ...{
    queryAnalyzers: 0,
    queues: 0,
    oplogTruncation: 0,
    indexBulkBuilder: 0,
    catalogStats: 0,
    batchedDeletes: 0,
    mem: 0,
  },
};

export interface UsageRead extends PlannedRead {
  /** As it is sent. */
  readonly document: PlainObject;
}

type Draft = Omit<UsageRead, 'command' | 'name' | 'maxTimeMs'>;

/** Servers whose clients are counted where they write. */
const AT_PRIMARY = { readPreference: 'primaryPreferred', times: 'once' } as const;
const AT_SECONDARY = { readPreference: 'secondaryPreferred', times: 'once' } as const;

/** MongoDB itself: others refuse what no client of theirs needs. */
export function isGenuine(source: UsageReadOptions['source']): boolean {
  return source === undefined || source.kind === 'mongodb' || source.kind === 'atlas';
}

/** True where reading it makes sense; where not, what it would have told is a gap. */
export function hasOplog(source: UsageReadOptions['source']): boolean {
  return isGenuine(source) && (source === undefined || source.topology === 'replica-set');
}

/** Whether commands go through `mongos`; false while the source is not known. */
export function hasRouter(source: UsageReadOptions['source']): boolean {
  return source !== undefined && isGenuine(source) && source.topology === 'sharded';
}

export const commandsOf = {
  serverStatus: (): Draft => ({
    purpose: 'server-counters',
    document: { serverStatus: 1, ...QUIET },
    database: 'admin',
    needs: 'clusterMonitor',
    ...AT_PRIMARY,
  }),
  /** How busy the server is right now, asked again and again: as small as it can be had. */
  serverLoad: (): Draft => ({
    purpose: 'server-load',
    document: { serverStatus: 1, ...QUIET, ...MORE_QUIET },
    database: 'admin',
    needs: 'clusterMonitor',
    ...AT_PRIMARY,
    times: 'again-and-again',
  }),
  top: (): Draft => ({
    purpose: 'namespace-rates',
    document: { top: 1 },
    database: 'admin',
    needs: 'clusterMonitor',
    ...AT_PRIMARY,
  }),
  hostInfo: (): Draft => ({
    purpose: 'machine',
    document: { hostInfo: 1 },
    database: 'admin',
    needs: 'clusterMonitor',
    ...AT_PRIMARY,
  }),
  members: (): Draft => ({
    purpose: 'members',
    document: { replSetGetStatus: 1 },
    database: 'admin',
    needs: 'clusterMonitor',
    ...AT_SECONDARY,
  }),
  shards: (): Draft => ({
    purpose: 'shards',
    document: { listShards: 1 },
    database: 'admin',
    needs: 'clusterMonitor',
    ...AT_PRIMARY,
  }),
  clients: (): Draft => ({
    purpose: 'clients',
    document: {
      aggregate: 1,
      pipeline: [
        { $currentOp: { allUsers: true, idleConnections: true, idleCursors: true } },
        { $match: { $or: [{ clientMetadata: { $exists: true } }, { 'cursor.awaitData': true }] } },
        {
          $project: {
            _id: 0,
            type: 1,
            ns: 1,
            connectionId: 1,
            'clientMetadata.driver': 1,
            'clientMetadata.application': 1,
            'cursor.cursorId': 1,
            'cursor.awaitData': 1,
            'cursor.originatingCommand.aggregate': 1,
          },
        },
      ],
      cursor: { batchSize: 10_000 },
    },
    database: 'admin',
    needs: 'clusterMonitor',
    ...AT_PRIMARY,
  }),
  users: (): Draft => ({
    purpose: 'users',
    document: { usersInfo: { forAllDBs: true } },
    database: 'admin',
    needs: 'userAdminAnyDatabase',
    ...AT_SECONDARY,
  }),
  oplogEnd: (direction: 1 | -1): Draft => ({
    purpose: 'oplog-window',
    document: {
      find: 'oplog.rs',
      filter: {},
      sort: { $natural: direction },
      limit: 1,
      projection: { ts: 1 },
      singleBatch: true,
    },
    database: 'local',
    needs: 'clusterMonitor',
    ...AT_SECONDARY,
  }),
  oplogSize: (): Draft => ({
    purpose: 'oplog-window',
    document: { collStats: 'oplog.rs' },
    database: 'local',
    needs: 'clusterMonitor',
    ...AT_SECONDARY,
  }),
  oplogEntries: (entries: number): Draft => ({
    purpose: 'oplog-updates',
    document: {
      aggregate: 'oplog.rs',
      pipeline: [
        { $limit: entries },
        // Documents that were inserted do not travel.
        {
          $project: {
            _id: 0,
            op: 1,
            ns: 1,
            txnNumber: 1,
            fromMigrate: 1,
            o: { $cond: [{ $in: ['$op', ['u', 'c']] }, '$o', null] },
          },
        },
      ],
      hint: { $natural: -1 },
      cursor: { batchSize: 200 },
    },
    database: 'local',
    needs: 'clusterMonitor',
    ...AT_SECONDARY,
  }),
  databases: (): Draft => ({
    purpose: 'profiler',
    document: { listDatabases: 1, nameOnly: true },
    database: 'admin',
    ...AT_SECONDARY,
  }),
  profiled: (database: string, operations: number): Draft => ({
    purpose: 'profiler',
    document: {
      find: 'system.profile',
      filter: {},
      sort: { $natural: -1 },
      limit: operations,
      projection: { _id: 0, op: 1, ns: 1, appName: 1, command: 1 },
      batchSize: 200,
    },
    database,
    ...AT_PRIMARY,
    times: 'each-database',
    needs: 'clusterMonitor',
  }),
} as const;

/** A command with its limit, and as text. */
export function toRead(draft: Draft, options: UsageReadOptions = {}): UsageRead {
  const maxTimeMs = options.maxTimeMs ?? MAX_TIME_MS;
  const document = { ...draft.document, maxTimeMS: maxTimeMs };
  return { ...draft, document, maxTimeMs, command: commandText(document), name: commandName(draft.document) };
}

/** Entries of the oplog that are read at most. */
export function oplogEntriesOf(options: UsageReadOptions): number {
  return options.oplogEntries ?? OPLOG_ENTRIES;
}

/** Operations of the profiler that are read at most. */
export function profiledOperationsOf(options: UsageReadOptions): number {
  return options.profiledOperations ?? PROFILED_OPERATIONS;
}

/**
 * Every command by which `readUsage` reads, in the order of their sending; those whose cursor holds more than one answer are continued by `getMore`.
 * Where a source has no place for one (an oplog on a router), it is not sent.
 */
export function usageReads(options: UsageReadOptions = {}): readonly PlannedRead[] {
  const { source } = options;
  const router = hasRouter(source);
  const counters = [commandsOf.serverStatus(), ...(router ? [] : [commandsOf.top()])];
  const entries = oplogEntriesOf(options);
  const drafts: Draft[] = [
    ...counters,
    ...((options.watchSeconds ?? 0) > 0 ? counters : []),
    ...(router ? [commandsOf.shards()] : [commandsOf.hostInfo()]),
    ...(hasOplog(source) ? [commandsOf.members(), commandsOf.oplogEnd(1), commandsOf.oplogEnd(-1)] : []),
    ...(hasOplog(source) ? [commandsOf.oplogSize()] : []),
    ...(hasOplog(source) && entries > 0 ? [commandsOf.oplogEntries(entries)] : []),
    commandsOf.clients(),
    commandsOf.users(),
    ...(options.profiler && !router
      ? [commandsOf.databases(), commandsOf.profiled('<database>', profiledOperationsOf(options))]
      : []),
  ];
  return drafts.map((draft) => withoutDocument(toRead(draft, options)));
}

/** What is asked besides, again and again while anything is read: whether the server is idle. */
export function loadReads(source: UsageReadOptions['source']): readonly PlannedRead[] {
  return isGenuine(source) && !hasRouter(source) ? [withoutDocument(toRead(commandsOf.serverLoad()))] : [];
}

function withoutDocument(read: UsageRead): PlannedRead {
  const { purpose, command, name, database, times, readPreference, maxTimeMs, needs } = read;
  return {
    ...{ purpose, command, database, times, readPreference },
    ...(name === undefined ? {} : { name }),
    ...(maxTimeMs === undefined ? {} : { maxTimeMs }),
    ...(needs === undefined ? {} : { needs }),
  };
}

/** `{ find: "a", filter: {} }`, on one line, as a shell takes it. */
export function commandText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(commandText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => {
    const key = /^[$A-Za-z_][\w$]*$/.test(name) ? name : JSON.stringify(name);
    return `${key}: ${commandText(field)}`;
  });
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
