/** One run from its opening to its report: attempts, pauses between them, and what is shown meanwhile. */
import { formatNamespace } from '../core/model/namespace.js';
import type { CopyCeilings, Plan } from '../core/model/plan.js';
import { asCarriedOut, resumesBy } from '../core/plan/carried-out.js';
import type { OpenRun } from '../adapters/files/open-run.js';
import type { Surveys } from '../engine/copy/survey.js';
import { enterState } from '../engine/journal/port.js';
import type { Verdict } from '../engine/journal/record.js';
import { verdictOfWish } from '../engine/journal/rest.js';
import type { RunReport } from '../engine/journal/report.js';
import type { RemoteAccess } from '../assembly/remote-access.js';
import type { ComposedRun, RunSide, ToolPaths } from '../assembly/compose-run.js';
import type { RunEvent } from '../engine/run-context.js';
import { journalSnapshot } from '../engine/progress/journal-snapshot.js';
import { RunProgress } from '../engine/progress/run-progress.js';
import { ceilingsText } from '../words/ceilings.js';
import { verifiedText } from '../words/report-course.js';
import { formatCopiedBytes, formatCountOf, formatRu } from '../words/sizes.js';
import { raiseSentence } from '../words/throughput.js';
import { Attendance } from './attendance.js';
import { awaitedLines } from './awaited-text.js';
import { PROGRAM, type CommandContext, type RunFolder } from './context.js';
import { RunDisplay } from './display/run-display.js';
import { exitCodeOfVerdict, EXIT, type ExitCode } from './exit-codes.js';
import { failureLines } from './failure.js';
import { connectSides, type Sides } from './sides.js';
import { verdictLines } from './verdict-text.js';
import { verificationCharge } from './verification-charge.js';

export interface CarryOut {
  readonly folder: RunFolder;
  readonly sides: Sides;
  /** Absent where no tool takes part. */
  readonly tools?: ToolPaths;
  /** Documents that the target may refuse in a row before the run is stopped; 0 for any number. */
  readonly mostRefused?: number;
  /** Compare everything, also what earlier attempts have proven. */
  readonly verifyAll?: boolean;
  /** Limits of a direct copy, until others are asked for. */
  readonly ceilings?: CopyCeilings;
  /** Begun already, for the first attempt. */
  readonly surveys?: Surveys;
  /** Where another system carries the plan out. */
  readonly access?: RemoteAccess;
  /** Somebody is there: keys work, and a pause does not end the process. */
  readonly attended: boolean;
  /** Only dead letters are sent again. */
  readonly isPart?: boolean;
  /** What an attempt is: the whole run, or a part of it that is done again. */
  readonly attempt: (composed: ComposedRun, opened: OpenRun) => Promise<Verdict>;
}

/** Carries a run out and tells how it went. @throws MigrationError of opening the run, of the target, and of a journal that cannot be written. */
export async function carryOut(job: CarryOut, context: CommandContext): Promise<ExitCode> {
  const { adapters, output, clock, interruption } = context;
  const { folder, sides, access } = job;
  const { source, target } = sides.connected;
  const opened = await adapters.openRun(folder, {
    clock,
    secrets: [...source.secrets, ...target.secrets, ...(access?.secrets ?? [])],
  });
  output.note(`Run ${folder.runId}  (journal and report: ${folder.path})`);
  output.event({ event: 'run', runId: folder.runId, path: folder.path, planId: opened.plan.id });
  const progress = await progressOf(opened, context);
  const attendance = new Attendance({
    attended: job.attended,
    interrupted: interruption.signal,
    say: (line) => display.note(line),
    onProceed: (what) => proceed?.(what),
  });
  const keysLine = job.attended && context.keys.possible ? () => attendance.keysLine() : undefined;
  const display = new RunDisplay(progress, output, clock, {
    programs: true,
    isStopping: () => attendance.isStopping(),
    ...(keysLine ? { keys: keysLine } : {}),
  });
  let { ceilings = {}, surveys } = job;
  let limit: ComposedRun['limit'];
  let proceed: ComposedRun['proceed'];
  let budgets = (): ReadonlyMap<string, number> => new Map();
  const live = adapters.startLiveWriter(folder, clock, () => {
    progress.tick(budgets());
    return { ...progress.snapshot(budgets()), ...(limit ? { ceilings } : {}) };
  });
  const onEvent = (event: RunEvent): void => {
    display.onEvent(event);
    if (event.kind === 'awaits') {
      attendance.onAwaits(event.what);
      if (event.what !== undefined) display.note(...awaitedLines(event.what, folder));
    }
    if (LIVE.has(event.kind)) live.changed();
  };
  interruption.onFirst(() =>
    display.note('Stopping: what is in flight is finished first. Press Ctrl-C once more to end at once.'),
  );
  const over = new AbortController();
  const control = adapters.watchControl(folder.path, {
    clock,
    signal: over.signal,
    onRequest: (asked) => {
      if (asked.want === 'proceed') {
        proceed?.(asked.what);
        return;
      }
      if (asked.want !== 'limit') {
        attendance.onRequest(asked.want);
        return;
      }
      ({ ceilings } = asked);
      limit?.(ceilings);
      display.note(`From now on: ${ceilingsText(ceilings)}.`);
    },
  });
  const keys = keysLine && context.keys.listen((key) => attendance.onKey(key));
  let verdict: Verdict;
  try {
    await tellCharge(opened.plan, target, context);
    if (!job.isPart) output.note(...(opened.plan.throughputRaises ?? []).map(raiseSentence));
    if (Object.keys(ceilings).length > 0) output.note(`Limited: ${ceilingsText(ceilings)}.`);
    for (;;) {
      const composed = await adapters.composeRun({
        run: opened,
        source: sides.connected.source,
        target: sides.connected.target,
        files: { source: sides.resolved.source.reference, target: sides.resolved.target.reference },
        ...(job.tools === undefined ? {} : { tools: job.tools }),
        ...(job.mostRefused === undefined ? {} : { mostRefused: job.mostRefused }),
        ...(job.verifyAll ? { verifyAll: true } : {}),
        ceilings,
        ...(surveys === undefined ? {} : { surveys }),
        ...(access === undefined ? {} : { access }),
        clock,
        signal: attendance.begin(),
        onEvent,
      });
      budgets = () => composed.budgets();
      ({ limit, proceed } = composed);
      surveys = undefined;
      display.start(budgets);
      verdict = await job.attempt(composed, opened);
      display.stop();
      if (verdict.state !== 'paused') break;
      const next = await goOn(attendance, job, opened.plan, context);
      if (next === 'leave') break;
      if (next === 'cancel') {
        if (composed.cancel) verdict = await composed.cancel();
        else {
          verdict = await cancelled(opened);
          onEvent({ kind: 'verdict', verdict });
        }
        break;
      }
      await opened.takeUpAgain();
    }
  } catch (error) {
    output.note(`To go on with this run: ${PROGRAM} run --resume ${folder.runId}`);
    throw error;
  } finally {
    display.stop();
    keys?.stop();
    over.abort();
    await control.catch(() => undefined);
    await live.close();
    await opened.close();
  }
  return finish(folder, verdict, context);
}

/** What shows at once, wherever somebody looks on. */
const LIVE: ReadonlySet<RunEvent['kind']> = new Set(['state', 'verdict', 'command', 'awaits']);

async function progressOf(opened: OpenRun, { adapters, clock }: CommandContext): Promise<RunProgress> {
  const { plan, folder, journal, deadLetters } = opened;
  const status = journal.status();
  const before = await adapters.readLiveFile(folder);
  const earlier = Object.entries(status.collections).map(
    ([ns, { copy }]) => [ns, { bytes: copy.bytes, requestUnits: copy.ru, throttled: copy.throttled }] as const,
  );
  const standing = journalSnapshot(plan, status, {
    runId: folder.runId,
    at: clock.now(),
    state: status.state,
    createdAt: 0,
    deadLetters: Object.fromEntries(
      plan.collections.map((c) => [formatNamespace(c.target), deadLetters.count(c.target)]),
    ),
    rates: [],
    commandLines: [],
    // A process that was killed may have told of more than it could write down.
    ...(before ? { seen: before.collections } : {}),
  });
  return new RunProgress(
    {
      plan,
      before: new Map(standing.collections.map((c) => [c.ns, c])),
      runId: folder.runId,
      startedAt: Date.parse(status.startedAt),
      earlier: new Map(earlier),
      rates: before?.rates ?? [],
      deadLetters: (ns) => deadLetters.count(ns),
    },
    () => clock.now(),
  );
}

/** Waits for the user's word after a pause, and sees to it that both clusters answer. */
async function goOn(
  attendance: Attendance,
  { sides, folder }: Pick<CarryOut, 'sides' | 'folder'>,
  plan: Plan,
  context: CommandContext,
): Promise<'resume' | 'cancel' | 'leave'> {
  for (;;) {
    const wish = await attendance.afterPause();
    if (wish !== 'resume') return wish;
    try {
      await reconnect(sides, plan, context);
      return wish;
    } catch (error) {
      if (context.interruption.signal.aborted) return 'leave';
      const { adapters, clock, output } = context;
      output.say(...failureLines(error, output.people.columns));
      // Whoever has pressed the button may not look at this terminal.
      await adapters.noteStartFailure(folder, error, { at: clock.now(), clean: (text) => output.clean(text) });
      attendance.begin();
    }
  }
}

/** A connection that was alone for hours may be gone without anybody having noticed. */
async function reconnect(sides: Sides, plan: Plan, context: CommandContext): Promise<void> {
  const { source, target } = sides.connected;
  const { signal } = context.interruption;
  const answers = await Promise.allSettled(
    [source, target].map((cluster) => cluster.session.command('admin', { ping: 1 }, { signal })),
  );
  if (answers.every((answer) => answer.status === 'fulfilled')) return;
  const both = await connectSides(plan, sides.resolved, context);
  await Promise.allSettled([source.close(), target.close()]);
  sides.connected.source = both.source;
  sides.connected.target = both.target;
}

async function cancelled({ journal }: OpenRun): Promise<Verdict> {
  const verdict = verdictOfWish('cancelled', journal.status());
  await journal.append({ type: 'verdict', verdict });
  await enterState(journal, 'cancelled', verdict.reasons[0]?.id);
  return verdict;
}

async function finish(folder: RunFolder, verdict: Verdict, context: CommandContext): Promise<ExitCode> {
  const { adapters, output } = context;
  const report = await adapters.writeReports(folder);
  const code = exitCodeOfVerdict(verdict);
  const changed = report.collections.some(({ transform }) => transform);
  output.say(
    ...verdictLines({ ...verdict, ...resumesBy(report.handoff) }, output.people.columns, changed),
    '',
    ...amountLines(report),
  );
  output.say(`Report: ${folder.reportPath('html')}`, `        ${folder.reportPath('md')}`);
  if (verdict.reasons.some(({ id }) => id === 'dead-letters')) {
    output.say(
      '',
      `Dead letters: ${folder.deadLettersPath}`,
      '              *.jsonl tells the _id and the reason of each, *.bson has the documents (bsondump and mongorestore read it)',
      `              ${PROGRAM} run --retry-dead-letters ${folder.runId} sends them again, once the target takes them`,
    );
  }
  if (verdict.state !== 'cancelled' && (code === EXIT.resumable || code === EXIT.stopped)) {
    output.say('', `To go on: ${PROGRAM} run --resume ${folder.runId}`);
  }
  output.event({ event: 'end', exitCode: code, runId: folder.runId, verdict, report: folder.reportPath('json') });
  return code;
}

/** What it all came to, in a line. */
function amountLines(report: RunReport): string[] {
  const { copy } = report.totals;
  const bytes = formatCopiedBytes(copy.bytes, copy.acknowledged);
  const parts = [
    [`${formatCountOf(copy.acknowledged, 'document')} written`, ...(bytes === '' ? [] : [`(${bytes})`])].join(' '),
    ...(copy.ru > 0 ? [formatRu(Math.round(copy.ru))] : []),
    verifiedText(report),
  ];
  return [parts.join(' · ')];
}

/** Reading an RU account is charged too: said before anything is. */
async function tellCharge(plan: Plan, target: RunSide, { output }: CommandContext): Promise<void> {
  if (!target.ru || asCarriedOut(plan).verification.depth !== 'full') return;
  const charge = await verificationCharge(plan, target.ru);
  if (charge !== undefined) output.note(`The check at the end reads every document of the target: about ${charge}.`);
}
