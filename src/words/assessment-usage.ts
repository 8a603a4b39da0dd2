/** What the source is used for, as far as it could be seen. */
import type { Assessment } from '../core/model/assessment.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { SourceUsage } from '../core/model/usage.js';
import { tooShortToSizeBy } from '../core/size/everyday-usage.js';
import { boundedTable } from './bounded.js';
import { code, number, prose, section, type Block, type Content, type Section } from './report-parts.js';
import { formatBytes, formatCount, formatDuration, shortNumber } from './sizes.js';

const MOST = 25;

export function usageSection({ usage }: Assessment): Section | undefined {
  if (!usage) return undefined;
  return section('What the source is used for', { kind: 'pairs', pairs: pairsOf(usage) }, ...tables(usage));
}

function pairsOf(usage: SourceUsage): readonly (readonly [string, Content])[] {
  const { rates, machine, oplog, connections, looked, uptimeSeconds } = usage;
  const pairs: (readonly [string, Content])[] = [];
  if (rates) {
    const by =
      rates.by === 'watched'
        ? `watched for ${formatDuration(rates.seconds * 1000)}`
        : `on average over ${formatDuration(rates.seconds * 1000)}${tooShortToSizeBy(usage) === undefined ? '' : ', too short to size by'}`;
    const each = (['insert', 'query', 'update', 'delete', 'getmore', 'command'] as const).map(
      (name) => `${name} ${shortNumber(rates[name])}/s`,
    );
    pairs.push(['Operations', prose(`${each.join(', ')} (${by})`)]);
  } else if (uptimeSeconds !== undefined) pairs.push(['Up for', prose(formatDuration(uptimeSeconds * 1000))]);
  if (connections) pairs.push(['Connections', prose(formatCount(connections.current))]);
  if (usage.transactionsCommitted !== undefined) {
    pairs.push(['Transactions committed', prose(formatCount(usage.transactionsCommitted))]);
  }
  if (usage.retriedWrites !== undefined)
    pairs.push(['Writes sent again by drivers', prose(formatCount(usage.retriedWrites))]);
  if (usage.openChangeStreams !== undefined) {
    pairs.push(['Open change streams', prose(formatCount(usage.openChangeStreams))]);
  }
  if (oplog) {
    const window = `${formatDuration(oplog.windowMs)} in ${formatBytes(oplog.sizeBytes)}, ${formatBytes(oplog.bytesPerSecond)}/s`;
    pairs.push(['Oplog', prose(window)]);
  }
  if (machine) pairs.push(['Machine', prose(machineText(machine))]);
  const seen = [
    ...(looked.profiled > 0 ? [`${formatCount(looked.profiled)} profiled operations`] : []),
    ...(looked.logged > 0 ? [`${formatCount(looked.logged)} lines of logs`] : []),
    ...(looked.oplogEntries > 0 ? [`${formatCount(looked.oplogEntries)} oplog entries`] : []),
  ];
  pairs.push(['Looked at beside the counters', prose(seen.length === 0 ? 'nothing' : seen.join(', '))]);
  return pairs;
}

function machineText(machine: NonNullable<SourceUsage['machine']>): string {
  const parts = [
    ...(machine.logicalCores === undefined ? [] : [`${formatCount(machine.logicalCores)} cores`]),
    ...(machine.memoryBytes === undefined ? [] : [`${formatBytes(machine.memoryBytes)} of memory`]),
    ...(machine.cacheMaxBytes === undefined
      ? []
      : [`cache of ${formatBytes(machine.cacheMaxBytes)}, ${formatBytes(machine.cacheUsedBytes ?? 0)} used`]),
  ];
  return parts.length === 0 ? 'unknown' : parts.join(', ');
}

const EVIDENCE = { 'server-counters': 'counters', profiler: 'profiler', log: 'log', oplog: 'oplog' } as const;

function tables(usage: SourceUsage): readonly Block[] {
  const features = [...usage.features].sort((a, b) => b.count - a.count);
  const clients = [...usage.clients].sort((a, b) => b.connections - a.connections);
  const sorts = [...usage.sorts].sort((a, b) => b.count - a.count);
  const namespaces = [...usage.namespaces].sort(
    (a, b) => b.readsPerSecond + b.writesPerSecond - a.readsPerSecond - a.writesPerSecond,
  );
  return [
    ...titled(
      'Operations of each collection',
      boundedTable(
        [{ title: 'Collection' }, { title: 'Reads a second', right: true }, { title: 'Writes a second', right: true }],
        namespaces
          .filter(({ readsPerSecond, writesPerSecond }) => readsPerSecond + writesPerSecond > 0)
          .map(({ ns, readsPerSecond, writesPerSecond }) => [
            code(formatNamespace(ns)),
            prose(shortNumber(readsPerSecond)),
            prose(shortNumber(writesPerSecond)),
          ]),
        MOST,
      ),
    ),
    ...titled(
      'Features in use',
      boundedTable(
        [
          { title: 'Feature' },
          { title: 'Kind' },
          { title: 'Times', right: true },
          { title: 'Where' },
          { title: 'Seen in' },
        ],
        features.map(({ name, kind, count, ns, evidence }) => [
          code(name),
          prose(kind.replaceAll('-', ' ')),
          number(count),
          ns ? code(formatNamespace(ns)) : prose(''),
          prose(EVIDENCE[evidence]),
        ]),
        MOST,
      ),
    ),
    ...titled(
      'Sorts by several fields',
      boundedTable(
        [{ title: 'Collection' }, { title: 'Sort' }, { title: 'Times', right: true }],
        sorts.map(({ ns, key, count }) => [
          code(formatNamespace(ns)),
          code(key.map(([path, direction]) => `${path}: ${direction}`).join(', ')),
          number(count),
        ]),
        MOST,
      ),
    ),
    ...titled(
      'Clients',
      boundedTable(
        [{ title: 'Driver' }, { title: 'Version' }, { title: 'Application' }, { title: 'Connections', right: true }],
        clients.map(({ driver, version, application, connections }) => [
          prose(driver),
          prose(version),
          prose(application ?? ''),
          number(connections),
        ]),
        MOST,
      ),
    ),
  ];
}

function titled(text: string, blocks: readonly Block[]): readonly Block[] {
  return blocks.length === 0 ? [] : [{ kind: 'heading', text }, ...blocks];
}
