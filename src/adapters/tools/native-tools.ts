import { MigrationError } from '../../core/model/error.js';
import { formatNamespace } from '../../core/model/namespace.js';
import type { PlannedCollection } from '../../core/model/plan.js';
import type { NativeCopyJob, NativeTools, ToolExit } from '../../engine/native-ports.js';
import { displayCommand, dumpArguments, restoreArguments } from './command-lines.js';
import { planPasses, type Pass } from './passes.js';
import { runPiped } from './run-tool.js';
import { exitOf, textOf } from './tool-exits.js';
import { withToolSides, type ToolSides, type ToolSidesOptions } from './tool-sides.js';

export interface NativeToolsOptions extends ToolSidesOptions {
  /** Paths of proven binaries. */
  readonly tools: { readonly mongodump: string; readonly mongorestore: string };
}

/** The real `mongodump | mongorestore`, one pair after another: each pair works on several collections at a time by itself. */
export function createNativeTools(options: NativeToolsOptions): NativeTools {
  return { copy: (job) => dumpAndRestore(options, job) };
}

async function dumpAndRestore(options: NativeToolsOptions, job: NativeCopyJob): Promise<readonly ToolExit[]> {
  const { passes, refused } = planPasses(job.collections.map(selected), await job.present());
  const impossible = refused.find((r) => r.why !== 'view');
  if (impossible) {
    throw new MigrationError('bad-plan', { reason: impossible.why, ns: formatNamespace(impossible.collection.target) });
  }
  const exits: ToolExit[] = [];
  await withToolSides(options, job.relayPort, async (sides) => {
    for (const pass of passes) {
      job.signal.throwIfAborted();
      const pair = await runPass(options, job, pass, sides);
      for (const exit of pair) await job.onExit(exit);
      exits.push(...pair);
      // A pair that failed leaves the run to be gone on with later; more of the same would only hide where it broke.
      if (pair.some((e) => e.exitCode !== 0)) break;
    }
  });
  return exits;
}

async function runPass(
  options: NativeToolsOptions,
  job: NativeCopyJob,
  pass: Pass,
  sides: ToolSides,
): Promise<readonly ToolExit[]> {
  const { plan } = job;
  const { tuning } = plan;
  const dump = {
    tool: 'mongodump' as const,
    path: options.tools.mongodump,
    argv: dumpArguments({
      connection: sides.source,
      pass,
      readPreference: plan.readPreference,
      parallelCollections: tuning.parallelCollections,
    }),
  };
  const restore = {
    tool: 'mongorestore' as const,
    path: options.tools.mongorestore,
    argv: restoreArguments({
      connection: sides.target,
      pass,
      tuning: tuningFor(job, pass),
      bypassDocumentValidation: plan.targetKind === 'mongodb',
    }),
  };
  job.onCommand(`${displayCommand('mongodump', dump.argv)} | ${displayCommand('mongorestore', restore.argv)}`);
  const { from, to } = await runPiped(dump, restore, {
    clock: options.clock,
    secrets: sides.secrets,
    signal: job.signal,
    onEvent: (event, tool) => job.onLine({ tool, kind: event.kind, text: textOf(event) }),
  });
  return [exitOf('mongodump', from), exitOf('mongorestore', to)];
}

/** A capped collection keeps documents in the order of their insertion, so they must come one batch after another. */
function tuningFor(
  job: NativeCopyJob,
  pass: Pass,
): { batchSize: number; insertionWorkers: number; parallelCollections: number } {
  const names = new Set(
    (pass.kind === 'database' ? pass.collections : [pass.collection]).map((c) => formatNamespace(c.target)),
  );
  const capped = job.collections.some((c) => c.options.capped !== undefined && names.has(formatNamespace(c.target)));
  const { batchSize, insertionWorkers, parallelCollections } = job.plan.tuning;
  return { batchSize, parallelCollections, insertionWorkers: capped ? 1 : insertionWorkers };
}

function selected(planned: PlannedCollection) {
  const type = planned.options.timeseries ? ('timeseries' as const) : ('collection' as const);
  return { source: planned.source, target: planned.target, type };
}
