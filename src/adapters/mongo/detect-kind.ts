/** What a cluster is, told by what it answers first and by its host's name second. Pure: replies in, verdict out. */
import type { ClusterKind, KindEvidence, Topology } from '../../core/model/facts.js';
import { hostName, isCosmosRuHost } from './connection-string.js';

/** Replies of one probe; `undefined` where a command was not sent or was refused. */
export interface ProbeReplies {
  readonly hello: Readonly<Record<string, unknown>>;
  readonly buildInfo: Readonly<Record<string, unknown>>;
  /** Whether `getLastRequestStatistics` was answered: only RU accounts know it (facts, section 1.2). */
  readonly hasRequestStatistics: boolean;
  /** Whether `atlasVersion` was answered. */
  readonly hasAtlasVersion: boolean;
  /** Code with which `getCmdLineOpts` was refused. */
  readonly cmdLineOptsCode?: number;
}

export interface KindVerdict {
  readonly kind: ClusterKind;
  readonly evidence: KindEvidence;
}

/** True for a reply that only genuine MongoDB gives: no imitation tells its storage engines. */
export function isGenuineMongo(buildInfo: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(buildInfo.storageEngines) && buildInfo.ferretdb === undefined;
}

/** vCore and DocumentDB tell their extension's version in `hello.internal`, on Azure and elsewhere (facts, section 1.2). */
export function isDocumentDbEngine(hello: Readonly<Record<string, unknown>>): boolean {
  const internal = hello.internal as Readonly<Record<string, unknown>> | undefined;
  return (
    internal !== undefined && (Array.isArray(internal.documentdb_versions) || Array.isArray(internal.cosmos_versions))
  );
}

function kindByReply(replies: ProbeReplies): ClusterKind | undefined {
  const { hello, buildInfo } = replies;
  // FerretDB 2 runs on the same engine, so it is asked for first.
  if (buildInfo.ferretdb !== undefined || buildInfo.ferretdbVersion !== undefined) return 'ferretdb';
  if (isDocumentDbEngine(hello)) return 'cosmos-vcore';
  if (replies.hasRequestStatistics || '_t' in buildInfo || '_t' in hello) return 'cosmos-ru';
  // 303 is Amazon's "Feature not supported"; MongoDB has no such code for this command.
  if (replies.cmdLineOptsCode === 303) return 'amazon-documentdb';
  if (replies.hasAtlasVersion) return 'atlas';
  return undefined;
}

const HOSTS: readonly (readonly [RegExp, ClusterKind])[] = [
  [/\.mongocluster\.cosmos\.azure\.[a-z]+$/i, 'cosmos-vcore'],
  [/\.mongodb(-dev|-qa|-stage)?\.net$/i, 'atlas'],
  [/docdb(-elastic)?\.amazonaws\.com$/i, 'amazon-documentdb'],
];

function kindByHost(hosts: readonly string[]): ClusterKind | undefined {
  for (const host of hosts) {
    if (isCosmosRuHost(host)) return 'cosmos-ru';
    const rule = HOSTS.find(([pattern]) => pattern.test(hostName(host)));
    if (rule) return rule[1];
  }
  return undefined;
}

/** The verdict. Genuine MongoDB on an Atlas host whose `atlasVersion` is not allowed is still Atlas, by its name. */
export function detectKind(replies: ProbeReplies, hosts: readonly string[]): KindVerdict {
  const told = kindByReply(replies);
  if (told) return { kind: told, evidence: 'server-reply' };
  const named = kindByHost(hosts);
  if (named) return { kind: named, evidence: 'host-name' };
  if (isGenuineMongo(replies.buildInfo)) return { kind: 'mongodb', evidence: 'server-reply' };
  return { kind: 'unknown', evidence: 'none' };
}

/** vCore says `isdbgrid` like a mongos and is none: its topology is its own affair. */
export function detectTopology(hello: Readonly<Record<string, unknown>>): Topology {
  if (isDocumentDbEngine(hello)) return 'unknown';
  if (hello.msg === 'isdbgrid') return 'sharded';
  if (typeof hello.setName === 'string') return 'replica-set';
  return hello.isWritablePrimary === true || hello.ismaster === true ? 'standalone' : 'unknown';
}
