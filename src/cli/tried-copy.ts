/** A direct copy tried for a few seconds, as `--trial` asks for it. */
import { MigrationError } from '../core/model/error.js';
import type { ClusterInventory } from '../core/model/facts.js';
import type { NamespaceSelection } from '../core/model/namespace.js';
import type { Plan } from '../core/model/plan.js';
import { selectedCollections } from '../core/plan/make-plan.js';
import { trialAssumptions, trialPace, type Trial } from '../core/size/trial.js';
import { dataCollections } from '../core/size/totals.js';
import { sentenceFor } from '../words/reasons.js';
import type { CommandContext, ConnectedCluster } from './context.js';

export const TRIALS = ['copy', 'read'] as const;
export type TrialKind = (typeof TRIALS)[number];

export interface TrialQuestion {
  readonly source: ConnectedCluster;
  /** Absent where only its kind was named. */
  readonly target: ConnectedCluster | undefined;
  readonly inventory: ClusterInventory;
  readonly selection: NamespaceSelection;
  readonly readPreference: Plan['readPreference'] | undefined;
  /** What the user allows; undefined: no trial. */
  readonly trial: TrialKind | undefined;
}

/**
 * Tries, and says what came of it; undefined where nobody asked, and where there is nothing to try with.
 * @throws MigrationError `bad-option` for a copy without a target; of reading the source and of writing to the target.
 */
export async function triedCopy(question: TrialQuestion, context: CommandContext): Promise<Trial | undefined> {
  const { output, interruption, adapters, clock } = context;
  const { inventory, selection, target, readPreference, trial: kind } = question;
  if (kind === undefined) return undefined;
  if (kind === 'copy' && !target)
    throw new MigrationError('bad-option', { option: '--trial', reason: 'trial-needs-target' });
  output.note(
    kind === 'copy'
      ? 'Copying for up to 5 seconds into a scratch collection of the target, which is dropped again ...'
      : 'Reading the source for up to 5 seconds ...',
  );
  const trial = await adapters.tryDirectCopy(question.source, {
    collections: dataCollections(selectedCollections(inventory, selection)),
    selection,
    ...(readPreference === undefined ? {} : { readPreference }),
    ...(kind === 'copy' && target ? { target } : {}),
    clock,
    signal: interruption.signal,
  });
  if (!trial) {
    output.note('There is no document to try with.');
    return undefined;
  }
  output.note(...trialAssumptions(trial, trialPace(trial)).map(sentenceFor));
  return trial;
}
