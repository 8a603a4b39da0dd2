/** What the step Tuning shows of a direct copy: limits in the place of workers, a trial, throughput raised for its time. */
import { neededTools } from '../../../core/plan/needed-tools.js';
import { RANGE_BYTES, SMALLEST_RANGE_BYTES, sourceConnectionsFor } from '../../../core/tune/direct-copy.js';
import { trialAssumptions, trialPace } from '../../../core/size/trial.js';
import type { TuningFieldId, WizardView } from '../../../protocol/wizard.js';
import { sentenceFor } from '../../../words/reasons.js';
import { formatBytes } from '../../../words/sizes.js';
import { raiseEffectSentence, unknownThroughputSentence } from '../../../words/throughput.js';
import { handoffCommandLine, runCommandLine } from '../../own-command-line.js';
import { methodOf } from '../model/derive.js';
import type { StepInput } from './wizard-model.js';

export type DirectFieldId = Extract<
  TuningFieldId,
  'sourceConnections' | 'maxRuPerSecond' | 'maxMbPerSecond' | 'maxDocumentsPerSecond' | 'raiseRuPerSecond'
>;

export function isDirect({ state, derived }: Pick<StepInput, 'state' | 'derived'>): boolean {
  return methodOf(state.method, derived.decisions) === 'direct-copy';
}

/** No command lines of other tools: the one that does the same in a terminal is ours. */
export function isOwn(input: Pick<StepInput, 'state' | 'derived'>): boolean {
  return neededTools({ method: methodOf(input.state.method, input.derived.decisions) }).length === 0;
}

/** A field's label, unit, value where nobody has said one, and what it means. */
export function directFields(input: StepInput): readonly {
  readonly id: DirectFieldId;
  readonly label: string;
  readonly unit: string;
  readonly value: number;
}[] {
  const { state, derived, t } = input;
  const said = (id: DirectFieldId, otherwise: number): number => state.tuning[id] ?? otherwise;
  const isMetered = derived.target?.kind === 'cosmos-ru';
  const budgets = isMetered ? (derived.decisions?.tuning?.parallelCollections ?? 1) : 1;
  return [
    {
      id: 'sourceConnections',
      label: t('Connections on the source'),
      unit: '',
      value: said('sourceConnections', sourceConnectionsFor(state.source?.inventory.cluster.latencyMs ?? 0, budgets)),
    },
    { id: 'maxMbPerSecond', label: t('At most, by size'), unit: 'MB/s', value: said('maxMbPerSecond', 0) },
    {
      id: 'maxDocumentsPerSecond',
      label: t('At most, by number'),
      unit: t('documents/s'),
      value: said('maxDocumentsPerSecond', 0),
    },
    ...(isMetered
      ? [
          {
            id: 'maxRuPerSecond' as const,
            label: t('At most, by charge'),
            unit: 'RU/s',
            value: said('maxRuPerSecond', 0),
          },
          {
            id: 'raiseRuPerSecond' as const,
            label: t('Raise the throughput while it is copied'),
            unit: 'RU/s',
            value: said('raiseRuPerSecond', 0),
          },
        ]
      : []),
  ];
}

export function directExplanation(id: DirectFieldId, { t }: StepInput): string {
  switch (id) {
    case 'sourceConnections':
      return t('Parts of collections that are read at once, each over a connection of its own.');
    case 'maxMbPerSecond':
    case 'maxDocumentsPerSecond':
    case 'maxRuPerSecond':
      return t('0: no limit. It can be changed while the migration runs.');
    case 'raiseRuPerSecond':
      return t(
        '0: left as it is. Otherwise each collection has this much while it is copied, and is put back whatever becomes of the run. Some of it stays for good: see below.',
      );
  }
}

export function directNotes(input: StepInput): readonly string[] {
  if (!isDirect(input)) return [];
  const { t } = input;
  return [
    t(
      'Collections are read in ranges of {0} to {1}; a run that was stopped goes on within them.',
      formatBytes(SMALLEST_RANGE_BYTES),
      formatBytes(RANGE_BYTES),
    ),
    input.derived.target?.kind === 'cosmos-ru'
      ? t('How many documents are sent at once is found while it copies, by what the target charges for them.')
      : t('How many batches are sent at once is found while it copies, by how fast the target answers.'),
  ];
}

export function raiseEffects({ derived }: StepInput): readonly string[] {
  const { raises } = derived;
  if (!raises) return [];
  return [
    ...raises.raises.flatMap(({ effects }) => effects.map(raiseEffectSentence)),
    ...raises.unknown.map(unknownThroughputSentence),
  ];
}

export function trialView(input: StepInput): Pick<WizardView['tuning'], 'canTry' | 'trial'> {
  const { state, derived } = input;
  const { trial } = derived;
  const hasDocuments =
    state.source?.inventory.collections.some(({ type, documents }) => type === 'collection' && documents > 0) ?? false;
  return {
    canTry: isDirect(input) && hasDocuments && derived.selection !== undefined,
    trial: trial ? trialAssumptions(trial, trialPace(trial)).map(sentenceFor) : [],
  };
}

/** The same on the command line: it takes the plan, once that has been saved. */
export function ownCommandLine({ state, derived }: StepInput): readonly string[] {
  const { plan } = derived;
  if (!plan) return [];
  const path = state.saved?.path ?? `${plan.collections[0]?.source.db ?? 'plan'}.migration.json`;
  return [runCommandLine(path), ...(plan.handoff === undefined ? [] : [handoffCommandLine(path)])];
}
