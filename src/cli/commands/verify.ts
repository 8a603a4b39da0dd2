import { MigrationError } from '../../core/model/error.js';
import type { Plan } from '../../core/model/plan.js';
import type { VerificationResult } from '../../engine/verify/result.js';
import type { RunSide } from '../../assembly/compose-run.js';
import type { CommandContext, RunFolder } from '../context.js';
import { VerifyDisplay } from '../display/verify-display.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { ruReadPacer } from '../../assembly/ru-read-pacer.js';
import { runsRoot } from '../runs-folder.js';
import { openSides, type Sides } from '../sides.js';
import { verificationCharge } from '../verification-charge.js';
import { verificationLines } from '../verification-text.js';

export interface VerifyCommandOptions {
  readonly yes?: boolean;
  readonly runsFolder?: string;
}

/** Compares both sides of a plan or of a run, whoever copied. Writes nothing; the run's own state stays as it is. */
export async function verify(
  what: string,
  options: Readonly<Record<string, unknown>> & VerifyCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { output } = context;
  const { plan, folder } = await planOrRun(what, options, context);
  const { connected } = await openSides(plan, options, context);
  let results: readonly VerificationResult[];
  try {
    results = await compare(plan, folder, connected, options, context);
  } finally {
    await Promise.allSettled([connected.source.close(), connected.target.close()]);
  }
  const code = exitCodeOf(results);
  output.say(...verificationLines(results, output.people.columns));
  output.data({ plan: plan.id, ...(folder ? { run: folder.runId } : {}), exitCode: code, results });
  return code;
}

async function compare(
  plan: Plan,
  folder: RunFolder | undefined,
  { source: from, target: to }: Sides['connected'],
  options: VerifyCommandOptions,
  context: CommandContext,
): Promise<readonly VerificationResult[]> {
  const { adapters, output, interruption, clock } = context;
  if (to.ru && plan.verification.depth === 'full') await agreeToCharge(plan, to, options, context);
  const display = new VerifyDisplay(plan, output, clock);
  try {
    return await adapters.verifyRun(plan, from.session, to.session, {
      clock,
      signal: interruption.signal,
      readPreference: plan.readPreference,
      ...(plan.readConcern === undefined ? {} : { readConcern: plan.readConcern }),
      // What is compared here is not touched.
      mendEmptyTimestamps: false,
      ...(to.ru ? { targetPacer: ruReadPacer(plan, to.ru, { clock, signal: interruption.signal }) } : {}),
      ...(folder ? { deadLetters: (ns: string) => adapters.deadLetterIds(folder.deadLettersPath, ns) } : {}),
      onProgress: (progress) => display.onEvent({ kind: 'verification-progress', ...progress }),
      onResult: (result) => Promise.resolve(display.onEvent({ kind: 'verified', result })),
    });
  } finally {
    display.stop();
  }
}

/** A file is a plan; anything else names a run. */
async function planOrRun(
  what: string,
  options: VerifyCommandOptions,
  context: CommandContext,
): Promise<{ plan: Plan; folder?: RunFolder }> {
  const { adapters } = context;
  if (/[/\\]|\.json$/.test(what)) return { plan: await adapters.readPlanFile(what) };
  const folder = await adapters.findRun(runsRoot(options, context), what);
  return { plan: await adapters.readPlanFile(folder.planPath), folder };
}

async function agreeToCharge(
  plan: Plan,
  target: RunSide,
  options: VerifyCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { output, prompts, interruption } = context;
  const charge = target.ru && (await verificationCharge(plan, target.ru));
  if (charge === undefined) return;
  if (!options.yes && !prompts.possible) {
    throw new MigrationError('bad-option', { option: '--yes', reason: 'consent-needed', charge });
  }
  output.note(`Reading every document of the target costs about ${charge}.`);
  if (options.yes) return;
  if (!(await prompts.confirm('Go on?', interruption.signal))) throw new MigrationError('cancelled');
}

/** Counts alone prove little, and a source that moves proves nothing: neither is a difference. */
function exitCodeOf(results: readonly VerificationResult[]): ExitCode {
  if (results.some((r) => r.kind === 'different')) return EXIT.resumable;
  const open = results.some((r) => r.kind === 'unverified' || r.evidence.deadLettered.known > 0);
  return open ? EXIT.findings : EXIT.success;
}
