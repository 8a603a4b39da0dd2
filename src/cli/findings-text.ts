/** Findings for people: blockers first; what is the same for many namespaces is said once. */
import type { Finding, Severity } from '../core/model/finding.js';
import { formatNamespace } from '../core/model/namespace.js';
import { findingSentence, remedySentence } from '../words/findings.js';
import { bullet, plural } from './text-blocks.js';

const TITLES: Readonly<Record<Severity, readonly [mark: string, one: string, many: string]>> = {
  blocker: ['✗', 'blocker', 'blockers'],
  warning: ['!', 'warning', 'warnings'],
  info: ['·', 'note', 'notes'],
};

/** Namespaces named in full for one finding. */
const SHOWN = 4;

export function findingLines(findings: readonly Finding[], width: number): string[] {
  const severities = ['blocker', 'warning', 'info'] as const;
  return severities.flatMap((severity) => {
    const own = findings.filter((f) => f.severity === severity);
    if (own.length === 0) return [];
    return grouped(own).flatMap(({ sentence, remedy, namespaces }) => {
      const where =
        namespaces.length === 0
          ? ''
          : namespaces.length <= SHOWN
            ? `${namespaces.join(', ')}: `
            : `${namespaces.slice(0, SHOWN).join(', ')} and ${namespaces.length - SHOWN} more: `;
      return [...bullet(TITLES[severity][0], `${where}${sentence}`, width), ...bullet('→', remedy, width, '    ')];
    });
  });
}

export function findingCounts(findings: readonly Finding[]): string {
  const counts = (['blocker', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((f) => f.severity === severity).length;
    const [, one, many] = TITLES[severity];
    return count === 0 ? [] : [`${count} ${plural(count, one, many)}`];
  });
  return counts.length === 0 ? 'nothing found' : counts.join(', ');
}

interface Group {
  readonly sentence: string;
  readonly remedy: string;
  readonly namespaces: string[];
}

function grouped(findings: readonly Finding[]): Group[] {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const sentence = findingSentence(finding);
    const remedy = remedySentence(finding);
    const key = `${sentence}\n${remedy}`;
    const group = groups.get(key) ?? { sentence, remedy, namespaces: [] };
    groups.set(key, group);
    if (finding.ns) group.namespaces.push(formatNamespace(finding.ns));
  }
  return [...groups.values()];
}
