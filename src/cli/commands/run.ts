import { MigrationError } from '../../core/model/error.js';
import { describeTarget } from '../../core/plan/target.js';
import type { Plan } from '../../core/model/plan.js';
import type { Verdict } from '../../engine/journal/record.js';
import { clusterOptions } from '../cluster-options.js';
import { connectBoth, resolveReference, type ResolvedCluster } from '../clusters.js';
import { PROGRAM, type CommandContext, type ConnectedCluster, type RunFolder } from '../context.js';
import { RunDisplay } from '../display/run-display.js';
import { exitCodeOfVerdict, EXIT, type ExitCode } from '../exit-codes.js';
import { provenTools } from '../database-tools.js';
import { OWN_METHODS } from '../own-methods.js';
import { runsRoot } from '../runs-folder.js';
import { heading } from '../text-blocks.js';
import { dryRunLines, dryRunSteps } from '../dry-run.js';
import { planLines } from '../plan-text.js';
import { verdictLines } from '../verdict-text.js';
import { verificationCharge } from '../verification-charge.js';

export interface RunOptions {
  readonly resume?: string;
  readonly dryRun?: boolean;
  readonly runsFolder?: string;
}

/** Carries out a plan, or goes on with a run that was stopped. */
export async function run(
  planPath: string | undefined,
  options: Readonly<Record<string, unknown>> & RunOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { adapters } = context;
  if ((planPath === undefined) === (options.resume === undefined)) {
    throw new MigrationError('bad-option', {
      option: 'PLAN',
      reason: planPath === undefined ? 'plan-or-resume' : 'plan-and-resume',
    });
  }
  const root = runsRoot(options, context);
  const existing = options.resume === undefined ? undefined : await adapters.findRun(root, options.resume);
  if (existing) await checkResumable(existing, context);
  const plan = await adapters.readPlanFile(existing?.planPath ?? planPath ?? '');
  if (!OWN_METHODS.includes(plan.method)) {
    throw new MigrationError('bad-plan', { reason: 'method-not-carried-out', method: plan.method });
  }
  const source = await resolveReference('source', plan.source, clusterOptions('source', options), context);
  const target = await resolveReference('target', plan.target, clusterOptions('target', options), context);
  const both = await connectBoth(source, target, context);
  await using from = both.source;
  await using to = both.target;
  checkTargetKind(plan, to);
  if (options.dryRun) return await dryRun(plan, { source, target }, { from, to }, context);
  const tools = await provenTools(context);
  const folder = existing ?? (await adapters.createRun(root, plan, context.clock.now()));
  return await carryOut(folder, { from, to }, tools, context);
}

/** A run that ended for good is not run again; one that another process holds is refused when it is opened. */
async function checkResumable(folder: RunFolder, context: CommandContext): Promise<void> {
  const { state, process } = await context.adapters.summariseRun(folder);
  if (process) throw new MigrationError('run-locked', { pid: process.pid, run: folder.runId });
  if (state === 'completed' || state === 'cancelled') {
    throw new MigrationError('bad-option', { option: '--resume', reason: 'run-is-over', run: folder.runId, state });
  }
}

/** What was decided for one kind of target does not hold for another. */
function checkTargetKind(plan: Plan, target: ConnectedCluster): void {
  const { kind } = describeTarget(target.facts);
  if (kind !== plan.targetKind) {
    throw new MigrationError('bad-plan', { reason: 'target-kind-changed', planned: plan.targetKind, found: kind });
  }
}

async function carryOut(
  folder: RunFolder,
  { from, to }: { from: ConnectedCluster; to: ConnectedCluster },
  tools: { mongodump: string; mongorestore: string },
  context: CommandContext,
): Promise<ExitCode> {
  const { adapters, output, clock, interruption } = context;
  const opened = await adapters.openRun(folder, { clock, secrets: [...from.secrets, ...to.secrets] });
  output.note(`Run ${folder.runId}  (journal and report: ${folder.path})`);
  output.event({ event: 'run', runId: folder.runId, path: folder.path, planId: opened.plan.id });
  const display = new RunDisplay(opened.plan, output, clock);
  interruption.onFirst(() =>
    display.note('Stopping: what is in flight is finished first. Press Ctrl-C once more to end at once.'),
  );
  let verdict: Verdict;
  try {
    await tellCharge(opened.plan, to, context);
    const composed = await adapters.composeRun({
      run: opened,
      source: from,
      target: to,
      tools,
      clock,
      signal: interruption.signal,
      onEvent: (event) => display.onEvent(event),
    });
    display.start(() => composed.budgets());
    verdict = await adapters.nativeRun(composed.context);
  } catch (error) {
    output.note(`To go on with this run: ${PROGRAM} run --resume ${folder.runId}`);
    throw error;
  } finally {
    display.stop();
    await opened.close();
  }
  await adapters.writeReports(folder);
  const code = exitCodeOfVerdict(verdict);
  output.say(...verdictLines(verdict, output.people.columns));
  output.say('', `Report: ${folder.reportPath('html')}`, `        ${folder.reportPath('md')}`);
  if (verdict.reasons.some(({ id }) => id === 'dead-letters')) {
    output.say(
      '',
      `Dead letters: ${folder.deadLettersPath}`,
      '              *.jsonl tells the _id and the reason of each, *.bson has the documents (bsondump and mongorestore read it)',
    );
  }
  if (code === EXIT.resumable || code === EXIT.stopped) {
    output.say('', `To go on: ${PROGRAM} run --resume ${folder.runId}`);
  }
  output.event({ event: 'end', exitCode: code, runId: folder.runId, verdict, report: folder.reportPath('json') });
  return code;
}

/** Reading an RU account is charged too: said before anything is. */
async function tellCharge(plan: Plan, target: ConnectedCluster, { output }: CommandContext): Promise<void> {
  if (!target.ru || plan.verification.depth !== 'full') return;
  const charge = await verificationCharge(plan, target.ru);
  if (charge !== undefined) output.note(`The check at the end reads every document of the target: about ${charge}.`);
}

/** Checks everything that can be checked without writing, and shows what would be run. */
async function dryRun(
  plan: Plan,
  resolved: { source: ResolvedCluster; target: ResolvedCluster },
  { from, to }: { from: ConnectedCluster; to: ConnectedCluster },
  context: CommandContext,
): Promise<ExitCode> {
  const { output } = context;
  const steps = await dryRunSteps(plan, { ...resolved, from, to }, context);
  output.say(
    ...planLines(plan, output.people.columns),
    ...heading('What a run does, in this order'),
    ...dryRunLines(steps),
  );
  output.say('', 'Nothing was written. Leave --dry-run out to run it.');
  output.data({ plan, steps });
  return EXIT.success;
}
