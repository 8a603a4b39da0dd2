/** Findings as they are told: what is the same for many namespaces once, and how many there are. */
import type { Finding, Severity } from '../core/model/finding.js';
import { formatNamespace } from '../core/model/namespace.js';
import { findingSentence, remedySentence } from './findings.js';
import { formatCountOf } from './sizes.js';

export interface FindingGroup {
  readonly severity: Severity;
  readonly sentence: string;
  readonly remedy: string;
  readonly source: string;
  readonly namespaces: readonly string[];
  readonly findings: readonly Finding[];
}

/** In the order of the first of each; blockers stay before warnings where they came so. */
export function groupFindings(findings: readonly Finding[]): FindingGroup[] {
  const groups = new Map<string, FindingGroup & { readonly namespaces: string[]; readonly findings: Finding[] }>();
  for (const finding of findings) {
    const { severity, source } = finding;
    const sentence = findingSentence(finding);
    const remedy = remedySentence(finding);
    const key = `${severity}\n${sentence}\n${remedy}`;
    const group = groups.get(key) ?? { severity, sentence, remedy, source, namespaces: [], findings: [] };
    groups.set(key, group);
    group.findings.push(finding);
    if (finding.ns) group.namespaces.push(formatNamespace(finding.ns));
  }
  return [...groups.values()];
}

/** Namespaces named in full for one finding. */
const SHOWN = 4;

/** `shop.a, shop.b`, `a.a, a.b, a.c, a.d and 3 more`; empty for what concerns the whole cluster. */
export function namespacesInShort(namespaces: readonly string[]): string {
  const shown = namespaces.slice(0, SHOWN).join(', ');
  return namespaces.length > SHOWN ? `${shown} and ${namespaces.length - SHOWN} more` : shown;
}

const NAMES: Readonly<Record<Severity, string>> = { blocker: 'blocker', warning: 'warning', info: 'note' };

/** `1 blocker, 3 warnings`. */
export function findingCounts(findings: readonly Finding[]): string {
  const counts = (['blocker', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((f) => f.severity === severity).length;
    return count === 0 ? [] : [formatCountOf(count, NAMES[severity])];
  });
  return counts.length === 0 ? 'nothing found' : counts.join(', ');
}
