import { isChosen, type DeadLetterChoice } from '../../core/model/dead-letter.js';
import { MigrationError } from '../../core/model/error.js';
import { formatNamespace, parseNamespace } from '../../core/model/namespace.js';
import { describeTarget } from '../../core/plan/target.js';
import type { Plan } from '../../core/model/plan.js';
import type { RunSide } from '../../assembly/compose-run.js';
import type { RemoteAccess } from '../../assembly/remote-access.js';
import { checkFilters } from '../../engine/copy/try-transform.js';
import { cleanUpAfter } from './clean-up.js';
import { carryOut } from '../carry-out.js';
import { openSides, type Sides } from '../sides.js';
import { ceilingsFrom, type CeilingOptions } from '../ceiling-options.js';
import { type CommandContext, type RunFolder } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { provenTools } from '../database-tools.js';
import { wholeNumber } from '../numbers.js';
import { runsRoot } from '../runs-folder.js';
import { heading } from '../text-blocks.js';
import { dryRunLines, dryRunSteps } from '../dry-run.js';
import { planLines } from '../plan-text.js';

export interface RunOptions extends CeilingOptions {
  readonly resume?: string;
  readonly verifyAll?: boolean;
  readonly retryDeadLetters?: string;
  /** Of `retryDeadLetters`: namespaces of the target, and single `_id`s. */
  readonly only?: readonly string[];
  readonly letter?: readonly string[];
  readonly mostRefused?: string;
  readonly attended?: boolean;
  readonly putSecrets?: boolean;
  readonly cleanUp?: boolean;
  readonly askFirst?: boolean;
  readonly registerProviders?: boolean;
  readonly dryRun?: boolean;
  readonly runsFolder?: string;
}

/** Carries out a plan, or goes on with a run that was stopped. A run that nobody can work on keeps why, for whoever looks at it elsewhere. */
export async function run(
  planPath: string | undefined,
  options: Readonly<Record<string, unknown>> & RunOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const made: { folder?: RunFolder } = {};
  try {
    return await carryOutPlan(planPath, options, context, made);
  } catch (error) {
    const { adapters, clock, output } = context;
    if (made.folder && isAboutStarting(error)) {
      await adapters.noteStartFailure(made.folder, error, { at: clock.now(), clean: (text) => output.clean(text) });
    }
    throw error;
  }
}

/** Who has stopped it knows, and a run that another process works on is well. */
function isAboutStarting(error: unknown): boolean {
  return !MigrationError.is(error, 'cancelled') && !MigrationError.is(error, 'run-locked');
}

async function carryOutPlan(
  planPath: string | undefined,
  options: Readonly<Record<string, unknown>> & RunOptions,
  context: CommandContext,
  made: { folder?: RunFolder },
): Promise<ExitCode> {
  const { adapters } = context;
  const given = [planPath, options.resume, options.retryDeadLetters].filter((text) => text !== undefined);
  if (given.length !== 1) {
    throw new MigrationError('bad-option', {
      option: 'PLAN',
      reason: given.length === 0 ? 'plan-or-resume' : 'plan-and-resume',
    });
  }
  if (options.retryDeadLetters === undefined && (options.only ?? options.letter) !== undefined) {
    throw new MigrationError('bad-option', {
      option: options.only === undefined ? '--letter' : '--only',
      reason: 'letters-only',
    });
  }
  const mostRefused =
    options.mostRefused === undefined
      ? undefined
      : wholeNumber('--most-refused', options.mostRefused, 0, Number.MAX_SAFE_INTEGER);
  const ceilings = ceilingsFrom(options);
  const root = runsRoot(options, context);
  const wanted = options.resume ?? options.retryDeadLetters;
  const existing = wanted === undefined ? undefined : await adapters.findRun(root, wanted);
  const isRetry = options.retryDeadLetters !== undefined;
  const choice = choiceFrom(options);
  if (existing) await checkResumable(existing, isRetry, context);
  if (existing && isRetry) await checkChoice(choice, existing, context);
  if (existing && !options.dryRun) made.folder = existing;
  const plan = await adapters.readPlanFile(existing?.planPath ?? planPath ?? '');
  if (Object.keys(ceilings).length > 0 && plan.method !== 'direct-copy') {
    throw new MigrationError('bad-option', { option: 'A limit', reason: 'not-limitable', method: plan.method });
  }
  if (!options.dryRun) await checkRoom(existing?.path ?? root, plan, context);
  // A pause may outlive a connection: whichever pair is the latest is closed.
  const sides = await openSides(plan, options, context);
  const limits = { ...plan.ceilings, ...ceilings };
  const surveyed = { ceilings: limits, clock: context.clock, signal: context.interruption.signal };
  // The source answers while the run's folder is made.
  using surveys =
    existing || options.dryRun ? undefined : adapters.beginEarlySurveys(plan, sides.connected.source, surveyed);
  try {
    checkTargetKind(plan, sides.connected.target);
    if (options.dryRun) {
      return await dryRun(plan, sides, context);
    }
    const tools = isRetry ? {} : await provenTools(plan, context);
    const folder = existing ?? (await adapters.createRun(root, plan, context.clock.now()));
    made.folder = folder;
    const attended = options.attended === true || isWatched(context);
    const access = plan.handoff ? await accessFor(options, context) : undefined;
    const code = await carryOut(
      {
        folder,
        sides,
        attended,
        ...(mostRefused === undefined ? {} : { mostRefused }),
        ...(options.verifyAll ? { verifyAll: true } : {}),
        ceilings: limits,
        ...(surveys === undefined ? {} : { surveys }),
        tools,
        ...(access === undefined ? {} : { access }),
        attempt: (composed, { shelf }) =>
          isRetry ? adapters.retryDeadLetters(composed.context, shelf, choice) : composed.run(),
        isPart: isRetry,
      },
      context,
    );
    const isThere = code === EXIT.success || code === EXIT.findings;
    if (options.cleanUp && isThere && access) await cleanUpAfter(folder, access, context);
    return code;
  } finally {
    await Promise.allSettled([sides.connected.source.close(), sides.connected.target.close()]);
  }
}

/** Where the run writes: its folder, and files that are to be exported. @throws MigrationError `file-failed`. */
async function checkRoom(folder: string, { text }: Plan, { adapters }: CommandContext): Promise<void> {
  await adapters.checkWritableFolder(folder);
  const { use, folder: files } = text?.files ?? {};
  if (files !== undefined && use !== 'import') await adapters.checkWritableFolder(files);
}

/** Secrets of it are kept out of everything that is printed. */
async function accessFor(
  { putSecrets, askFirst, registerProviders }: RunOptions,
  context: CommandContext,
): Promise<RemoteAccess> {
  const { env, clock, handedOver, output, adapters } = context;
  const handed = await handedOver?.();
  const access = adapters.remoteAccess({
    ...{ env, clock },
    ...(handed ? { handed } : {}),
    ...(putSecrets ? { putSecrets } : {}),
    ...(askFirst ? { askFirst } : {}),
    ...(registerProviders ? { registerProviders } : {}),
  });
  output.protect(access.secrets);
  return access;
}

/** Somebody sits at a terminal and reads what goes on. */
function isWatched({ keys, output }: CommandContext): boolean {
  return keys.possible && output.people.isTTY && !output.json;
}

/** A run that ended for good is not run again; one that another process holds is refused when it is opened. */
async function checkResumable(folder: RunFolder, isRetry: boolean, context: CommandContext): Promise<void> {
  const { state, process } = await context.adapters.summariseRun(folder);
  if (process) throw new MigrationError('run-locked', { pid: process.pid, run: folder.runId });
  if (state === 'completed' || state === 'cancelled') {
    throw new MigrationError('bad-option', { option: '--resume', reason: 'run-is-over', run: folder.runId, state });
  }
  if (isRetry && (await context.adapters.listDeadLetters(folder.deadLettersPath)).length === 0) {
    throw new MigrationError('bad-option', {
      option: '--retry-dead-letters',
      reason: 'no-dead-letters',
      run: folder.runId,
    });
  }
}

/** What was decided for one kind of target does not hold for another. */
function checkTargetKind(plan: Plan, target: RunSide): void {
  const { kind } = describeTarget(target.facts);
  if (kind !== plan.targetKind) {
    throw new MigrationError('bad-plan', { reason: 'target-kind-changed', planned: plan.targetKind, found: kind });
  }
}

/** Checks everything that can be checked without writing, and shows what would be run. */
async function dryRun(plan: Plan, sides: Sides, context: CommandContext): Promise<ExitCode> {
  const { output, interruption } = context;
  await checkFilters(plan, sides.connected.source.session, interruption.signal);
  const steps = await dryRunSteps(plan, sides.connected, context);
  output.say(
    ...planLines(plan, output.people.columns),
    ...heading('What a run does, in this order'),
    ...dryRunLines(steps),
  );
  output.say('', 'Nothing was written. Leave --dry-run out to run it.');
  output.data({ plan, steps });
  return EXIT.success;
}

/** @throws MigrationError `bad-namespace`. */
function choiceFrom({ only, letter }: RunOptions): DeadLetterChoice {
  return {
    ...(only === undefined ? {} : { namespaces: new Set(only.map((text) => formatNamespace(parseNamespace(text)))) }),
    ...(letter === undefined ? {} : { ids: letter }),
  };
}

/** A name or an `_id` that is not among the letters is a slip: nothing is sent then. @throws MigrationError `bad-option`, `file-failed`. */
async function checkChoice(choice: DeadLetterChoice, folder: RunFolder, { adapters }: CommandContext): Promise<void> {
  const { namespaces, ids = [] } = choice;
  const letters = await adapters.readDeadLetterEntries(folder.deadLettersPath);
  const refuse = (option: string, value: string): never => {
    throw new MigrationError('bad-option', { option, reason: 'no-such-letter', run: folder.runId, value });
  };
  for (const ns of namespaces ?? []) if (!letters.some((entry) => entry.ns === ns)) refuse('--only', ns);
  const among = letters.filter((entry) => isChosen({ ...(namespaces ? { namespaces } : {}) }, entry));
  for (const id of ids) if (!among.some((entry) => isChosen({ ids: [id] }, entry))) refuse('--letter', id);
}
