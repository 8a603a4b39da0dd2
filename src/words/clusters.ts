/** What a probe learnt, for people. */
import type { ClusterFacts, ClusterKind, Throughput, Topology } from '../core/model/facts.js';
import type { TargetKind } from '../core/plan/target.js';
import { formatBytes, formatCount, formatRuPerSecond } from './sizes.js';

const KINDS: Readonly<Record<ClusterKind, string>> = {
  mongodb: 'MongoDB',
  atlas: 'MongoDB Atlas',
  'cosmos-ru': 'Azure Cosmos DB for MongoDB (RU)',
  'cosmos-vcore': 'Azure Cosmos DB for MongoDB vCore (Azure DocumentDB)',
  'amazon-documentdb': 'Amazon DocumentDB',
  ferretdb: 'FerretDB',
  unknown: 'unknown server',
};

const TOPOLOGIES: Readonly<Record<Topology, string>> = {
  standalone: 'single server',
  'replica-set': 'replica set',
  sharded: 'sharded cluster',
  unknown: 'topology unknown',
};

/** `MongoDB 6.0.5, replica set rs0, TLS`. */
export function clusterSummary(facts: ClusterFacts): string {
  const topology = facts.setName ? `${TOPOLOGIES[facts.topology]} ${facts.setName}` : TOPOLOGIES[facts.topology];
  return [`${KINDS[facts.kind]} ${facts.version}`.trim(), topology, facts.tls ? 'TLS' : 'no TLS'].join(', ');
}

/** What a target is called where only the set of its rules is known. */
export function targetName(kind: TargetKind): string {
  return KINDS[kind];
}

const EVIDENCE: Readonly<Record<ClusterFacts['kindEvidence'], string>> = {
  'server-reply': 'the server says so',
  'host-name': "told by the host's name",
  none: 'nothing tells',
};

/** Label and value pairs of everything that was learnt. */
export function clusterLines(facts: ClusterFacts): (readonly [label: string, value: string])[] {
  const lines: (readonly [string, string])[] = [
    ['what', `${KINDS[facts.kind]}${facts.enterprise ? ' Enterprise' : ''} (${EVIDENCE[facts.kindEvidence]})`],
    ['version', facts.version || 'not told'],
    ['topology', facts.setName ? `${TOPOLOGIES[facts.topology]} ${facts.setName}` : TOPOLOGIES[facts.topology]],
    ['servers', facts.hosts.join(', ')],
    ['encryption', facts.tls ? 'TLS' : 'none'],
    ['latency', `${latency(facts.latencyMs)} per round trip`],
    ['largest document', largest(facts)],
    [
      'largest write',
      `${formatCount(facts.maxWriteBatchSize)} documents or ${formatBytes(facts.maxMessageSizeBytes)} at a time`,
    ],
  ];
  if (facts.logicalCores !== undefined) lines.push(['processor cores', formatCount(facts.logicalCores)]);
  if (facts.storageEngine !== undefined) lines.push(['storage engine', facts.storageEngine]);
  if (facts.driver === 'legacy') lines.push(['driver', 'the older one, for servers before 4.2']);
  return lines;
}

function latency(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

export function throughputText(throughput: Throughput | undefined): string {
  switch (throughput?.kind) {
    case 'manual':
      return formatRuPerSecond(throughput.ruPerSecond);
    case 'autoscale':
      return `up to ${formatRuPerSecond(throughput.maxRuPerSecond)}`;
    case 'shared':
      return "the database's";
    case 'serverless':
      return 'serverless';
    case undefined:
      return '';
  }
}

/** An RU account says 16 MB to every client and takes 2 MB (learn.microsoft.com/azure/cosmos-db/concepts-limits). */
function largest(facts: ClusterFacts): string {
  return facts.kind === 'cosmos-ru'
    ? '2 MB (16 MB where EnableMongo16MBDocumentSupport is on)'
    : formatBytes(facts.maxBsonObjectSize);
}
