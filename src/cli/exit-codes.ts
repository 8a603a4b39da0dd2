import { MigrationError, type MigrationErrorCode } from '../core/model/error.js';
import type { RunState } from '../core/model/run.js';
import type { Verdict } from '../engine/journal/record.js';

/** What the process tells its caller when it ends; printed in `--help`. */
export const EXIT = {
  success: 0,
  /** Could not be done: no connection, no tool, a file that cannot be written, or a fault of this program. */
  failed: 1,
  /** Wrong input. Nothing was touched. */
  badInput: 2,
  /** Done and verified, but with something to look at. */
  findings: 3,
  /** Not done; resuming it goes on. Also: verification found a difference. */
  resumable: 4,
  /** Stopped by the user. */
  stopped: 5,
  /** An assessment found what it was told to fail on. */
  blockers: 6,
  /** A second Ctrl-C: ended at once. 128 + SIGINT, as shells have it. */
  killed: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** For `--help`. */
export const EXIT_CODE_LINES: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.success, 'done; a run is verified, every document is on the target'],
  [EXIT.failed, 'could not be done: no connection, no tool, a file that cannot be written'],
  [EXIT.badInput, 'wrong input; nothing was touched'],
  [EXIT.findings, 'done, with findings that need a look (a skipped index, a dead letter, an extra document)'],
  [EXIT.resumable, 'not done or paused, run --resume goes on; or the command verify found a difference'],
  [EXIT.stopped, 'stopped by you (Ctrl-C once), the run can be resumed; or cancelled by you'],
  [EXIT.blockers, 'assess, size, advise --fail-on: something as bad was found, a rule failed, or no method can do it'],
  [EXIT.killed, 'ended at once (Ctrl-C twice)'],
];

const BAD_INPUT: ReadonlySet<MigrationErrorCode> = new Set([
  'bad-connection-string',
  'bad-file',
  'bad-namespace',
  'bad-number',
  'bad-option',
  'bad-plan',
  'secret-unavailable',
  'source-is-target',
  'run-not-found',
]);

export function exitCodeOfError(error: unknown): ExitCode {
  if (!MigrationError.is(error)) return EXIT.failed;
  if (error.code === 'cancelled') return EXIT.stopped;
  // A plan file that is not there is a slip of the user's; a disk that refuses is not.
  if (error.code === 'file-failed' && isMissingInput(error)) return EXIT.badInput;
  return BAD_INPUT.has(error.code) ? EXIT.badInput : EXIT.failed;
}

function isMissingInput(error: MigrationError): boolean {
  const reason = error.facts['code'] ?? error.facts['reason'];
  return (
    error.facts['action'] !== 'append' &&
    ['ENOENT', 'EISDIR', 'ENOTDIR', 'EACCES', 'EEXIST', 'not-readable'].includes(String(reason))
  );
}

const BY_STATE: Readonly<Partial<Record<RunState, ExitCode>>> = {
  completed: EXIT.success,
  'completed-with-findings': EXIT.findings,
  'failed-resumable': EXIT.resumable,
  paused: EXIT.resumable,
  cancelled: EXIT.stopped,
};

/** A run that the user stopped is resumable too, but a script wants to tell the two apart. */
export function exitCodeOfVerdict(verdict: Verdict): ExitCode {
  if (verdict.reasons.some((reason) => reason.id === 'stopped-by-user')) return EXIT.stopped;
  return BY_STATE[verdict.state] ?? EXIT.failed;
}
