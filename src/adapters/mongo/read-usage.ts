/** What a source is used for, as far as its user may see it: a dozen small commands, none of which reads documents of a user's collection. */
import type { Document } from 'bson';
import type { MachineFacts, SourceUsage } from '../../core/model/usage.js';
import { ClientTally } from '../../core/usage/client-uses.js';
import {
  cacheFacts,
  countedFeatures,
  dataBearingMembers,
  hostFacts,
  namespaceRates,
  operationRates,
  sameServer,
  statusFacts,
  uptimeSeconds,
} from '../../core/usage/server-counters.js';
import {
  commandsOf,
  hasOplog,
  hasRouter,
  oplogEntriesOf,
  toRead,
  type UsageReadOptions,
} from '../../core/usage/usage-reads.js';
import { withoutOwnReads } from '../../core/usage/own-reads.js';
import type { UsageTally } from '../../core/usage/usage-tally.js';
import type { Clock } from '../../engine/ports.js';
import type { ConnectedCluster } from './connect.js';
import { Attempts } from './usage/attempts.js';
import { readOplogUpdates, readOplogWindow } from './usage/oplog.js';
import { readProfiler } from './usage/profiler.js';

export interface UsageOptions extends Omit<UsageReadOptions, 'source'> {
  readonly signal?: AbortSignal;
  /** For `watchSeconds`. Default: the cluster's. */
  readonly clock?: Clock;
  /** Called each second of `watchSeconds`, with how many have gone. */
  readonly onWatch?: (seconds: number) => void;
}

/**
 * Reads the use of a source by the commands of `usageReads`. What the user may not read, what the server does not know and what takes too long is told in
 * `gaps`; no such reading ends the others.
 * @throws MigrationError `cancelled`.
 */
export async function readUsage(cluster: ConnectedCluster, options: UsageOptions = {}): Promise<SourceUsage> {
  const reads: UsageReadOptions = { ...options, source: cluster.facts };
  const clock = options.clock ?? cluster.clock;
  const attempts = new Attempts(cluster, options.signal);
  const router = hasRouter(cluster.facts);

  const readAt = new Date(clock.now()).toISOString();
  const counters = await readCounters(attempts, reads, { ...options, clock });
  const machine = await readMachine(attempts, reads, counters.status);
  const members = await readMembers(attempts, cluster, reads);
  const shards = router ? await attempts.command(toRead(commandsOf.shards(), reads)) : undefined;
  const oplog = hasOplog(cluster.facts) ? await readOplogWindow(attempts, reads) : undefined;
  const updates =
    hasOplog(cluster.facts) && oplogEntriesOf(reads) > 0 ? await readOplogUpdates(attempts, reads) : undefined;
  if (!hasOplog(cluster.facts)) attempts.gap({ purpose: 'oplog-window', reason: 'not-supported' });
  const clients = await readClients(attempts, reads);
  const users = await attempts.command(toRead(commandsOf.users(), reads));
  const profiled = options.profiler && !router ? await readProfiler(attempts, reads) : undefined;
  if (!profiled) attempts.gap({ purpose: 'profiler', reason: options.profiler ? 'not-supported' : 'not-asked' });

  const counted = counters.status ? countedFeatures(counters.status) : undefined;
  const seen: readonly UsageTally[] = [...(updates ? [updates.tally] : []), ...(profiled ? [profiled.tally] : [])];
  const tallies = [...(counted ? [counted] : []), ...seen];
  const leftOut = tallies.reduce((sum, tally) => sum + tally.leftOut, 0);
  return {
    readAt,
    ...counters.facts,
    ...(clients.openChangeStreams === undefined ? {} : { openChangeStreams: clients.openChangeStreams }),
    ...(oplog ? { oplog } : {}),
    ...(Object.keys(machine).length === 0 ? {} : { machine }),
    ...(members === undefined ? {} : { dataBearingMembers: members }),
    ...(shards ? { shards: (shards.shards as unknown[]).length } : {}),
    ...(users ? { users: (users.users as unknown[]).length } : {}),
    features: [...withoutOwnReads(counted?.features ?? []), ...seen.flatMap((tally) => tally.features)],
    fields: tallies.flatMap((tally) => tally.fields),
    sorts: tallies.flatMap((tally) => tally.sorts),
    clients: clients.uses,
    looked: {
      profiled: profiled?.operations ?? 0,
      logged: 0,
      oplogEntries: updates?.entries ?? 0,
      ...(leftOut === 0 ? {} : { leftOut }),
    },
    gaps: attempts.gaps,
  };
}

type CounterFacts = Partial<ReturnType<typeof statusFacts>> &
  Pick<SourceUsage, 'namespaces' | 'documentsPerInsert' | 'rates'>;

/** Counters, and those by namespace: once, or twice with `watchSeconds` between. */
async function readCounters(
  attempts: Attempts,
  reads: UsageReadOptions,
  watching: Watching,
): Promise<{ readonly status: Document | undefined; readonly facts: CounterFacts }> {
  const hasTop = !hasRouter(reads.source);
  if (!hasTop) attempts.gap({ purpose: 'namespace-rates', reason: 'not-supported' });
  const status = (): Promise<Document | undefined> => attempts.command(toRead(commandsOf.serverStatus(), reads));
  const top = async (): Promise<Document | undefined> =>
    hasTop ? attempts.command(toRead(commandsOf.top(), reads)) : undefined;

  const first = { status: await status(), top: await top() };
  const watch = reads.watchSeconds ?? 0;
  if (!first.status || watch <= 0) return { status: first.status, facts: countersFacts(first.status, first.top) };
  await watchFor(watch, watching);
  const second = { status: await status(), top: await top() };
  // A server that was replaced meanwhile has counters of its own.
  if (!second.status || !sameServer(first.status, second.status)) {
    attempts.gap({ purpose: 'current-rates', reason: 'failed' });
    return { status: second.status ?? first.status, facts: countersFacts(first.status, first.top) };
  }
  return { status: second.status, facts: countersFacts(second.status, second.top, first) };
}

type Watching = Required<Pick<UsageOptions, 'clock'>> & Pick<UsageOptions, 'signal' | 'onWatch'>;

/** Told of each second where somebody wants to know; else slept through. */
async function watchFor(seconds: number, { clock, signal, onWatch }: Watching): Promise<void> {
  const step = onWatch ? 1 : seconds;
  for (let done = 0; done < seconds; done += step) {
    await clock.sleep(Math.min(step, seconds - done) * 1000, signal);
    onWatch?.(done + step);
  }
}

function countersFacts(
  status: Document | undefined,
  top: Document | undefined,
  first?: { readonly status: Document | undefined; readonly top: Document | undefined },
): CounterFacts {
  if (!status) return { namespaces: [] };
  const rates = operationRates(status, first?.status);
  const since = first?.status && first.top ? (uptimeSeconds(first.status) ?? 0) : 0;
  const seconds = (uptimeSeconds(status) ?? 0) - since;
  return {
    ...statusFacts(status),
    ...(rates ? { rates } : {}),
    ...(top
      ? namespaceRates(top, seconds, { inserted: rates?.insert ?? 0, ...(first?.top ? { earlier: first.top } : {}) })
      : { namespaces: [] }),
  };
}

/** A router's machine holds no data: what is known of it says nothing of the source. */
async function readMachine(
  attempts: Attempts,
  reads: UsageReadOptions,
  status: Document | undefined,
): Promise<MachineFacts> {
  if (hasRouter(reads.source)) {
    attempts.gap({ purpose: 'machine', reason: 'not-supported' });
    return {};
  }
  const host = await attempts.command(toRead(commandsOf.hostInfo(), reads));
  return { ...(host ? hostFacts(host) : {}), ...(status ? cacheFacts(status) : {}) };
}

/** Hidden members are told by `replSetGetStatus` alone; those that clients know of are known anyway. */
async function readMembers(
  attempts: Attempts,
  cluster: ConnectedCluster,
  reads: UsageReadOptions,
): Promise<number | undefined> {
  if (!hasOplog(cluster.facts)) return undefined;
  const reply = await attempts.command(toRead(commandsOf.members(), reads));
  return (reply ? dataBearingMembers(reply) : undefined) ?? cluster.facts.hosts.length;
}

async function readClients(
  attempts: Attempts,
  reads: UsageReadOptions,
): Promise<Pick<SourceUsage, 'openChangeStreams'> & { readonly uses: SourceUsage['clients'] }> {
  const clients = new ClientTally();
  const streams = new Set<string>();
  const count = await attempts.documents(toRead(commandsOf.clients(), reads), (operation) => {
    if (operation.clientMetadata && operation.connectionId !== undefined) clients.add(operation.clientMetadata);
    const cursor = operation.cursor as Document | undefined;
    const command = cursor?.originatingCommand as Document | undefined;
    // Of all pipelines only those of change streams wait for data.
    if (cursor?.awaitData === true && command?.aggregate !== undefined) streams.add(String(cursor.cursorId));
  });
  return { uses: clients.uses, ...(count === undefined ? {} : { openChangeStreams: streams.size }) };
}
