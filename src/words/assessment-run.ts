/** The run as it is expected, and the ways of moving the data, with what would change the answer. */
import type { Assessment, TargetAssessment, WhatIf } from '../core/model/assessment.js';
import type { RankedMethod } from '../core/model/method.js';
import { formatNamespace } from '../core/model/namespace.js';
import type { NoteBook } from './assessment-notes.js';
import { methodCostTexts } from './costs.js';
import { hasToStopWrites, shortTargetName, wholeRun } from './assessment-targets.js';
import { boundedTable } from './bounded.js';
import { methodName } from './methods.js';
import { code, prose, lines, section, type Block, type Content, type Section } from './report-parts.js';
import { sentenceFor } from './reasons.js';
import { formatCount, formatDurationRange, formatRoughDuration } from './sizes.js';
import {
  isWeighed,
  targetChoiceSentence,
  targetReasonSentence,
  targetWishName,
  unweighedSentences,
} from './target-choice.js';
import { limitSentence } from './simulation.js';
import { whatIfSentence } from './what-would-change.js';

/** Not what comes on top of a month: see `held-while-moving`. */
const WHOLE_COST = 'Paid for while the data moves';
const MOST_SLOWEST = 8;

export function expectedRun({ targets }: Assessment, notes: NoteBook): Section | undefined {
  const blocks = targets.flatMap((target) => runBlocks(target, notes));
  return blocks.length === 0 ? undefined : section('The run as it is expected', ...blocks);
}

function runBlocks(assessed: TargetAssessment, notes: NoteBook): readonly Block[] {
  const { target, expectedRun: run } = assessed;
  if (!run) return [];
  const most = Math.max(Number.MIN_VALUE, ...run.course.map(({ documents }) => documents));
  const pairs: (readonly [string, Content])[] = [
    ['Moving the data takes', notes.figure(run.durationMs)],
    ...(run.phases
      ? ([
          ['Then building indexes', notes.figure(run.phases.indexesMs)],
          ['Then checking every document', notes.figure(run.phases.verificationMs)],
        ] as const)
      : []),
    ...altogether(assessed, notes),
    ['What holds it up', prose(limitSentence(run))],
    ...(target.kind === 'cosmos-ru'
      ? [['Use of the throughput', prose(`${Math.round(run.utilisation * 100)} %`)] as const]
      : []),
  ];
  return [
    { kind: 'heading', text: `To ${shortTargetName(target.kind)}` },
    { kind: 'pairs', pairs },
    ...(run.course.length < 2
      ? []
      : [
          {
            kind: 'line' as const,
            title: 'Documents that have arrived',
            points: run.course.map(({ at, documents }) => ({ x: at, y: documents / most })),
            x: [
              '0',
              formatRoughDuration(run.durationMs.expected / 2),
              formatRoughDuration(run.durationMs.expected),
            ] as const,
            y: ['0', formatCount(most / 2), formatCount(most)] as const,
          },
        ]),
    // All of them are nowhere: a simulation keeps the slowest alone.
    ...boundedTable(
      [{ title: 'Slowest collections' }, { title: 'Each takes', right: true }],
      run.slowest
        .slice(0, MOST_SLOWEST)
        .map(({ ns, durationMs }) => [code(formatNamespace(ns)), prose(formatRoughDuration(durationMs))]),
    ),
  ];
}

function altogether(target: TargetAssessment, notes: NoteBook): readonly (readonly [string, Content])[] {
  const whole = wholeRun(target);
  return whole && hasToStopWrites(target) ? [['Writes to the source stop for', notes.figure(whole)]] : [];
}

export function methods({ targets }: Assessment, notes: NoteBook): Section {
  const isPriced = targets.some(({ recommendation }) => recommendation.ranked.some(({ cost }) => cost?.amount));
  return section(
    'Ways of moving the data',
    ...targets.flatMap((target) => methodBlocks(target, notes)),
    ...(isPriced
      ? [
          {
            kind: 'paragraph' as const,
            text:
              `"${WHOLE_COST}" is the whole target for as long as the data moves, whether the month's bill holds it anyway or not, and whoever moves the data: it tells methods ` +
              'apart. What a migration costs on top of the month is another figure, in "In short" and "Cost". Both are reckoned by the prices of the section "Cost", with all ' +
              'that is said there.',
          },
        ]
      : []),
  );
}

const MARKS = { '+': '+ ', '-': '− ', '!': '✗ ' } as const;
function methodBlocks(assessed: TargetAssessment, notes: NoteBook): readonly Block[] {
  const { target, recommendation, whatWouldChange } = assessed;
  const isPriced = recommendation.ranked.some(({ cost }) => cost);
  const rows = recommendation.ranked.map((method): readonly Content[] => [
    { text: methodName(method.method), ...(method.method === recommendation.recommended ? { tone: 'good' } : {}) },
    prose(stateOf(method, method.method === recommendation.recommended)),
    prose(method.possible ? formatDurationRange(method.durationMs) : ''),
    ...(isPriced ? [costCell(method, notes)] : []),
    lines(method.reasons.map((reason) => `${MARKS[reason.weight]}${sentenceFor(reason)}`)),
  ]);
  return [
    { kind: 'heading', text: `To ${shortTargetName(target.kind)}` },
    {
      kind: 'paragraph',
      text: `Recommended: ${methodName(recommendation.recommended)}.`,
      notes: notes.reasons(recommendation.assumptions),
    },
    {
      kind: 'table',
      columns: [
        { title: 'Method' },
        { title: 'State' },
        { title: 'Moving the data takes' },
        ...(isPriced ? [{ title: WHOLE_COST }] : []),
        { title: 'Reasons' },
      ],
      rows,
    },
    ...whatIfs(whatWouldChange),
  ];
}

function costCell({ cost }: RankedMethod, notes: NoteBook): Content {
  if (!cost) return prose('');
  const { amount, lines: made, leftOut } = methodCostTexts(cost);
  const [first, ...others] = lines([amount, ...made, ...leftOut]);
  if (!first) return prose('');
  return [{ ...first, ...(cost.amount ? { notes: notes.assumptions(cost.amount.assumptions) } : {}) }, ...others];
}

function stateOf(method: RankedMethod, recommended: boolean): string {
  if (recommended) return 'recommended';
  return method.possible ? 'possible' : 'not possible here';
}

function whatIfs(changes: readonly WhatIf[]): readonly Block[] {
  if (changes.length === 0)
    return [{ kind: 'paragraph', text: 'No single change of a fact or a wish that was tried changes the answer.' }];
  return [
    { kind: 'paragraph', text: 'What would change the answer:' },
    { kind: 'list', items: changes.map((change) => [prose(whatIfSentence(change))]) },
  ];
}

/** Reasons for the one and for the other service. */
export function choiceSection({ choice, wants = [] }: Assessment): Section | undefined {
  if (!choice) return undefined;
  const of = (kind: 'cosmos-ru' | 'cosmos-vcore'): readonly Block[] => {
    const reasons = choice.reasons.filter((one) => one.target === kind && isWeighed(one));
    if (reasons.length === 0) return [];
    return [
      { kind: 'heading', text: shortTargetName(kind) },
      {
        kind: 'list',
        items: reasons.map((one) => [prose(`${MARKS[one.reason.weight]}${targetReasonSentence(one)}`)]),
      },
    ];
  };
  const unweighed = unweighedSentences(choice);
  return section(
    'Which service',
    { kind: 'paragraph', text: targetChoiceSentence(choice) },
    ...(wants.length > 0
      ? [
          {
            kind: 'paragraph' as const,
            text: `Weighed as well is what you want: ${wants.map(targetWishName).join(', ')}.`,
          },
        ]
      : []),
    ...of('cosmos-ru'),
    ...of('cosmos-vcore'),
    ...(unweighed.length === 0
      ? []
      : ([
          { kind: 'heading', text: 'Not weighed' },
          { kind: 'list', items: unweighed.map((text) => [prose(text)]) },
        ] as const)),
  );
}
