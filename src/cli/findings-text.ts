/** Findings for people: blockers first; what is the same for many namespaces is said once. */
import type { Finding, Severity } from '../core/model/finding.js';
import { groupFindings, namespacesInShort } from '../words/finding-groups.js';
import { bullet } from './text-blocks.js';

const MARKS: Readonly<Record<Severity, string>> = { blocker: '✗', warning: '!', info: '·' };

export function findingLines(findings: readonly Finding[], width: number): string[] {
  const severities = ['blocker', 'warning', 'info'] as const;
  const sorted = severities.flatMap((severity) => findings.filter((f) => f.severity === severity));
  return groupFindings(sorted).flatMap(({ severity, sentence, remedy, namespaces }) => {
    const where = namespaces.length === 0 ? '' : `${namespacesInShort(namespaces)}: `;
    return [...bullet(MARKS[severity], `${where}${sentence}`, width), ...bullet('→', remedy, width, '    ')];
  });
}
