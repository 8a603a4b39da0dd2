import { clusterOptions, isGiven, sideTitle, type Side } from '../cluster-options.js';
import { clusterSummary } from '../../words/clusters.js';
import { connectTo, resolveCluster } from '../clusters.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { collectionTable, gapLines, sizeSentence } from '../inventory-text.js';
import { inventoryProgress } from '../progress-note.js';
import { selectionFrom } from '../selection-options.js';
import { heading, labelled } from '../text-blocks.js';
import { checkSelection } from '../../core/plan/plan-checks.js';
import type { ClusterInventory } from '../../core/model/facts.js';

/** Measures a cluster without scanning it: documents, bytes, indexes and options of every collection. */
export async function analyze(options: Readonly<Record<string, unknown>>, context: CommandContext): Promise<ExitCode> {
  const { output, env, adapters } = context;
  const selection = selectionFrom(options);
  const width = output.people.columns;
  const sides = (['source', 'target'] as const).filter((side) => isGiven(side, clusterOptions(side, options), env));
  const found: Partial<Record<Side, ClusterInventory>> = {};
  let complete = true;
  for (const side of sides.length > 0 ? sides : (['source'] as const)) {
    const resolved = await resolveCluster(side, clusterOptions(side, options), context);
    await using cluster = await connectTo(resolved, context);
    const inventory = await adapters.readInventory(cluster, {
      selection,
      signal: context.interruption.signal,
      ruThroughput: cluster.facts.kind === 'cosmos-ru',
      onProgress: inventoryProgress(context),
    });
    // The target may lack what the source has: that is what a migration is for.
    if (side === 'source') checkSelection(inventory, { selection });
    found[side] = inventory;
    if (inventory.failed.length > 0) complete = false;
    output.say(
      ...heading(`${sideTitle(side)} ${resolved.reference.name}`),
      ...labelled(
        [
          ['what', clusterSummary(cluster.facts)],
          ['size', sizeSentence(inventory.collections)],
        ],
        width,
      ),
      ...(inventory.collections.length === 0 ? [] : ['', ...collectionTable(inventory.collections)]),
    );
    const gaps = gapLines(inventory, width);
    if (gaps.length > 0) output.say('', ...gaps);
  }
  output.data(found);
  return complete ? EXIT.success : EXIT.findings;
}
