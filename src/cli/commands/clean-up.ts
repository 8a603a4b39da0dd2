import { MigrationError } from '../../core/model/error.js';
import {
  CLEAN_UP_QUESTION,
  cleanUpWarning,
  goesHeading,
  goesLines,
  NOTHING_TO_CLEAN_UP,
  STAYS_HEADING,
  staysLines,
} from '../../words/clean-up.js';
import type { RemoteAccess } from '../../assembly/remote-access.js';
import { PROGRAM, type CommandContext, type RunFolder } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { failureLines } from '../failure.js';

export interface CleanUpCommandOptions {
  readonly yes?: boolean;
}

/** Takes away what a run has made in Azure: tells by name what goes and what stays, and asks first. Safe to call again. */
export async function cleanUp(
  folder: RunFolder,
  { yes = false }: CleanUpCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { adapters, output, prompts, interruption, clock, env, handedOver } = context;
  const run = folder.runId;
  const { plan, state, leftovers } = await adapters.readLeftovers(folder);
  const azure = plan.handoff && 'azure' in plan.handoff ? plan.handoff.azure : undefined;
  if (leftovers.goes.length === 0 || azure === undefined) {
    output.say(NOTHING_TO_CLEAN_UP);
    output.data({ run, takenAway: [], kept: 0 });
    return EXIT.success;
  }
  const listed = (lines: readonly string[]): string[] => lines.map((line) => `  - ${line}`);
  const warning = cleanUpWarning(state);
  output.note(goesHeading(azure), ...listed(goesLines(leftovers)), STAYS_HEADING, ...listed(staysLines(leftovers)));
  if (warning !== '') output.note(warning);
  if (!yes) {
    if (!prompts.possible) throw new MigrationError('bad-option', { option: '--yes', reason: 'clean-up-consent' });
    if (!(await prompts.confirm(CLEAN_UP_QUESTION, interruption.signal))) throw new MigrationError('cancelled');
  }
  const handed = await handedOver?.();
  const access = adapters.remoteAccess({ env, clock, ...(handed ? { handed } : {}) });
  output.protect(access.secrets);
  const kept = await takeAway(folder, access, context);
  output.data({ run, takenAway: leftovers.goes.length - kept, kept });
  return kept === 0 ? EXIT.success : EXIT.failed;
}

/** At the end of a run that was told to; what keeps it from that changes nothing of the run's own end. */
export async function cleanUpAfter(folder: RunFolder, access: RemoteAccess, context: CommandContext): Promise<void> {
  const { output } = context;
  try {
    await takeAway(folder, access, context);
  } catch (error) {
    output.note(...failureLines(error, output.people.columns));
    output.note(`What stands in Azure stays; ${PROGRAM} runs clean-up ${folder.runId} takes it away.`);
  }
}

async function takeAway(folder: RunFolder, access: RemoteAccess, context: CommandContext): Promise<number> {
  const { adapters, output, interruption, clock } = context;
  const { signal } = interruption;
  const kept = await adapters.cleanUpRun(folder, { access, clock, signal, say: (text) => output.say(text) });
  await adapters.writeReports(folder);
  return kept;
}
