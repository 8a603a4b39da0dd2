/** What an owner wants to know first: can it be moved, to which service, how long, what it costs, who has to do what. */
import { viewUnsupported } from '../core/assess/rules/view-unsupported.js';
import type { Assessment, TargetAssessment } from '../core/model/assessment.js';
import type { ReadingGap } from '../core/model/reading.js';
import { isWhole } from '../core/scan/is-whole.js';
import { totalSize } from '../core/size/totals.js';
import { clusterSummary, throughputText } from './clusters.js';
import { costOptionName, formatMoney } from './costs.js';
import {
  countOf,
  hasToStopWrites,
  isLoadKnown,
  moveDuration,
  pricedOptions,
  recommendedMethod,
  shortTargetName,
  wholeRun,
} from './assessment-targets.js';
import type { NoteBook } from './assessment-notes.js';
import { sectionName, type AssessmentPart } from './assessment-pointers.js';
import { estimateText } from './estimates.js';
import { findingCounts } from './finding-groups.js';
import { isCostWeighed, targetChoiceSentence, targetWishName } from './target-choice.js';
import { methodName } from './methods.js';
import { prose, section, time, type Block, type Cell, type Content, type Section, type Tone } from './report-parts.js';
import { formatBytes, formatCount, formatCountOf } from './sizes.js';

export function assessmentHeadline({ targets, choice }: Assessment): { readonly text: string; readonly tone: Tone } {
  const free = targets.filter((target) => countOf(target.findings, 'blocker') === 0);
  const names = free.map(({ target }) => shortTargetName(target.kind));
  const suits =
    choice === undefined || choice.advised === 'either' || free.length === 0
      ? ''
      : `; ${shortTargetName(choice.advised)} suits it better${isCostWeighed(choice) ? '' : ', cost aside'}`;
  if (free.length === 0) {
    const all = targets.map(({ target }) => shortTargetName(target.kind)).join(' or ');
    const better =
      choice === undefined || choice.advised === 'either' ? '' : ` ${shortTargetName(choice.advised)} suits it better.`;
    return {
      text: `It cannot be moved to ${all} as it is: the blockers below come first.${better}`,
      tone: 'bad',
    };
  }
  const clean = free.some((target) => countOf(target.findings, 'warning') === 0 && target.failedRules.length === 0);
  const blocked = targets.filter((target) => !free.includes(target)).map(({ target }) => shortTargetName(target.kind));
  const not = blocked.length === 0 ? '' : `, not to ${blocked.join(' or ')} as it is`;
  return { text: `It can be moved to ${names.join(' and to ')}${not}${suits}.`, tone: clean ? 'good' : 'look' };
}

/** A few sentences under the headline. */
export function assessmentReasons(assessment: Assessment, part: AssessmentPart): readonly string[] {
  const { inventory, scans, gaps, usage, targets, choice } = assessment;
  const total = totalSize(inventory.collections);
  const failed = targets.reduce((sum, { failedRules }) => sum + failedRules.length, 0);
  return [
    `${formatBytes(total.logicalBytes)} in ${formatCountOf(total.documents, 'document')} and ${formatCountOf(total.collections, 'collection')}.`,
    scanSentence(assessment),
    ...targets.flatMap((target) => leftBehind(target, part)),
    ...(isLoadKnown(assessment) ? [] : [LOAD_UNKNOWN]),
    // The headline names the service that suits better.
    ...(choice?.advised === 'either' ? [targetChoiceSentence(choice)] : []),
    ...(inventory.failed.length === 0
      ? []
      : [`${formatCountOf(inventory.failed.length, 'namespace')} could not be read: nothing is known of them.`]),
    ...([...gaps, ...(usage?.gaps ?? []), ...scans.flatMap((scan) => scan.gaps)].every(isExpected)
      ? []
      : [`Some of what was asked for could not be read; see ${sectionName('What was read', part)}.`]),
    ...(failed === 0
      ? []
      : [`${formatCountOf(failed, 'rule')} failed: what they look for is unknown; see ${sectionName('Rules', part)}.`]),
  ];
}

const LOAD_UNKNOWN =
  'How busy the source is was not measured long enough: throughput, tier and the cost of a month are by its machines and by the least that the service takes.';

/** What a migration leaves out though nothing stands in its way: an owner has to know it before anything else. */
function leftBehind({ target, findings, indexes }: TargetAssessment, part: AssessmentPart): readonly string[] {
  const views = findings.filter(({ rule }) => rule === viewUnsupported.id).length;
  const skipped = indexes.reduce((sum, of) => sum + of.indexes.filter(({ fate }) => fate.kind === 'skip').length, 0);
  const parts = [
    ...(views > 0 ? [formatCountOf(views, 'view')] : []),
    ...(skipped > 0 ? [formatCountOf(skipped, 'index', 'indexes')] : []),
  ];
  if (parts.length === 0) return [];
  const verb = views + skipped === 1 ? 'stays' : 'stay';
  return [
    `On ${shortTargetName(target.kind)} ${parts.join(' and ')} ${verb} behind; see ${sectionName('Findings', part)}.`,
  ];
}

/** Nobody asked for it, or the server is of another kind: nothing is amiss. */
function isExpected({ reason }: ReadingGap): boolean {
  return reason === 'not-asked' || reason === 'not-supported';
}

function scanSentence({ scans, inventory }: Assessment): string {
  const looked = scans.reduce((sum, { documents }) => sum + documents, 0);
  if (looked === 0) return 'No documents were looked at: what they hold is unknown.';
  const whole = scans.filter(isWhole).length;
  return whole === scans.length
    ? `Every document was looked at (${formatCountOf(looked, 'document')}${looked === totalSize(inventory.collections).documents ? '' : ', as others wrote to the source meanwhile'}).`
    : `${formatCountOf(looked, 'document')} of ${formatCountOf(scans.length, 'collection')} were looked at${whole === 0 ? '' : `, every one of ${formatCountOf(whole, 'collection')}`}; what only other documents hold is unknown.`;
}

type Row = readonly [string, (target: TargetAssessment) => Content];

export function inShort(assessment: Assessment, notes: NoteBook): Section {
  const rows: readonly Row[] = [
    ['Can it be moved?', canBeMoved],
    ['Findings', (target) => prose(findingCounts(target.findings))],
    ['How', how],
    ['Moving the data takes', (target) => duration(target, notes)],
    ['Writes to the source stop for', (target) => writeStop(target, notes)],
    ['What it runs on', (target) => runsOn(target, notes)],
    ['Cost of a month', (target) => monthly(target, notes)],
    ['Cost of the migration, on top of the month', (target) => migration(target, notes)],
  ];
  const columns = ['Question', ...assessment.targets.map(({ target }) => shortTargetName(target.kind))];
  const table: Block = {
    kind: 'table',
    columns: columns.map((title) => ({ title })),
    rows: rows.map(([label, of]) => [prose(label), ...assessment.targets.map(of)]),
  };
  const { source, madeAt } = assessment;
  return section(
    'In short',
    {
      kind: 'pairs',
      pairs: [
        ['Source', prose(`${source.name}: ${clusterSummary(source.cluster)}`)],
        ['Read', prose(time(madeAt))],
        ...assessment.targets.map(({ target }): readonly [string, Cell] => [
          shortTargetName(target.kind),
          prose(
            `version ${target.version}, ${target.probed ? 'as it was found' : 'the newest that the service offers: no target was looked at'}${target.capabilities.length > 0 ? `; with ${target.capabilities.join(', ')}, as you say` : ''}`,
          ),
        ]),
        ...saidPairs(assessment),
      ],
    },
    table,
  );
}

/** As it was given: what it makes of the answer is told where it does. */
function saidPairs({ wants = [], regions, throughput }: Assessment): readonly (readonly [string, Cell])[] {
  return [
    ...(wants.length > 0 ? [['You want', prose(wants.map(targetWishName).join(', '))] as const] : []),
    ...(regions === undefined ? [] : [['Regions, as you say', prose(formatCount(regions))] as const]),
    ...(throughput === undefined ? [] : [['Throughput, as you say', prose(throughputText(throughput))] as const]),
  ];
}

function canBeMoved(target: TargetAssessment): Cell {
  const blockers = countOf(target.findings, 'blocker');
  const warnings = countOf(target.findings, 'warning');
  if (blockers > 0) {
    return { text: `✗ Not as it is: ${formatCountOf(blockers, 'blocker')}`, tone: 'bad' };
  }
  if (warnings > 0) return { text: `! Yes, with ${formatCountOf(warnings, 'warning')} to look at`, tone: 'look' };
  return { text: '✓ Yes', tone: 'good' };
}

function how(target: TargetAssessment): Cell {
  const method = recommendedMethod(target);
  if (!method?.possible) return prose('No method is possible');
  return prose(methodName(method.method));
}

function duration(target: TargetAssessment, notes: NoteBook): Content {
  const estimate = moveDuration(target);
  if (!estimate) return prose('Unknown');
  const { expectedRun, recommendation } = target;
  if (expectedRun) return notes.figure(estimate);
  return { ...notes.figure(estimate), notes: notes.reasons(recommendation.assumptions) };
}

function writeStop(target: TargetAssessment, notes: NoteBook): Content {
  if (!recommendedMethod(target)?.possible) return prose('Unknown');
  if (!hasToStopWrites(target)) return prose('The cutover alone: changes are followed until then');
  const whole = wholeRun(target);
  if (!whole) return prose('All of it, building the indexes and checking every document included');
  return [notes.figure(whole), prose(', indexes and check included')];
}

function runsOn({ ru, vcore }: TargetAssessment, notes: NoteBook): Content {
  if (vcore) {
    const shards = vcore.shards === 1 ? 'one shard' : `${vcore.shards} shards`;
    const ha = vcore.highAvailability ? 'with high availability' : 'without high availability';
    return {
      text: `${vcore.tier}, ${shards}, ${vcore.storageGib} GiB of storage each, ${ha}`,
      notes: notes.assumptions([...vcore.workingSet.assumptions, ...vcore.storage.assumptions]),
    };
  }
  if (!ru) return prose('As it is');
  return [
    { ...notes.figure(ru.steady), text: `${estimateText(ru.steady)} every day` },
    { ...notes.figure(ru.migrationThroughput), text: `; ${estimateText(ru.migrationThroughput)} while it is copied` },
  ];
}

function monthly(target: TargetAssessment, notes: NoteBook): Content {
  const { cost } = target;
  if (!cost) return prose('Unknown');
  const priced = pricedOptions(cost);
  if (priced.length === 0) return prose('No price is known: put yours into a file of prices.');
  return priced.map(({ id, monthly: amount }, i): Cell => ({
    text: `${formatMoney(amount, cost.currency)}: ${costOptionName(id)}`,
    notes: notes.assumptions(amount.assumptions),
    ...(i === 0 ? {} : { newLine: true }),
  }));
}

/** By each way of paying, in the order of the months': one figure would be one of several. */
function migration({ cost }: TargetAssessment, notes: NoteBook): Content {
  if (!cost) return prose('Unknown');
  const priced = pricedOptions(cost).flatMap(({ id, migration: once }) => (once ? [{ id, once }] : []));
  if (priced.length === 0) return prose('No price is known.');
  return priced.map(({ id, once }, i): Cell => ({
    text: `${formatMoney(once, cost.currency)}: ${costOptionName(id)}`,
    notes: notes.assumptions(once.assumptions),
    ...(i === 0 ? {} : { newLine: true }),
  }));
}
