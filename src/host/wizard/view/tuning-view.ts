import type { Tuning } from '../../../core/model/plan.js';
import { copyNumbers, isOverEmptyOnly } from '../../../core/plan/carried-out.js';
import { ACCOUNT_CAPABILITIES, type AccountCapability } from '../../../core/plan/target.js';
import {
  READ_PREFERENCES,
  type ConflictChoice,
  type ReadPreferenceChoice,
  type TuningField,
  type TuningFieldId,
  type WizardView,
} from '../../../protocol/wizard.js';
import { planConflictsSentence, verificationName } from '../../../words/choices.js';
import { tuningSentence } from '../../../words/tuning.js';
import type { Translate } from '../../translate.js';
import { methodOf } from '../model/derive.js';
import { boundsOf, type Bounds } from '../model/tuning-bounds.js';
import {
  directExplanation,
  directFields,
  directNotes,
  isDirect,
  isOwn,
  ownCommandLine,
  raiseEffects,
  trialView,
} from './direct-copy-view.js';
import { handoffView } from './handoff-view.js';
import { throughputView } from './throughput-view.js';
import type { StepInput } from './wizard-model.js';

const CONFLICTS: readonly ConflictChoice[] = ['fail', 'skip', 'overwrite', 'dead-letter'];
const DEPTHS = ['full', 'counts'] as const;
/** Lines and characters that a preview shows; copying gives all. */
const MOST_LINES = 100;
const LONGEST_LINE = 2000;

export function tuningView(input: StepInput): WizardView['tuning'] {
  const { state, derived, t } = input;
  const tuning = derived.decisions?.tuning;
  const isMetered = derived.target?.kind === 'cosmos-ru';
  return {
    fields: tuning ? fieldsOf(tuning, input) : [],
    notes: directNotes(input),
    ...handoffView(input),
    raiseEffects: raiseEffects(input),
    preview: preview(input),
    previewNote: isOwn(input)
      ? t('The same in a terminal, with the saved plan. Passwords are asked for there, or found where the plan says.')
      : t('What is run, as it stands now. Passwords are never part of it.'),
    ...trialView(input),
    canMeasure: isMetered && (derived.plan?.collections.some((c) => c.documents > 0) ?? false),
    ...(isMetered ? { throughput: throughputView(input), capabilities: capabilities(input) } : {}),
    conflicts: {
      value: state.conflictPolicy,
      choices: conflictChoices(input),
    },
    verification: {
      value: state.verification,
      choices: DEPTHS.map((value) => ({ value, label: depthLabel(value, t) })),
    },
    readPreference: {
      value: state.readPreference,
      choices: READ_PREFERENCES.map((value) => ({ value, label: readPreferenceLabel(value, t) })),
    },
  };
}

function depthLabel(depth: (typeof DEPTHS)[number], t: Translate): string {
  return depth === 'full' ? capital(verificationName(depth)) : t('Counts only: the run then ends with a finding');
}

function readPreferenceLabel(value: ReadPreferenceChoice, t: Translate): string {
  const labels: Readonly<Record<ReadPreferenceChoice, string>> = {
    primary: t('The primary'),
    primaryPreferred: t('The primary, a secondary where there is none'),
    secondary: t('A secondary'),
    secondaryPreferred: t('A secondary, the primary where there is none'),
    nearest: t('The nearest member'),
  };
  return labels[value];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function capabilities({ state, t }: StepInput): NonNullable<WizardView['tuning']['capabilities']> {
  const labels: Readonly<Record<AccountCapability, string>> = {
    EnableMongo16MBDocumentSupport: t('Documents up to 16 MB (EnableMongo16MBDocumentSupport)'),
    EnableUniqueCompoundNestedDocs: t('Compound and unique indexes on nested fields (EnableUniqueCompoundNestedDocs)'),
    EnableTtlOnCustomPath: t('Expiry by any date field (EnableTtlOnCustomPath)'),
    EnablePartialUniqueIndex: t('Unique indexes with a filter (EnablePartialUniqueIndex)'),
    EnableMongoRetryableWrites: t('Writes that drivers may repeat (EnableMongoRetryableWrites)'),
  };
  return ACCOUNT_CAPABILITIES.map((id) => ({ id, label: labels[id], on: state.capabilities.includes(id) }));
}

function conflictChoices({ state, derived }: StepInput): WizardView['tuning']['conflicts']['choices'] {
  const method = methodOf(state.method, derived.decisions);
  const { conflictPolicy: chosen } = state;
  // What comes to the same is offered once.
  const others = isOverEmptyOnly(method)
    ? ([chosen === 'overwrite' ? 'fail' : chosen, 'overwrite'] as const)
    : CONFLICTS;
  const verification = { depth: state.verification };
  return others.map((value) => ({
    value,
    label: capital(planConflictsSentence({ method, conflictPolicy: value, verification })),
  }));
}

function preview(input: StepInput): readonly string[] {
  const { derived, commandLines, t } = input;
  if (isOwn(input)) return ownCommandLine(input);
  if (!derived.plan || !commandLines) return [];
  const lines = commandLines(derived.plan);
  const shown = lines
    .slice(0, MOST_LINES)
    .map((line) => (line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} …` : line));
  return lines.length > MOST_LINES ? [...shown, t('… and {0} more', lines.length - MOST_LINES)] : shown;
}

function fieldsOf(tuning: Tuning, input: StepInput): TuningField[] {
  const { t } = input;
  const ru =
    tuning.target === 'ru'
      ? [
          field('ruPerSecond', t('Throughput of each collection'), 'RU/s', tuning.ruPerSecond ?? 0, input),
          field('ruPerDocument', t('Charge of a document'), 'RU', tuning.ruPerDocument ?? 0, input),
        ]
      : [];
  const parallel = field('parallelCollections', t('Collections at a time'), '', tuning.parallelCollections, input);
  if (isDirect(input)) {
    const own = directFields(input).map(({ id, label, unit, value }) => field(id, label, unit, value, input));
    return [...ru, ...own, parallel];
  }
  const { state, derived } = input;
  const method = methodOf(state.method, derived.decisions);
  const numbers = derived.target ? copyNumbers({ method, targetKind: derived.target.kind }) : [];
  return [
    ...ru,
    ...(numbers.includes('batchSize')
      ? [
          field('latencyMs', t('Time of a write'), 'ms', tuning.latencyMs, input),
          field('batchSize', t('Batch'), t('documents'), tuning.batchSize, input),
          field('insertionWorkers', t('Workers for each collection'), '', tuning.insertionWorkers, input),
        ]
      : []),
    ...(numbers.includes('parallelCollections') ? [parallel] : []),
  ];
}

function field(id: TuningFieldId, label: string, unit: string, value: number, input: StepInput): TuningField {
  const { state } = input;
  const bounds = boundsOf(id, state.throughput, state.target?.facts);
  const refused = state.refused[id];
  return {
    id,
    label,
    unit,
    // Two digits are more than a charge or a latency is known to.
    value: Math.round(value * 100) / 100,
    min: bounds.min,
    max: bounds.max,
    step: bounds.step,
    origin: originOf(id, input),
    explanation: explanationOf(id, input),
    ...workingsOf(id, input),
    ...(refused === undefined ? {} : { problem: boundsSentence(refused, bounds, input.t) }),
  };
}

function boundsSentence(value: number, { min, max, step, exact }: Bounds, t: Translate): string {
  const said = String(value);
  if (exact && step > 1) return t('{0} cannot be used: from {1} to {2} in steps of {3}.', said, min, max, step);
  if (exact) return t('{0} cannot be used: a whole number from {1} to {2}.', said, min, max);
  return t('{0} cannot be used: a number from {1} to {2}.', said, min, max);
}

function originOf(id: TuningFieldId, { state, derived, settings }: StepInput): TuningField['origin'] {
  if (state.tuning[id] !== undefined) return 'user';
  if (id === 'insertionWorkers' && settings.insertionWorkers !== undefined) return 'user';
  if (id === 'latencyMs') return 'measured';
  return id === 'ruPerDocument' && derived.measured ? 'measured' : 'computed';
}

function explanationOf(id: TuningFieldId, input: StepInput): string {
  const { state, derived, settings, t } = input;
  const isSaid = state.tuning[id] !== undefined;
  switch (id) {
    case 'ruPerSecond':
      return rateSentence(input);
    case 'ruPerDocument':
      if (isSaid) return t('Said by you.');
      return derived.measured
        ? t('Measured by inserting {0} documents of the source.', derived.measured.samples)
        : t('By the published table, for the average document and its unique indexes. Measuring says more.');
    case 'latencyMs':
      return [latencySentence(isSaid, input), notes(input, ['latency-'])].filter((text) => text !== '').join(' ');
    case 'batchSize':
      return sentences(input, ['batch-']).at(-1) ?? '';
    case 'insertionWorkers':
      return !isSaid && settings.insertionWorkers !== undefined ? t('From the settings.') : notes(input, ['workers-']);
    case 'parallelCollections':
      return notes(input, ['parallel-', 'budget-']);
    case 'sourceConnections':
    case 'maxRuPerSecond':
    case 'maxMbPerSecond':
    case 'maxDocumentsPerSecond':
    case 'raiseRuPerSecond':
      return directExplanation(id, input);
  }
}

function latencySentence(isSaid: boolean, { derived, t }: StepInput): string {
  if (isSaid) return t('Said by you.');
  return derived.measured ? t('Measured: the median of the inserts.') : t('Measured: the median of a few pings.');
}

function rateSentence({ state, t }: StepInput): string {
  switch (state.throughput) {
    case 'unsaid':
      return t(
        'Not said: a new collection gets what the account gives by itself, often 400 RU/s, which is slow. Say how much it shall have; it can be lowered afterwards.',
      );
    case 'manual':
      return t(
        'Every collection that is made gets this much, and costs it from then on. It can be lowered afterwards.',
      );
    case 'autoscale':
      return t('Every collection that is made scales up to this much.');
    case 'shared':
      return t('All collections of a database share what it has: say how much that is.');
    case 'serverless':
      return t('What a serverless collection takes at most.');
  }
}

/** A batch is found in steps, the last of which counts. */
function workingsOf(id: TuningFieldId, input: StepInput): { workings?: readonly string[] } {
  const steps = id === 'batchSize' ? sentences(input, ['batch-']) : [];
  return steps.length > 1 ? { workings: steps } : {};
}

function notes(input: StepInput, beginnings: readonly string[]): string {
  return sentences(input, beginnings).join(' ');
}

/** What core says of a number, by the beginnings of its notes' ids. */
function sentences({ derived }: StepInput, beginnings: readonly string[]): string[] {
  const explanation = derived.decisions?.tuning?.explanation ?? [];
  return explanation.filter(({ id }) => beginnings.some((beginning) => id.startsWith(beginning))).map(tuningSentence);
}
