/** What an insert costs on an RU target: measured by inserting a few documents of the source, which the user must have agreed to. */
import { rawId } from '../core/bson/raw-document.js';
import { MigrationError } from '../core/model/error.js';
import type { ClusterInventory, CollectionFacts } from '../core/model/facts.js';
import { renameNamespace, type NamespaceSelection } from '../core/model/namespace.js';
import { MIB } from '../core/model/units.js';
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

/** What the probe writes at most. */
const SAMPLES = 20;
/** Larger ones an RU account may refuse. Source: learn.microsoft.com/azure/cosmos-db/concepts-limits. */
const LARGEST_SAMPLE = 2 * MIB;

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
  const samples = await readSamples(question.source, collections, interruption.signal);
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
    `May a scratch collection be made on the target, to measure what an insert of yours costs? ${SAMPLES} documents are inserted and the ` +
    'collection is dropped again; Azure charges its least throughput for an hour. Without it the published table is used.';
  return prompts.confirm(question, interruption.signal);
}

/** Documents of all collections in proportion to their numbers, so that the mean is that of the whole. */
async function readSamples(
  source: ConnectedCluster,
  collections: readonly CollectionFacts[],
  signal: AbortSignal,
): Promise<readonly Buffer[]> {
  const total = collections.reduce((sum, c) => sum + c.documents, 0);
  const largestFirst = [...collections].sort((a, b) => b.documents - a.documents);
  const samples = new Map<string, Buffer>();
  for (const { ns, documents } of largestFirst) {
    const size = Math.min(SAMPLES - samples.size, Math.max(1, Math.round((documents / total) * SAMPLES)));
    if (size <= 0 || documents === 0) break;
    const command = { aggregate: ns.coll, pipeline: [{ $sample: { size } }], cursor: {} };
    try {
      for await (const batch of source.session.streamRaw(ns.db, command, { signal })) {
        for (const document of batch.documents) {
          const id = rawId(document);
          // One scratch collection takes them all: an `_id` can be there once.
          if (id && document.length <= LARGEST_SAMPLE) samples.set(id.toString('hex'), document);
        }
      }
    } catch (error) {
      // What may not be read is told by the size analysis; the others are enough.
      if (!MigrationError.is(error, 'missing-privilege') && !MigrationError.is(error, 'command-failed')) throw error;
    }
  }
  return [...samples.values()];
}
