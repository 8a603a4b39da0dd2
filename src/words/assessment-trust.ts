/** What a reader needs to trust the report: what was read and how, what could not be, which rules were looked at, what figures rest on. */
import { onlyMeasures } from '../core/assess/features/own-uses.js';
import type { Assessment } from '../core/model/assessment.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { PlannedRead, ReadingGap } from '../core/model/reading.js';
import { shortTargetName } from './assessment-targets.js';
import { boundedTable } from './bounded.js';
import { gapSentence, purposeName, READ_TIMES } from './reading-words.js';
import { ruleTitle } from './rule-titles.js';
import { code, prose, section, type Block, type Content, type Section } from './report-parts.js';
import { formatCountOf, formatDuration } from './sizes.js';

export function whatWasRead(assessment: Assessment): Section {
  const gaps = [
    ...assessment.gaps,
    ...(assessment.usage?.gaps ?? []),
    ...assessment.scans.flatMap((scan) => scan.gaps),
  ];
  const { failed } = assessment.inventory;
  return section(
    'What was read',
    {
      kind: 'paragraph',
      text: 'Nothing was written to the source, and no value of any document or query is kept: names, counts, sizes and hashes only.',
    },
    ...boundedTable(
      [
        { title: 'For' },
        { title: 'Command' },
        { title: 'How often' },
        { title: 'Limit', right: true },
        { title: 'Needs' },
      ],
      assessment.reads.map(readRow),
    ),
    ...leftOutCounters(assessment),
    { kind: 'heading', text: 'What was not read' },
    ...(gaps.length + failed.length === 0
      ? [{ kind: 'paragraph' as const, text: 'Everything was read.' }]
      : boundedTable(
          [{ title: 'What' }, { title: 'Where' }, { title: 'Why' }],
          [
            ...distinct(gaps).map(gapRow),
            ...failed.map(({ ns, message }): readonly Content[] => [
              prose('the collection itself'),
              code(formatNamespace(ns)),
              prose(message),
            ]),
          ],
        )),
  );
}

/** What the server has counted and no finding speaks of. */
function leftOutCounters({ usage }: Assessment): readonly Block[] {
  const names = [...new Set((usage?.features ?? []).filter(onlyMeasures).map(({ name }) => name))].sort();
  if (names.length === 0) return [];
  const text = `The server has counted ${names.join(', ')} as well. They only watch or measure a server: monitoring, drivers and every assessment send them, so that no finding is made of them.`;
  return [{ kind: 'paragraph', text }];
}

function readRow({ purpose, command, database, times, maxTimeMs, needs }: PlannedRead): readonly Content[] {
  return [
    prose(purposeName(purpose)),
    code(command),
    prose(`${READ_TIMES[times]}${database.startsWith('<') ? '' : ` (${database})`}`),
    prose(maxTimeMs === undefined ? '' : formatDuration(maxTimeMs)),
    prose(needs ?? ''),
  ];
}

function distinct(gaps: readonly ReadingGap[]): readonly ReadingGap[] {
  return [...new Map(gaps.map((gap) => [JSON.stringify(gap), gap])).values()];
}

function gapRow(gap: ReadingGap): readonly Content[] {
  return [prose(purposeName(gap.purpose)), gap.ns ? code(formatNamespace(gap.ns)) : prose(''), prose(gapSentence(gap))];
}

export function rulesSection({ rules = [], targets }: Assessment): Section {
  const failed = targets.flatMap(({ target, failedRules }) =>
    failedRules.map((rule) => ({ ...rule, kind: target.kind })),
  );
  const blocks: Block[] = [
    {
      kind: 'paragraph',
      text: `${formatCountOf(rules.length, 'rule')} were held against what was read. Those of other targets, and those whose facts were not read, find nothing.`,
    },
    ...(failed.length === 0
      ? [{ kind: 'paragraph' as const, text: 'None of them failed.' }]
      : [
          {
            kind: 'paragraph' as const,
            text: `${formatCountOf(failed.length, 'rule')} failed: what they look for may be there or not. Please report it.`,
          },
          ...boundedTable(
            [{ title: 'Rule' }, { title: 'Target' }, { title: 'What happened' }],
            failed.map(({ rule, kind, message }) => [
              { ...code(rule), tone: 'bad' as const },
              prose(shortTargetName(kind)),
              prose(message),
            ]),
          ),
        ]),
    // All of them: what is not on the list was not looked for.
    ...boundedTable(
      [{ title: 'Rule' }, { title: 'Looks for' }],
      rules.map((rule) => [code(rule), prose(ruleTitle(rule))]),
      rules.length,
    ),
  ];
  return section('Rules', ...blocks);
}
