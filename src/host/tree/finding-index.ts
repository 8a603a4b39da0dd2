/** The findings of an analysis by the row that they belong to, and what a row shows of them. */
import type { ClusterFacts } from '../../core/model/facts.js';
import type { Finding, Severity } from '../../core/model/finding.js';
import { describeTarget, type TargetDescription, type TargetKind } from '../../core/plan/target.js';
import { findingSentence, remedySentence } from '../../words/findings.js';
import type { ClusterProfile } from '../clusters/cluster-profile.js';
import { nodeId } from './node.js';
import type { Translate } from '../translate.js';

/** What was found in a row and below it. */
export interface RowFindings {
  readonly blockers: number;
  readonly warnings: number;
  readonly infos: number;
  /** The row's own, the worst first; those of what is below are only counted. */
  readonly own: readonly Finding[];
  /** Namespaces below that have blockers or warnings. */
  readonly places: number;
  /** Where the source was assessed for several targets: what is the row's own by each, in their order. */
  readonly byTarget?: readonly TargetFindings[];
}

export interface TargetFindings {
  readonly target: TargetKind;
  /** The worst first. */
  readonly own: readonly Finding[];
}

export type FindingIndex = ReadonlyMap<string, RowFindings>;

interface Counted {
  blockers: number;
  warnings: number;
  infos: number;
  readonly own: Finding[];
  readonly below: Set<string>;
}

const FIELD: Readonly<Record<Severity, 'blockers' | 'warnings' | 'infos'>> = {
  blocker: 'blockers',
  warning: 'warnings',
  info: 'infos',
};

/** Findings by the id of the row: index, collection, database and cluster each count what is theirs and below. */
export function indexFindings(clusterId: string, findings: readonly Finding[]): FindingIndex {
  const index = new Map<string, Counted>();
  const at = (id: string): Counted => {
    let counted = index.get(id);
    if (!counted) index.set(id, (counted = { blockers: 0, warnings: 0, infos: 0, own: [], below: new Set() }));
    return counted;
  };
  const top = nodeId({ kind: 'cluster', clusterId });
  for (const finding of findings) {
    const path = pathOf(top, finding);
    const place = path[Math.min(COLLECTION_LEVEL, path.length - 1)] ?? top;
    for (const [level, id] of path.entries()) {
      const counted = at(id);
      counted[FIELD[finding.severity]] += 1;
      // A collection tells what was found in its indexes too: it is where people look.
      if (level === path.length - 1 || level === COLLECTION_LEVEL) counted.own.push(finding);
      else if (finding.severity !== 'info') counted.below.add(place);
    }
  }
  return new Map([...index].map(([id, { below, ...rest }]) => [id, { ...rest, places: below.size }]));
}

/** Cluster, database, collection, index. */
const COLLECTION_LEVEL = 2;

/** Ids from the cluster down to the row that the finding is about, as {@link nodeId} makes them. */
function pathOf(top: string, { ns, params }: Finding): string[] {
  const path = [top];
  const down = (name: string): number => path.push(`${path.at(-1)}/${encodeURIComponent(name)}`);
  if (!ns) return path;
  down(ns.db);
  if (ns.coll === '*') return path;
  down(ns.coll);
  const index = params['index'];
  if (typeof index === 'string') down(index);
  return path;
}

export interface FindingBadge {
  /** Two characters at most, as VS Code wants it; not told by colour alone. */
  readonly text: string;
  readonly severity: 'blocker' | 'warning';
  readonly tooltip: string;
}

/** Most findings that a badge's tooltip spells out. */
const MOST_LINES = 8;

/** Nothing for a row that only has information: a badge calls for something to be done. */
export function badgeOf(found: RowFindings | undefined, t: Translate): FindingBadge | undefined {
  if (!found || found.blockers + found.warnings === 0) return undefined;
  const severity = found.blockers > 0 ? 'blocker' : 'warning';
  const text =
    severity === 'blocker' ? `!${found.blockers > 9 ? '+' : found.blockers}` : String(Math.min(found.warnings, 99));
  const lines = [findingsSummary(found, t)];
  const told = found.own.filter((finding) => finding.severity !== 'info').slice(0, MOST_LINES);
  for (const finding of told) lines.push(`${findingSentence(finding)} ${remedySentence(finding)}`);
  return { text, severity, tooltip: lines.join('\n') };
}

/** `2 blockers, 3 warnings in 4 collections`. */
export function findingsSummary(found: RowFindings, t: Translate): string {
  const counts = [
    found.blockers === 1 ? t('1 blocker') : found.blockers > 1 ? t('{0} blockers', found.blockers) : '',
    found.warnings === 1 ? t('1 warning') : found.warnings > 1 ? t('{0} warnings', found.warnings) : '',
    found.infos === 1 ? t('1 note') : found.infos > 1 ? t('{0} notes', found.infos) : '',
  ].filter((count) => count !== '');
  const joined = counts.join(', ');
  if (found.places > 1) return t('{0} in {1} places', joined, found.places);
  return joined;
}

/** The rules of an RU account that nothing is known of: the strictest there are. */
export const ANY_RU_TARGET: TargetDescription = {
  kind: 'cosmos-ru',
  versionArray: [4, 2],
  sharded: false,
  capabilities: new Set(),
};

/** Which target findings are told for: the one chosen last, else the only one there is, as far as it was ever seen; else any RU account. */
export function assumedTarget(
  targets: readonly Pick<ClusterProfile, 'id' | 'kind' | 'version'>[],
  factsOf: (clusterId: string) => ClusterFacts | undefined,
  lastTarget: string | undefined,
): TargetDescription {
  const chosen = targets.find(({ id }) => id === lastTarget) ?? (targets.length === 1 ? targets[0] : undefined);
  if (!chosen) return ANY_RU_TARGET;
  const facts = factsOf(chosen.id);
  const kind = facts?.kind ?? chosen.kind;
  if (kind === undefined || kind === 'amazon-documentdb') return ANY_RU_TARGET;
  return describeTarget(
    facts ?? { kind, topology: 'unknown', versionArray: (chosen.version?.match(/\d+/g) ?? []).map(Number) },
  );
}
