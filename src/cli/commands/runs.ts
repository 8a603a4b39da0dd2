import { MigrationError } from '../../core/model/error.js';
import { isRunning } from '../../core/model/run.js';
import { ceilingsText } from '../../words/ceilings.js';
import { goingOnSentence, runStateSentence, verdictReasonSentence } from '../../words/runs.js';
import { formatCopiedBytes, formatCount } from '../../words/sizes.js';
import { verdictReasons } from '../../words/verdicts.js';
import type { CommandContext, ListedRun, RunFolder, RunSummary } from '../context.js';
import { progressBlock } from '../display/progress-lines.js';
import { ceilingsFrom, type CeilingOptions } from '../ceiling-options.js';
import type { CopyCeilings } from '../../core/model/plan.js';
import { awaitedLines } from '../awaited-text.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { cleanUp, type CleanUpCommandOptions } from './clean-up.js';
import { runsRoot } from '../runs-folder.js';
import { table, type Column } from '../table.js';

const COLUMNS: readonly Column[] = [
  { title: 'run' },
  { title: 'state' },
  { title: 'why' },
  { title: 'copied', align: 'right' },
  { title: 'last change' },
  { title: 'from' },
  { title: 'to' },
];

export const RUN_ACTIONS = ['show', 'pause', 'resume', 'proceed', 'cancel', 'limit', 'clean-up'] as const;

/** Lists the runs of this machine, shows one of them, or tells one what to do, whichever process works on it. */
export async function runs(
  action: string | undefined,
  which: string | undefined,
  options: CeilingOptions & CleanUpCommandOptions & { readonly runsFolder?: string; readonly limit?: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  const root = runsRoot(options, context);
  const ceilings = ceilingsFrom(options);
  const isFree = options.limit === false;
  if (action === 'limit' ? Object.keys(ceilings).length > 0 === isFree : Object.keys(ceilings).length > 0 || isFree) {
    throw new MigrationError('bad-option', {
      option: 'limit',
      reason: action === 'limit' ? 'limit-or-none' : 'limit-only',
    });
  }
  if (action === undefined) return listAll(root, context);
  if (which === undefined) throw new MigrationError('bad-option', { option: 'RUN', reason: 'missing-run', action });
  const folder = await context.adapters.findRun(root, which);
  if (action === 'pause' || action === 'resume' || action === 'cancel') return steer(folder, action, context);
  if (action === 'proceed') return proceed(folder, context);
  if (action === 'limit') return limit(folder, ceilings, context);
  if (action === 'clean-up') return cleanUp(folder, options, context);
  return show(folder, root, context);
}

async function limit(
  folder: RunFolder,
  ceilings: CopyCeilings,
  { adapters, output }: CommandContext,
): Promise<ExitCode> {
  const limited = await adapters.limitRun(folder, ceilings);
  const run = folder.runId;
  if (limited.kind === 'not-limitable')
    throw new MigrationError('bad-option', { option: 'RUN', reason: 'not-limitable', method: limited.method });
  if (limited.kind === 'needs-process')
    throw new MigrationError('bad-option', { option: 'RUN', reason: 'limit-needs-process', run });
  output.say(`Run ${run} is asked to keep to this: ${ceilingsText(ceilings)} (process ${limited.pid}).`);
  output.data({ run, ...limited, ceilings });
  return EXIT.success;
}

/** The person's word that a run waits for. */
async function proceed(folder: RunFolder, { adapters, output, clock }: CommandContext): Promise<ExitCode> {
  const proceeded = await adapters.proceedRun(folder, clock);
  const run = folder.runId;
  if (proceeded.kind === 'needs-process')
    throw new MigrationError('bad-option', { option: 'RUN', reason: 'needs-process', run });
  if (proceeded.kind === 'awaits-nothing')
    throw new MigrationError('bad-option', { option: 'RUN', reason: 'awaits-nothing', run, state: proceeded.state });
  output.say(`Run ${run} is told to go on (process ${proceeded.pid}).`);
  output.data({ run, ...proceeded });
  return EXIT.success;
}

const DONE: Readonly<Record<'pause' | 'resume' | 'cancel', string>> = {
  pause: 'paused',
  resume: 'resumed',
  cancel: 'cancelled',
};

async function steer(
  folder: RunFolder,
  want: 'pause' | 'resume' | 'cancel',
  { adapters, output, clock }: CommandContext,
): Promise<ExitCode> {
  const steered = await adapters.steerRun(folder, want, clock);
  const run = folder.runId;
  switch (steered.kind) {
    case 'requested':
      output.say(`Run ${run} is asked to ${want} (process ${steered.pid}).`);
      break;
    case 'changed': {
      const report = await adapters.writeReports(folder);
      output.say(`Run ${run}: ${steered.state}.`, ...(report.verdict ? verdictReasons(report.verdict) : []));
      break;
    }
    case 'needs-process':
      throw new MigrationError('bad-option', { option: 'RUN', reason: 'needs-process', run });
    case 'refused':
      throw new MigrationError('bad-option', {
        option: 'RUN',
        reason: 'run-not-steered',
        run,
        wanted: DONE[want],
        state: steered.state,
      });
  }
  output.data({ run, ...steered });
  return EXIT.success;
}

/** One run as the run page shows it. */
async function show(folder: RunFolder, root: string, { adapters, output }: CommandContext): Promise<ExitCode> {
  const found = (await adapters.openRunList(root).read()).find((run) => run.runId === folder.runId);
  if (!found) throw new MigrationError('run-not-found', { run: folder.runId, root });
  const { snapshot, planName, pid, startFailure } = found;
  output.say(
    `${planName}  (${folder.runId}${pid === undefined ? '' : `, process ${pid}`})`,
    goingOnSentence(snapshot) ?? runStateSentence(snapshot),
    ...(startFailure === undefined ? [] : [`The latest start failed. ${verdictReasonSentence(startFailure)}`]),
    ...(snapshot.why === undefined ? [] : [verdictReasonSentence(snapshot.why)]),
    ...(snapshot.awaits === undefined ? [] : awaitedLines(snapshot.awaits, folder)),
    ...(isRunning(snapshot.state) ? progressBlock(snapshot, output.people.columns) : []),
    '',
    ...table(
      COLLECTION_COLUMNS,
      snapshot.collections.map((c) => [
        c.ns,
        formatCount(c.planned),
        formatCount(c.copied),
        formatCopiedBytes(c.bytes, c.copied),
        formatCount(c.deadLetters),
        formatCount(c.conflicts),
        c.verified === 'no' ? '' : c.verified.replaceAll('-', ' '),
      ]),
    ),
  );
  output.data(found);
  return EXIT.success;
}

const COLLECTION_COLUMNS: readonly Column[] = [
  { title: 'collection', most: 40 },
  { title: 'planned', align: 'right' },
  { title: 'copied', align: 'right' },
  { title: 'bytes', align: 'right' },
  { title: 'dead letters', align: 'right' },
  { title: 'conflicts', align: 'right' },
  { title: 'verified' },
];

async function listAll(root: string, context: CommandContext): Promise<ExitCode> {
  const { output, adapters } = context;
  const [summaries, listed] = await Promise.all([adapters.listRuns(root), adapters.openRunList(root).read()]);
  const updatedAt = new Map(summaries.map(({ folder, status }) => [folder.runId, status?.updatedAt]));
  const described = listed.map((run) => describe(run, updatedAt.get(run.runId) ?? ''));
  if (described.length === 0) output.say(`No runs yet in ${root}`);
  else {
    const rows = described.map((r) => [
      r.run,
      stateText(r),
      r.why?.replaceAll('-', ' ') ?? '',
      formatCount(r.copied),
      when(r.updatedAt),
      r.source,
      r.target,
    ]);
    output.say(...table(COLUMNS, rows));
  }
  output.data({ root, runs: described });
  return EXIT.success;
}

interface DescribedRun {
  readonly run: string;
  readonly state: RunSummary['state'];
  readonly why?: string;
  readonly pid?: number;
  readonly problem?: string;
  readonly copied: number;
  readonly updatedAt: string;
  readonly source: string;
  readonly target: string;
  readonly path: string;
}

function stateText(run: DescribedRun): string {
  if (run.problem !== undefined) return `unreadable (${run.problem})`;
  return run.pid === undefined ? run.state : `${run.state} (process ${run.pid})`;
}

/** The numbers of `runs show`, so that the two never differ. */
function describe(run: ListedRun, updatedAt: string): DescribedRun {
  const { runId, path, source, target, snapshot, pid, problem } = run;
  return {
    run: runId,
    state: snapshot.state,
    copied: snapshot.collections.reduce((sum, c) => sum + c.copied, 0),
    updatedAt,
    source,
    target,
    path,
    ...(snapshot.why === undefined ? {} : { why: snapshot.why.id }),
    ...(pid === undefined ? {} : { pid }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function when(iso: string): string {
  return iso === '' ? '' : `${iso.slice(0, 19).replace('T', ' ')} UTC`;
}
