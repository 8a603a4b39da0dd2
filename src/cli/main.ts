/** Composition root of the command line: the only place that names the adapters' code. Nothing happens on import. */
import { version } from '../../package.json';
import { readAssessmentFile } from '../adapters/files/assessment-file.js';
import { deadLetterIds, listDeadLetters, readDeadLetterEntries } from '../adapters/files/dead-letter-reader.js';
import { makeFolder, writeFileAtomic } from '../adapters/files/durable.js';
import { checkWritableFile, checkWritableFolder } from '../adapters/files/writable.js';
import { readLiveFile, startLiveWriter } from '../adapters/files/live-snapshot.js';
import { openRun } from '../adapters/files/open-run.js';
import { readPlanFile, writePlanFile } from '../adapters/files/plan-file.js';
import { readPrices } from '../adapters/files/price-file.js';
import { createRun, defaultRunsRoot, findRun, listRuns, summariseRun } from '../adapters/files/run-folder.js';
import { openRunList } from '../adapters/files/run-list.js';
import { watchControl } from '../adapters/files/run-control.js';
import { receiveSecrets, SECRETS_PIPE, type HandedSecrets } from '../adapters/files/secret-handover.js';
import { limitRun, proceedRun, steerRun } from '../adapters/files/steer-run.js';
import { filesReference, openTextFiles, readTextInventory, withFiles } from '../adapters/files/text-side.js';
import { sampleFields } from '../adapters/mongo/sample-fields.js';
import { connect } from '../adapters/mongo/connect.js';
import { parseConnectionString } from '../adapters/mongo/connection-string.js';
import { readInventory } from '../adapters/mongo/inventory.js';
import { measureInsertCharge } from '../adapters/mongo/measure-charge.js';
import { systemClock } from '../adapters/system-clock.js';
import { locateTools } from '../adapters/tools/locate-tool.js';
import { retryDeadLetters } from '../engine/retry-dead-letters.js';
import { verifyRun } from '../engine/verify/verify-run.js';
import { readForAssessment, readsOf } from '../assembly/assess-source.js';
import { beginEarlySurveys } from '../assembly/begin-surveys.js';
import { composeRun } from '../assembly/compose-run.js';
import { tryDirectCopy } from '../assembly/copy-trial.js';
import { readTargetThroughput } from '../assembly/target-throughput.js';
import type { Adapters } from './context.js';
import { describeCopy } from '../assembly/describe-copy.js';
import { reportFailure } from './failure.js';
import { watchSignals } from './interruption.js';
import { terminalKeys, untilKey } from './keys.js';
import { Output, type TextStream } from './output.js';
import { EXIT } from './exit-codes.js';
import { createProgram } from './program.js';
import { terminalPrompts } from './prompts.js';
import { noteStartFailure } from '../adapters/files/start-failure.js';
import { writeArtefacts } from '../adapters/files/artefact-folder.js';
import { findAccounts } from '../assembly/find-accounts.js';
import { cleanUpRun } from '../assembly/clean-up-run.js';
import { readLeftovers } from '../assembly/read-leftovers.js';
import { remoteAccess } from '../assembly/remote-access.js';
import { handoffFiles } from '../assembly/handoff-artefacts.js';
import { readRunReport, writeReports } from '../assembly/run-reports.js';
import { relayAddress, startStandaloneRelay } from '../assembly/standalone-relay.js';

const adapters: Adapters = {
  readForAssessment,
  readsOf,
  readPrices,
  readAssessmentFile,
  connect,
  parseConnectionString,
  readInventory,
  measureInsertCharge,
  tryDirectCopy,
  readTargetThroughput,
  readPlanFile,
  writePlanFile,
  createRun,
  openRun,
  findRun,
  listRuns,
  summariseRun,
  defaultRunsRoot,
  listDeadLetters,
  readDeadLetterEntries,
  deadLetterIds,
  checkWritableFile,
  checkWritableFolder,
  makeFolder,
  writeTextFile: writeFileAtomic,
  locateTools,
  openTextFiles,
  readTextInventory,
  withFiles,
  filesReference,
  sampleFields,
  beginEarlySurveys,
  composeRun,
  describeCopy,
  retryDeadLetters,
  startLiveWriter,
  readLiveFile,
  openRunList,
  watchControl,
  steerRun,
  limitRun,
  proceedRun,
  handoffFiles,
  readLeftovers,
  cleanUpRun,
  remoteAccess,
  findAccounts,
  writeArtefacts,
  noteStartFailure,
  verifyRun,
  readRunReport,
  writeReports,
  startStandaloneRelay,
  relayAddress,
};

/** Wide enough for tables where nobody tells the width. */
const DEFAULT_COLUMNS = 110;

function stream(out: NodeJS.WriteStream): TextStream {
  return {
    isTTY: out.isTTY && process.env['TERM'] !== 'dumb',
    get columns() {
      return out.columns || DEFAULT_COLUMNS;
    },
    write: (text) => void out.write(text),
  };
}

/** Waits until what was written has left the process: a pipe that is read slowly would lose its end. */
async function flushed(out: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => out.write('', () => resolve()));
}

/** Asked once, when a cluster is first wanted. The address is taken out of the environment before anything is started that would inherit it. */
function takeHandover(): (() => Promise<HandedSecrets>) | undefined {
  const path = process.env[SECRETS_PIPE];
  delete process.env[SECRETS_PIPE];
  if (!path) return undefined;
  let asked: Promise<HandedSecrets> | undefined;
  return () => (asked ??= receiveSecrets(path, { clock: systemClock }));
}

async function main(): Promise<number> {
  const handedOver = takeHandover();
  const { argv, env } = process;
  const stdout = stream(process.stdout);
  const stderr = stream(process.stderr);
  // A reader that went away (`| head`) must neither end a run in the middle nor change what its exit status says.
  for (const out of [process.stdout, process.stderr]) out.on('error', () => undefined);
  const interruption = watchSignals(process, (code) => process.exit(code));
  let output = new Output(stdout, stderr, argv.includes('--json'));
  let code = 0;
  const program = createProgram({
    version,
    columns: Math.min(stdout.columns, 120),
    write: { out: (text) => stdout.write(text), err: (text) => stderr.write(output.clean(text)) },
    onEnd: (ended) => (code = ended),
    context: ({ json }) => {
      output = new Output(stdout, stderr, json);
      const prompts = terminalPrompts(process.stdin, process.stderr);
      const keys = terminalKeys(process.stdin, () => process.kill(process.pid, 'SIGINT'));
      const given = handedOver === undefined ? {} : { handedOver };
      const world = { clock: systemClock, env, cwd: process.cwd(), version };
      return { adapters, output, prompts, keys, interruption, ...world, ...given };
    },
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    code = reportFailure(error, output, env);
  }
  interruption.stop();
  if (argv.includes('--attended') && stdout.isTTY && process.stdin.isTTY && !interruption.hungUp) {
    // Such a terminal closes with its process, and the result with it.
    stdout.write('\nPress any key to close this terminal. ');
    await untilKey(process.stdin);
    code = EXIT.success;
  }
  // Node's own end sets the terminal back, and aborts where it is gone. Everything is on disk: end as a hang-up ends a process.
  if (interruption.hungUp && (process.stdin.isTTY || process.stdout.isTTY)) process.kill(process.pid, 'SIGHUP');
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  return code;
}

/** Runs what the arguments of this process say, and ends it. */
export function runCommandLine(): void {
  void main().then((code) => process.exit(code));
}
