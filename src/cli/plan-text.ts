/** A plan for people: what goes where, what changes on the way, what stays behind, and the numbers. */
import { formatNamespace, sameNamespace } from '../core/model/namespace.js';
import { isFiles, travelOf, type Plan, type PlannedCollection, type PlannedIndex } from '../core/model/plan.js';
import { asCarriedOut } from '../core/plan/carried-out.js';
import type { PlannedRaises } from '../core/plan/plan-raises.js';
import { isLeftOutByUser, splitWhys, TRANSFORM_INDEX_WHYS } from '../core/plan/whys.js';
import { droppedOptionSentence, fateSentence, notMigratedSentence } from '../words/fates.js';
import { ceilingsText } from '../words/ceilings.js';
import { handoffLines, handoffPace } from '../words/handoffs.js';
import { methodName } from '../words/methods.js';
import { formatBytes, formatCount } from '../words/sizes.js';
import { readConcernText, transformPhrases } from '../words/transforms.js';
import { raiseEffectSentence, raiseSentence, unknownThroughputSentence } from '../words/throughput.js';
import { tuningSentence } from '../words/tuning.js';
import { table, type Column } from './table.js';
import { planConflictsSentence, travelLosses, travelSentence, verificationName } from '../words/choices.js';
import { targetName, throughputText } from '../words/clusters.js';
import { bullet, heading, labelled, plural } from './text-blocks.js';

const COLUMNS: readonly Column[] = [
  { title: 'collection', most: 44 },
  { title: 'documents', align: 'right' },
  { title: 'data', align: 'right' },
  { title: 'indexes', align: 'right' },
  { title: 'on the target' },
];

/** `told`: namespaces (on the source) whose losses are told elsewhere, with remedies. */
export function planLines(plan: Plan, width: number, told: ReadonlySet<string> = new Set()): string[] {
  const { verification } = asCarriedOut(plan);
  return [
    ...heading('Plan'),
    ...labelled(
      [
        ['from', plan.source.name],
        ['to', isFiles(plan.target) ? plan.target.name : `${plan.target.name}: ${targetName(plan.targetKind)}`],
        ['method', methodName(plan.method)],
        ...(plan.method === 'export-import' ? ([['documents as', travelSentence(travelOf(plan))]] as const) : []),
        ...handoffLines(plan.handoff),
        ['size', planSize(plan)],
        ['verification', verificationName(verification.depth)],
        ...(isFiles(plan.target) ? [] : ([['conflicts', planConflictsSentence(plan)]] as const)),
        ...(plan.readConcern === undefined ? [] : [['read concern', readConcernText(plan.readConcern)] as const]),
        ...throughputNotSaid(plan),
      ],
      width,
    ),
    '',
    ...table(COLUMNS, plan.collections.map(collectionRow), '  '),
    ...textLines(plan, width),
    ...transformLines(plan, width),
    ...indexLines(plan, width, told),
    ...changeLines(plan, width, told),
    ...paceLines(plan, width),
  ];
}

function textLines(plan: Plan, width: number): string[] {
  if (plan.method !== 'export-import') return [];
  const travel = travelOf(plan);
  const mark = travel.format === 'csv' ? '!' : '·';
  const fields = plan.collections.flatMap((c) =>
    c.fields === undefined ? [] : bullet('·', `${formatNamespace(c.source)}: ${c.fields.join(', ')}`, width),
  );
  return [
    ...heading(travel.format === 'csv' ? 'What CSV loses' : 'What text changes'),
    ...travelLosses(travel).flatMap((text) => bullet(mark, text, width)),
    ...(fields.length === 0 ? [] : [...heading('Fields that are exported'), ...fields]),
  ];
}

/** What raising the throughput brings with it: to be read before the plan is run. */
export function raiseLines({ raises, unknown }: PlannedRaises, width: number): string[] {
  const effects = raises.flatMap((raise) => raise.effects);
  return [
    ...heading('Throughput while it is copied: read this before you run the plan'),
    ...(effects.length + unknown.length === 0
      ? bullet('·', 'Nothing is raised: every collection has as much already, or can have no more.', width)
      : []),
    ...effects.flatMap((effect) => bullet('!', raiseEffectSentence(effect), width)),
    ...unknown.flatMap((ns) => bullet('·', unknownThroughputSentence(ns), width)),
  ];
}

/** A direct copy has no numbers that are set before, but for limits: it measures. */
function paceLines(plan: Plan, width: number): string[] {
  if (isFiles(plan.target)) return [];
  if (plan.method === 'direct-copy') {
    return [
      ...heading(`Pace: found while copying${plan.ceilings ? `, ${ceilingsText(plan.ceilings)}` : ''}`),
      ...(plan.throughputRaises ?? []).flatMap((raise) => bullet('!', raiseSentence(raise), width)),
      ...bullet(
        '·',
        plan.targetKind === 'cosmos-ru'
          ? 'As many documents at once as the request units allow, by what the target charges for them.'
          : 'As many batches at once as the target takes before its answers get slower.',
        width,
      ),
    ];
  }
  if (plan.handoff) return heading(`Pace: ${handoffPace(plan.handoff, plan)}`);
  return [
    ...heading(
      `Pace: batches of ${plan.tuning.batchSize}, ${plan.tuning.insertionWorkers} ${plural(plan.tuning.insertionWorkers, 'worker')}, ` +
        `${plan.tuning.parallelCollections} ${plural(plan.tuning.parallelCollections, 'collection')} at a time`,
    ),
    ...plan.tuning.explanation.flatMap((item) => bullet('·', tuningSentence(item), width)),
  ];
}

function throughputNotSaid(plan: Plan): [string, string][] {
  const open = plan.collections.filter((c) => !c.options.view && !c.throughput).length;
  if (plan.targetKind !== 'cosmos-ru' || open === 0) return [];
  return [
    [
      'throughput',
      `not said for ${formatCount(open)} ${plural(open, 'collection')}: a new one gets what the account gives by itself, ` +
        'often 400 RU/s, which is slow. --throughput says more',
    ],
  ];
}

function planSize(plan: Plan): string {
  const data = plan.collections.filter((c) => !c.options.view);
  const views = plan.collections.length - data.length;
  const documents = data.reduce((sum, c) => sum + c.documents, 0);
  const bytes = data.reduce((sum, c) => sum + c.logicalBytes, 0);
  const and = views > 0 ? ` and ${views} ${plural(views, 'view')}` : '';
  return `${formatCount(data.length)} ${plural(data.length, 'collection')}${and}, ${formatCount(documents)} documents, ${formatBytes(bytes)}`;
}

function collectionRow(c: PlannedCollection): string[] {
  const created = c.indexes.filter((i) => i.fate.kind !== 'skip').length;
  const indexes = created === c.indexes.length ? String(created) : `${created} of ${c.indexes.length}`;
  const target = [
    ...(sameNamespace(c.source, c.target) ? [] : [`as ${formatNamespace(c.target)}`]),
    ...(c.options.view ? [`view on ${c.options.view.on}`] : []),
    ...(c.options.capped ? ['capped'] : []),
    ...(c.shardKey ? [`sharded by ${c.shardKey.map(([path]) => path).join(', ')}`] : []),
    ...(c.throughput ? [throughputText(c.throughput)] : []),
    ...(c.deadLetterOver === undefined ? [] : [`documents over ${formatBytes(c.deadLetterOver)} kept aside`]),
  ];
  const counts = c.options.view ? ['', '', ''] : [formatCount(c.documents), formatBytes(c.logicalBytes), indexes];
  return [formatNamespace(c.source), ...counts, target.join(', ')];
}

/** Told in full: it is what the user has asked for. */
function transformLines(plan: Plan, width: number): string[] {
  const lines = plan.collections.flatMap(({ source, transform }) =>
    transform
      ? transformPhrases(transform).flatMap((phrase) => bullet('·', `${formatNamespace(source)}: ${phrase}`, width))
      : [],
  );
  return lines.length === 0 ? [] : [...heading('What is changed on the way, as you asked'), ...lines];
}

/** Findings know nothing of what the plan does to fields, nor of what the user leaves out. */
const BY_TRANSFORM: ReadonlySet<string> = new Set(TRANSFORM_INDEX_WHYS);

function isByTransform({ fate }: PlannedIndex): boolean {
  if (fate.kind === 'create') return false;
  return isLeftOutByUser(fate.why) || splitWhys(fate.why).some((why) => BY_TRANSFORM.has(why));
}

function indexLines(plan: Plan, width: number, told: ReadonlySet<string>): string[] {
  const changed = plan.collections.flatMap((c) =>
    c.indexes
      .filter((i) => i.fate.kind !== 'create' && (!told.has(formatNamespace(c.source)) || isByTransform(i)))
      .map((i) => ({
        mark: i.fate.kind === 'skip' ? '✗' : '!',
        text: `${formatNamespace(c.source)}: ${fateSentence(i)}`,
      })),
  );
  if (changed.length === 0) return [];
  return [
    ...heading('Indexes that do not go over as they are'),
    ...changed.flatMap(({ mark, text }) => bullet(mark, text, width)),
  ];
}

function changeLines(plan: Plan, width: number, told: ReadonlySet<string>): string[] {
  const dropped = plan.collections.flatMap((c) =>
    told.has(formatNamespace(c.source))
      ? []
      : c.droppedOptions.flatMap((d) =>
          bullet('!', `${formatNamespace(c.source)}: ${droppedOptionSentence(d)}`, width),
        ),
  );
  const left = plan.notMigrated
    .filter((n) => !told.has(formatNamespace(n.source)))
    .flatMap((n) =>
      bullet(n.why === 'system' ? '·' : '!', `${formatNamespace(n.source)}: ${notMigratedSentence(n)}`, width),
    );
  return [
    ...(dropped.length > 0 ? [...heading('Options that the target does not have'), ...dropped] : []),
    ...(left.length > 0 ? [...heading('What stays behind'), ...left] : []),
  ];
}
