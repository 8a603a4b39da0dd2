/** What an insert costs on an RU target: measured by inserting a few documents of the source, which the user must have agreed to. */
import { CHARGE_SAMPLES, chargeSamples } from '../assembly/charge-samples.js';
import type { ClusterInventory } from '../core/model/facts.js';
import { renameNamespace, type NamespaceSelection } from '../core/model/namespace.js';
import { selectedCollections } from '../core/plan/make-plan.js';
import { dataCollections } from '../core/size/totals.js';
import { formatDuration, formatRu } from '../words/sizes.js';
import type { MeasuredCharge } from '../adapters/mongo/measure-charge.js';
import type { CommandContext, ConnectedCluster } from './context.js';

export interface ChargeQuestion {
  readonly source: ConnectedCluster;
  readonly target: ConnectedCluster;
  readonly inventory: ClusterInventory;
  readonly selection: NamespaceSelection;
  /** Undefined: not said. */
  readonly consent: boolean | undefined;
}

/**
 * Measures where the user agrees, by the option or at a prompt; undefined otherwise, and where there is nothing to measure with.
 * @throws MigrationError of reading the source and of writing to the target.
 */
export async function measuredCharge(
  question: ChargeQuestion,
  context: CommandContext,
): Promise<MeasuredCharge | undefined> {
  const { output, prompts, interruption, adapters } = context;
  const collections = dataCollections(selectedCollections(question.inventory, question.selection));
  const first = collections.find((c) => c.documents > 0);
  if (!first || question.consent === false) return undefined;
  const agreed = question.consent === true || (prompts.possible && !output.json && (await ask(context)));
  if (!agreed) return undefined;
  const samples = await chargeSamples(question.source, collections, interruption.signal);
  if (samples.length === 0) return undefined;
  const { db } = renameNamespace(question.selection, first.ns);
  const measured = await adapters.measureInsertCharge(question.target, {
    consent: true,
    database: db,
    samples,
    signal: interruption.signal,
  });
  output.note(
    `Measured on the target: ${formatRu(measured.ruPerDocument)} per document, ${formatDuration(measured.latencyMs)} per insert (${measured.samples} documents, removed again).`,
  );
  return measured;
}

function ask({ prompts, interruption }: CommandContext): Promise<boolean> {
  const question =
    `May a scratch collection be made on the target, to measure what an insert of yours costs? ${CHARGE_SAMPLES} documents are inserted and the ` +
    'collection is dropped again; Azure charges its least throughput for an hour. Without it the published table is used.';
  return prompts.confirm(question, interruption.signal);
}
