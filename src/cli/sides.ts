/** The two sides of a plan, opened: clusters, or folders of text files. */
import { MigrationError } from '../core/model/error.js';
import { isFiles, travelOf, type ClusterReference, type Plan } from '../core/model/plan.js';
import type { RunSide } from '../assembly/compose-run.js';
import { clusterOptions, type Side } from './cluster-options.js';
import { connectTo, resolveReference, type ResolvedCluster } from './clusters.js';
import type { CommandContext } from './context.js';

/** A side as the plan has it; a folder needs no connection string. */
export type ResolvedSide = ResolvedCluster | { readonly side: Side; readonly reference: ClusterReference };

export interface Sides {
  readonly resolved: { readonly source: ResolvedSide; readonly target: ResolvedSide };
  connected: { source: RunSide; target: RunSide };
}

/**
 * Finds connection strings and passwords, and connects. Where files are imported, a source that cannot be reached is replaced by them: they are what the target
 * is compared with then.
 * @throws MigrationError as `resolveReference` and `connect`; `bad-plan`.
 */
export async function openSides(
  plan: Plan,
  options: Readonly<Record<string, unknown>>,
  context: CommandContext,
): Promise<Sides> {
  const source = await resolveSide('source', plan, options, context);
  const target = await resolveSide('target', plan, options, context);
  const resolved = { source, target };
  return { resolved, connected: await connectSides(plan, resolved, context) };
}

/** Both at once; where one fails, the other is closed again. The source's failure is told first. @throws as {@link openSides}. */
export async function connectSides(
  plan: Plan,
  { source, target }: Sides['resolved'],
  context: CommandContext,
): Promise<{ source: RunSide; target: RunSide }> {
  const [first, second] = await Promise.allSettled([openSource(plan, source, context), open(plan, target, context)]);
  if (first.status === 'fulfilled' && second.status === 'fulfilled') {
    return { source: first.value, target: second.value };
  }
  for (const outcome of [first, second]) if (outcome.status === 'fulfilled') await outcome.value.close();
  throw first.status === 'rejected' ? first.reason : second.status === 'rejected' ? second.reason : undefined;
}

async function resolveSide(
  side: Side,
  plan: Plan,
  options: Readonly<Record<string, unknown>>,
  context: CommandContext,
): Promise<ResolvedSide> {
  const reference = plan[side];
  if (isFiles(reference)) return { side, reference };
  return resolveReference(side, reference, clusterOptions(side, options), context);
}

async function open(plan: Plan, resolved: ResolvedSide, context: CommandContext): Promise<RunSide> {
  if ('connectionString' in resolved) return connectTo(resolved, context);
  return files(plan, context);
}

function files(plan: Plan, { adapters }: CommandContext): RunSide {
  const travel = travelOf(plan);
  if (plan.method !== 'export-import' || travel.files?.folder === undefined) {
    throw new MigrationError('bad-plan', { reason: 'files-need-export-import' });
  }
  return adapters.openTextFiles(travel.files.folder, travel.format);
}

async function openSource(plan: Plan, resolved: ResolvedSide, context: CommandContext): Promise<RunSide> {
  try {
    return await open(plan, resolved, context);
  } catch (error) {
    const isReplaceable = travelOf(plan).files?.use === 'import' && MigrationError.is(error, 'unreachable-host');
    if (!isReplaceable || context.interruption.signal.aborted) throw error;
    context.output.note('The source cannot be reached: the target will be compared with the files.');
    return files(plan, context);
  }
}
