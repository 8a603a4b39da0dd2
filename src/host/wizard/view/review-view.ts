import type { Finding } from '../../../core/model/finding.js';
import { formatNamespace } from '../../../core/model/namespace.js';
import { travelOf, type PlannedCollection, type PlannedIndex } from '../../../core/model/plan.js';
import { asCarriedOut, carrierOf, isOverEmptyOnly, isSparkTransform } from '../../../core/plan/carried-out.js';
import { planId } from '../../../core/plan/plan-id.js';
import type { ReviewLine, SaidOf, WizardView } from '../../../protocol/wizard.js';
import { ceilingsText } from '../../../words/ceilings.js';
import { raiseSentence } from '../../../words/throughput.js';
import { planConflictsSentence, travelSentence, verificationName } from '../../../words/choices.js';
import { targetName, throughputText } from '../../../words/clusters.js';
import { droppedOptionSentence, fateSentence, notMigratedSentence } from '../../../words/fates.js';
import { findingSentence } from '../../../words/findings.js';
import { handoffLines, handoffPace, handoffSteps } from '../../../words/handoffs.js';
import { methodName } from '../../../words/methods.js';
import { formatBytes, formatCountOf } from '../../../words/sizes.js';
import type { PlanDraft } from '../model/derive.js';
import type { Translate } from '../../translate.js';
import { durationText } from './methods-view.js';
import { saidOf } from './said-of.js';
import type { StepInput } from './wizard-model.js';

export function reviewView(input: StepInput): WizardView['review'] {
  const { state, derived, t } = input;
  const { plan, decisions } = derived;
  if (!plan) return { lines: [], actions: [], notMigrated: [], needsConsent: false };
  const blockers = decisions?.findings.filter((f) => f.severity === 'blocker').length ?? 0;
  const raises = plan.throughputRaises ?? [];
  const consents = [
    ...(blockers > 0
      ? [
          t(
            'I have read the {0}: what they name does not reach the target as it is. Migrate the rest.',
            formatCountOf(blockers, 'blocker'),
          ),
        ]
      : []),
    ...(raises.length > 0
      ? [t('I have read what raising the throughput costs, and what of it stays for good (step Tuning).')]
      : []),
  ];
  return {
    lines: lines(plan, input),
    actions: actions(plan, t),
    notMigrated: leftOut(plan, decisions?.findings ?? [], t),
    ...(state.saved !== undefined && state.saved.planId === planId(plan) ? { savedAs: state.saved.path } : {}),
    needsConsent: consents.length > 0 && !state.consent,
    ...(consents.length > 0 ? { consentText: consents.join(' ') } : {}),
  };
}

function dataOf(plan: PlanDraft): readonly PlannedCollection[] {
  return plan.collections.filter((c) => !c.options.view);
}

function lines(plan: PlanDraft, input: StepInput): ReviewLine[] {
  const { t, derived } = input;
  const line = (label: string, value: string): ReviewLine => ({ label, value });
  const data = dataOf(plan);
  const documents = data.reduce((sum, c) => sum + c.documents, 0);
  const bytes = data.reduce((sum, c) => sum + c.logicalBytes, 0);
  const method = derived.decisions?.recommendation.ranked.find((m) => m.method === plan.method);
  const { verification } = asCarriedOut(plan);
  return [
    line(t('From'), plan.source.name),
    line(t('To'), `${plan.target.name}: ${targetName(plan.targetKind)}`),
    line(t('Method'), methodName(plan.method)),
    ...(plan.method === 'export-import' ? [line(t('Documents as'), documentsAs(plan, input))] : []),
    ...handoffLines(plan.handoff).map(([label, value]) => line(capital(label), value)),
    line(
      t('Size'),
      [formatCountOf(data.length, 'collection'), formatCountOf(documents, 'document'), formatBytes(bytes)].join(', '),
    ),
    ...(method ? [line(t('Moving the data takes'), durationText(method, input))] : []),
    ...throughputLine(plan, t),
    ...paceLines(plan, t),
    line(t('Conflicts'), planConflictsSentence(plan)),
    line(t('Verification'), verificationName(verification.depth)),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function documentsAs(plan: PlanDraft, { state, t }: StepInput): string {
  const sentence = travelSentence(travelOf(plan));
  return state.wishes.wantsFiles === 'csv'
    ? `${sentence}. ${t('CSV files are made by the command line (plan --to-files ... --format csv).')}`
    : sentence;
}

function paceLines(plan: PlanDraft, t: Translate): ReviewLine[] {
  const { batchSize, insertionWorkers, parallelCollections } = plan.tuning;
  const atATime = t('{0} at a time', formatCountOf(parallelCollections, 'collection'));
  if (plan.method === 'direct-copy') {
    const limits = plan.ceilings ? ceilingsText(plan.ceilings) : t('as fast as source and target allow');
    return [{ label: t('Pace'), value: [limits, atATime].join(', ') }];
  }
  if (plan.handoff) return [{ label: t('Pace'), value: handoffPace(plan.handoff, plan) }];
  const parts = [
    t('batches of {0}', formatCountOf(batchSize, 'document')),
    formatCountOf(insertionWorkers, 'worker'),
    atATime,
  ];
  return [{ label: t('Pace'), value: parts.join(', ') }];
}

function throughputLine(plan: PlanDraft, t: Translate): ReviewLine[] {
  if (plan.targetKind !== 'cosmos-ru') return [];
  const kinds = new Map<string, number>();
  for (const { throughput } of dataOf(plan)) {
    const text = throughput ? throughputText(throughput) : t('what the account gives by itself');
    kinds.set(text, (kinds.get(text) ?? 0) + 1);
  }
  if (kinds.size === 0) return [];
  const sorted = [...kinds].sort(([, a], [, b]) => b - a);
  const value =
    sorted.length === 1
      ? (sorted[0]?.[0] ?? '')
      : sorted.map(([text, count]) => t('{0} for {1}', text, formatCountOf(count, 'collection'))).join('; ');
  return [{ label: t('Throughput of new collections'), value }];
}

/** In the order in which the run does it. */
function actions(plan: PlanDraft, t: Translate): string[] {
  const data = dataOf(plan);
  const views = plan.collections.length - data.length;
  const indexes = (when: string): number =>
    data.reduce((sum, c) => sum + c.indexes.filter((i) => i.fate.kind !== 'skip' && i.fate.when === when).length, 0);
  const documents = data.reduce((sum, c) => sum + c.documents, 0);
  const { conflictPolicy, verification } = asCarriedOut(plan);
  const [before, after, last] = [indexes('before-data'), indexes('after-data'), indexes('after-verification')];
  return [
    data.length === 1
      ? t('Makes the collection, unless it is there already.')
      : t('Makes {0}, but for those that are there already.', formatCountOf(data.length, 'collection')),
    ...(plan.throughputRaises ?? []).map(raiseSentence),
    ...(before > 0 ? [t('Makes {0} before the data.', formatCountOf(before, 'index', 'indexes'))] : []),
    ...(plan.handoff?.kind === 'studio-3t' ? [] : handoffSteps(plan.handoff, plan.targetKind)),
    copyAction(plan, formatCountOf(documents, 'document'), t),
    ...(after > 0 ? [t('Builds {0}.', formatCountOf(after, 'index', 'indexes'))] : []),
    ...(views > 0 ? [t('Makes {0}.', formatCountOf(views, 'view'))] : []),
    verification.depth === 'full'
      ? plan.method === 'direct-copy'
        ? t('Reads the target and compares every document with what was read while copying.')
        : t('Reads both sides and compares every document byte by byte.')
      : t('Compares the numbers of documents.'),
    ...(last > 0
      ? [t('Builds {0} by which documents expire, last of all.', formatCountOf(last, 'index', 'indexes'))]
      : []),
    conflictPolicy === 'overwrite' && plan.method === 'dms'
      ? t('May replace documents of the target that have the same _id; deletes nothing.')
      : conflictPolicy === 'overwrite'
        ? t('Replaces documents of the target that have the same _id and other content; deletes nothing.')
        : t('Deletes nothing.'),
  ];
}

function copyAction({ method, handoff }: PlanDraft, documents: string, t: Translate): string {
  if (handoff?.kind === 'studio-3t')
    return t(
      'Waits while you copy {0} with Studio 3T, by steps that it writes down, until you say that it is done.',
      documents,
    );
  if (isSparkTransform(handoff)) return t('Writes {0} as rows of DataFrames, which change types.', documents);
  if (isOverEmptyOnly(method)) return t('Copies {0}.', documents);
  return t('Copies {0}; those that are there already with equal content are left as they are.', documents);
}

/** Documents that the target is known to refuse. */
const DEAD_LETTERS: ReadonlySet<string> = new Set(['document-over-2mb', 'document-over-16mb']);
/** What the target has no room for: the plan goes for all of it, and part of it will be refused. */
const NO_ROOM: ReadonlySet<string> = new Set([
  'unsharded-over-20gb',
  'too-many-namespaces-ru',
  'too-many-collections-vcore',
]);

/** What is the same of many is said once. */
function leftOut(plan: PlanDraft, findings: readonly Finding[], t: Translate): SaidOf[] {
  const places = new Map<string, string[]>();
  const say = (sentence: string, ...names: readonly string[]): void => {
    const others = places.get(sentence);
    if (others) others.push(...names);
    else places.set(sentence, [...names]);
  };
  for (const finding of findings) {
    const names = finding.ns ? [formatNamespace(finding.ns)] : [];
    if (DEAD_LETTERS.has(finding.rule)) {
      const sentence = findingSentence(finding);
      say(tooLarge(plan, sentence, t), ...names);
    }
    if (NO_ROOM.has(finding.rule)) say(t('What finds no room: {0}', findingSentence(finding)), ...names);
  }
  for (const one of plan.notMigrated) say(notMigratedSentence(one), formatNamespace(one.source));
  for (const c of plan.collections) {
    const name = formatNamespace(c.source);
    for (const option of c.droppedOptions) say(droppedOptionSentence(option), name);
    for (const index of c.indexes) if (isSkipped(index)) say(t('Index {0}', fateSentence(index)), name);
  }
  return [...places].map(([sentence, names]) => saidOf(sentence, names));
}

function tooLarge(plan: PlanDraft, sentence: string, t: Translate): string {
  switch (carrierOf(plan)) {
    case 'dataframes':
      return t('Documents too large for the target, at which the job fails: {0}', sentence);
    case 'dms':
      return t('Documents too large for the target, which the service does not keep: {0}', sentence);
    case 'studio-3t':
    case undefined:
      return t('Documents too large for the target, kept aside as dead letters: {0}', sentence);
  }
}

function isSkipped({ fate }: PlannedIndex): boolean {
  return fate.kind === 'skip';
}
