/** Prints what went wrong: what happened, why, and what to do. The only place where an error becomes text and an exit code. */
import { CommanderError } from 'commander';
import { CARRIED_OUT } from '../core/advise/advise.js';
import { MigrationError } from '../core/model/error.js';
import { errorWords } from '../words/errors.js';
import { targetName } from '../words/clusters.js';
import { exitCodeOfError, EXIT, type ExitCode } from './exit-codes.js';
import type { Output } from './output.js';
import { wrap } from './table.js';
import { PROGRAM } from './context.js';

type Facts = MigrationError['facts'];
type ErrorWords = ReturnType<typeof errorWords>;

/** Slips that only a command line can have. */
const OWN_WORDS: Readonly<Record<string, (facts: Facts) => ErrorWords>> = {
  'file-exists': (f) => ({
    happened: `${text(f, 'path')} is there already.`,
    why: 'It is not written over without being told so.',
    todo: 'Give another name with --out, or add --force.',
  }),
  'method-not-carried-out': (f) => ({
    happened: `This version does not carry out ${text(f, 'method') || text(f, 'value')} itself.`,
    why: `It can plan and run ${[...CARRIED_OUT].join(', ')}.`,
    todo: `Leave --method out, or use the other method by hand and check its result with ${PROGRAM} verify.`,
  }),
  'plan-or-resume': () => ({
    happened: 'There is nothing to run.',
    why: 'Neither a plan nor a run was named.',
    todo: `${PROGRAM} run PLAN starts a new run; ${PROGRAM} run --resume RUN goes on with one.`,
  }),
  'missing-run': (f) => ({
    happened: `Which run is to ${text(f, 'action')}?`,
    why: '',
    todo: `${PROGRAM} runs ${text(f, 'action')} RUN, with its id, the start of it, or latest.`,
  }),
  'no-dead-letters': (f) => ({
    happened: `Run ${text(f, 'run')} has no dead letters.`,
    why: '',
    todo: `${PROGRAM} report ${text(f, 'run')} tells what it came to.`,
  }),
  'run-not-steered': (f) => ({
    happened: `Run ${text(f, 'run')} cannot be ${text(f, 'wanted')} now.`,
    why: `It is ${text(f, 'state')}.`,
    todo: `${PROGRAM} runs shows every run and its state.`,
  }),
  'needs-process': (f) => ({
    happened: `Nobody works on run ${text(f, 'run')}.`,
    why: 'Going on wants a process of its own.',
    todo: `${PROGRAM} run --resume ${text(f, 'run')}`,
  }),
  'file-is-foreign': (f) => ({
    happened: `${text(f, 'path')} is there already, and is not as this program has written it.`,
    why: 'Nothing was written: files of somebody else, and files that were changed since, are left alone.',
    todo: 'Give another folder with --out, or move the file away.',
  }),
  'awaits-nothing': (f) => ({
    happened: `Run ${text(f, 'run')} does not wait for anybody now.`,
    why: `It is ${text(f, 'state')}.`,
    todo: `${PROGRAM} runs show ${text(f, 'run')} tells what it is at.`,
  }),
  'not-limitable': (f) => ({
    happened: 'This run cannot be limited.',
    why: `Its method is ${text(f, 'method')}; only a direct copy paces itself by limits.`,
    todo: `Leave the limit out, or make a plan with --method direct-copy.`,
  }),
  'limit-needs-process': (f) => ({
    happened: `Nobody works on run ${text(f, 'run')}.`,
    why: 'Limits are told to the process that works on a run.',
    todo: `Give them when you go on: ${PROGRAM} run --resume ${text(f, 'run')} --max-mb-per-second 20`,
  }),
  'limit-or-none': () => ({
    happened: 'What is the limit to be?',
    why: 'Limits are given together, and take the place of all earlier ones.',
    todo: `${PROGRAM} runs limit RUN --max-mb-per-second 20, or --no-limit.`,
  }),
  'limit-only': () => ({
    happened: 'A limit was given, but the command is another one.',
    why: '',
    todo: `${PROGRAM} runs limit RUN --max-mb-per-second 20, or --no-limit.`,
  }),
  'plan-and-resume': () => ({
    happened: 'A plan and a run, or two runs, cannot be given together.',
    why: 'A run has its own copy of the plan.',
    todo: `Leave the plan out: ${PROGRAM} run --resume RUN.`,
  }),
  'run-is-over': (f) => ({
    happened: `Run ${text(f, 'run')} is ${text(f, 'state')}.`,
    why: 'There is nothing left to do in it.',
    todo: `Start a new one with ${PROGRAM} run PLAN, or look at it with ${PROGRAM} report ${text(f, 'run')}.`,
  }),
  'target-kind-changed': (f) => ({
    happened: `The plan was made for another kind of target: ${kind(f, 'planned')}.`,
    why: `What answers now is ${kind(f, 'found')}.`,
    todo: 'Make the plan again for this target, or correct the connection string.',
  }),
  'clean-up-consent': () => ({
    happened: 'Nobody is there to agree to what is taken away.',
    why: 'Nothing was touched.',
    todo: 'Add --yes to agree beforehand.',
  }),
  'consent-needed': (f) => ({
    happened: 'Nobody is there to agree to the charge.',
    why: `Reading the target costs about ${text(f, 'charge')}.`,
    todo: 'Add --yes to agree beforehand.',
  }),
};

function text(facts: Facts, name: string): string {
  const value = facts[name];
  return value === undefined ? '' : String(value);
}

function kind(facts: Facts, name: string): string {
  const value = text(facts, name);
  return value === 'cosmos-ru' || value === 'cosmos-vcore' || value === 'mongodb' ? targetName(value) : value;
}

export function failureWords(error: MigrationError): ErrorWords {
  const own = OWN_WORDS[text(error.facts, 'reason')];
  return own && (error.code === 'bad-option' || error.code === 'bad-plan') ? own(error.facts) : errorWords(error);
}

/** What happened, why, and what to do, broken at the width. */
export function failureLines(error: unknown, width: number): string[] {
  const { happened, why, todo } = failureWords(MigrationError.is(error) ? error : fromUnexpected(error));
  const lines = [happened, why, `→ ${todo}`].filter((line) => line !== '' && line !== '→ ');
  return lines.flatMap((line) => wrap(line, Math.min(width, 100), line.startsWith('→') ? '  ' : ''));
}

/** Tells the user (and with `--json` the program) and returns the exit code. Never throws. */
export function reportFailure(
  error: unknown,
  output: Output,
  env: Readonly<Record<string, string | undefined>>,
): ExitCode {
  // Commander has printed its own words already; help and version are no failures.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.success : EXIT.badInput;
  const known = MigrationError.is(error) ? error : fromUnexpected(error);
  const code = exitCodeOfError(known);
  const words = failureWords(known);
  output.note(...failureLines(known, output.people.columns));
  if (env['MCM_DEBUG'] && error instanceof Error) output.note('', error.stack ?? error.message, ...causeOf(error));
  else if (known.code === 'internal') output.note('(MCM_DEBUG=1 shows where it happened)');
  output.event({ error: { code: known.code, ...words, facts: known.facts }, exitCode: code });
  return code;
}

function fromUnexpected(error: unknown): MigrationError {
  if (error instanceof Error && error.name === 'AbortError')
    return new MigrationError('cancelled', {}, { cause: error });
  if (error === 'stopped') return new MigrationError('cancelled');
  const message = error instanceof Error ? error.message : String(error);
  return new MigrationError('internal', { message }, { cause: error });
}

function causeOf(error: Error): string[] {
  return error.cause instanceof Error ? ['caused by:', error.cause.stack ?? error.cause.message] : [];
}
