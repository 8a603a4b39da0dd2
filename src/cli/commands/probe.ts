import { clusterOptions, isGiven, sideTitle, type Side } from '../cluster-options.js';
import { clusterLines } from '../../words/clusters.js';
import { connectTo, resolveCluster } from '../clusters.js';
import type { CommandContext } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { heading, labelled } from '../text-blocks.js';
import type { ClusterFacts } from '../../core/model/facts.js';

/** Connects to the source, the target or both and tells what they are. Reads no data. */
export async function probe(options: Readonly<Record<string, unknown>>, context: CommandContext): Promise<ExitCode> {
  const { output, env } = context;
  const sides = (['source', 'target'] as const).filter((side) => isGiven(side, clusterOptions(side, options), env));
  const found: Partial<Record<Side, ClusterFacts>> = {};
  // Without either, the first one is asked for, which says what is missing.
  for (const side of sides.length > 0 ? sides : (['source'] as const)) {
    const resolved = await resolveCluster(side, clusterOptions(side, options), context);
    await using cluster = await connectTo(resolved, context);
    found[side] = cluster.facts;
    const title = `${sideTitle(side)} ${resolved.reference.name}`;
    output.say(...heading(title), ...labelled(clusterLines(cluster.facts), output.people.columns));
  }
  output.data(found);
  return EXIT.success;
}
