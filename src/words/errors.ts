import type { ErrorFacts, MigrationError, MigrationErrorCode } from '../core/model/error.js';
import { azureErrorWords } from './azure-errors.js';
import { badPlanWords } from './bad-plan-words.js';
import { dmsPlanWords } from './dms.js';
import {
  foreignFileWords,
  connectionStringFlaw,
  fileFlaw,
  optionFlaw,
  secretFlaw,
  tlsFlaw,
  unreachableWords,
} from './error-reasons.js';
import type { ErrorWords } from './error-words.js';
import { lookUp, textOf } from './params.js';
import { databricksWords, sparkPlanWords } from './spark.js';

const words = (happened: string, why: string, todo: string): ErrorWords => ({ happened, why, todo });

/** Which cluster, where the error says so: "the source", "the target", "the cluster". */
function who(facts: ErrorFacts): string {
  const side = textOf(facts, 'side', '');
  return side === '' ? 'the cluster' : `the ${side}`;
}

function host(facts: ErrorFacts): string {
  return textOf(facts, 'host', textOf(facts, 'hosts', who(facts)));
}

/** The server's own words, where there are some. */
function said(facts: ErrorFacts): string {
  const message = textOf(facts, 'message', '');
  if (message === '') return '';
  const code = textOf(facts, 'serverCode', '');
  return `The server said: ${message.replace(/[.\s]+$/, '')}${code === '' ? '' : ` (code ${code})`}.`;
}

/** Words of the driver or the system, which are no server's. */
function detail(facts: ErrorFacts): string {
  const message = textOf(facts, 'message', '').replace(/[.\s]+$/, '');
  return message === '' ? '' : `${message}.`;
}

/** One for each code: a new code does not compile until it has words here. */
export function errorWords(error: Pick<MigrationError, 'code' | 'facts'>): ErrorWords {
  const { code, facts } = error;
  const ns = textOf(facts, 'namespace', textOf(facts, 'ns', ''));
  const reason = textOf(facts, 'reason', '');
  switch (code) {
    case 'bad-connection-string':
      return words(
        `The connection string of ${who(facts)} cannot be used.`,
        connectionStringFlaw(reason, facts),
        'It looks like mongodb://user@host:27017/ or mongodb+srv://user@name.example.net/.',
      );
    case 'authentication-failed':
      return authenticationWords(facts, reason);
    case 'unreachable-host':
      return unreachableWords(reason, facts, host(facts));
    case 'tls-failed':
      return words(`No secure connection to ${host(facts)}.`, ...tlsFlaw(reason));
    case 'missing-privilege':
      return words(
        `The user of ${who(facts)} may not run ${textOf(facts, 'command', 'a command')}${ns === '' ? '' : ` on ${ns}`}.`,
        said(facts),
        'Give it readAnyDatabase and clusterMonitor on a source, readWriteAnyDatabase and dbAdminAnyDatabase on a target.',
      );
    case 'unsupported-server-version':
      return words(
        `The server${facts['version'] === undefined ? '' : ` (version ${textOf(facts, 'version')})`} is too old.`,
        facts['minimum'] === undefined ? '' : `This needs ${textOf(facts, 'minimum')} or newer.`,
        'Upgrade it, or migrate from a newer copy of it.',
      );
    case 'connection-lost':
      return words(
        `The connection to ${host(facts)} was lost.`,
        facts['serverCode'] === undefined ? detail(facts) : said(facts),
        'Look at the network and the server, then run the same command again: it goes on where it stopped.',
      );
    case 'command-failed':
      return words(
        `${who(facts) === 'the cluster' ? 'The server' : capital(who(facts))} refused ${textOf(facts, 'command', 'a command')}${ns === '' ? '' : ` on ${ns}`}.`,
        reason === 'no-charge' ? 'It did not say what the last operation cost.' : said(facts),
        "Run it again. If it is refused again, the server's words above say what to change.",
      );
    case 'bad-namespace':
      return words(
        `"${textOf(facts, 'namespace')}" is not a name of a collection.`,
        'It has to be database.collection, and the database has no dot in it.',
        'Correct the name.',
      );
    case 'bad-number':
      return words(
        `${textOf(facts, 'name', 'A number')} cannot be ${textOf(facts, 'value')}.`,
        numberRange(facts),
        'Give another number.',
      );
    case 'bad-plan':
      return sparkPlanWords(reason, facts) ?? dmsPlanWords(reason, facts) ?? badPlanWords(reason, facts);
    case 'bad-option':
      if (reason === 'file-is-foreign') return foreignFileWords(facts);
      return words(
        `${textOf(facts, 'option', 'An option')} cannot be used like this.`,
        optionFlaw(reason, facts),
        '--help shows how.',
      );
    case 'secret-unavailable':
      return words(
        reason.startsWith('dump-url') ? 'The dump is not found.' : `The password of ${who(facts)} is not there.`,
        ...secretFlaw(reason, facts),
      );
    case 'source-is-target':
      return words(
        `${textOf(facts, 'namespace', 'A collection')} would be copied onto a collection that is being read.`,
        'Source and target are the same cluster.',
        'Give another target, or rename the collections.',
      );
    case 'tool-missing':
      return words(
        `${textOf(facts, 'tool', textOf(facts, 'name', 'A database tool'))} was not found.`,
        '',
        'Install the MongoDB Database Tools (https://www.mongodb.com/try/download/database-tools) and put them on PATH.',
      );
    case 'tool-failed':
      return words(
        `${textOf(facts, 'tool', 'A database tool')} ended with an error${facts['exitCode'] === undefined ? '' : ` (exit status ${textOf(facts, 'exitCode')})`}.`,
        textOf(facts, 'message', ''),
        'Resume the run: it goes on, nothing is copied twice.',
      );
    case 'databricks-refused':
      return databricksWords(facts);
    case 'run-locked':
      return words(
        `Run ${textOf(facts, 'run', '')} is at work already (process ${textOf(facts, 'pid')}).`,
        '',
        'Wait for it, or stop it first.',
      );
    case 'run-not-found':
      return facts['candidates'] === undefined
        ? words(
            facts['run'] === 'latest' ? 'There is no run yet.' : `There is no run ${textOf(facts, 'run', '')}.`,
            `Runs are looked for in ${textOf(facts, 'root', "the runs' folder")}.`,
            'List the runs to see their names, or name another folder of runs.',
          )
        : words(
            `${textOf(facts, 'run')} could be several runs.`,
            `They are: ${textOf(facts, 'candidates')}.`,
            'Give more of its name.',
          );
    case 'journal-damaged':
      return words(
        `The journal of the run is damaged${facts['line'] === undefined ? '' : ` at line ${textOf(facts, 'line')}`}.`,
        'Somebody or something else wrote to it.',
        'Keep it for questions, and start a new run: documents that are on the target already are recognised.',
      );
    case 'journal-foreign':
      return words(
        'The journal belongs to something else.',
        reason === 'version'
          ? `It was written by another version (format ${textOf(facts, 'version')}).`
          : `Its ${reason === '' ? 'identity' : reason} is ${textOf(facts, 'found')}, not ${textOf(facts, 'expected')}.`,
        'Go on with the plan that it was started with, or start a new run.',
      );
    case 'target-not-ready':
      return words(
        reason === 'relay-port' ? `Port ${textOf(facts, 'port')} cannot be opened.` : 'The target is not ready.',
        reason === 'relay-port'
          ? 'Another program uses it.'
          : reason === 'no-writable-server'
            ? 'No server of it takes writes.'
            : said(facts),
        reason === 'relay-port'
          ? 'End that program, or give another port (plan --studio-port, relay --port).'
          : 'Wait until it is up, then run the same command again.',
      );
    case 'file-failed':
      return words(
        `${textOf(facts, 'path', 'A file')} could not be ${fileAction(textOf(facts, 'action', 'read'))}.`,
        fileReason(textOf(facts, 'code', reason), textOf(facts, 'action', 'read')),
        'Look at the path, its permissions and the free space.',
      );
    case 'bad-file':
      return words(
        `${textOf(facts, 'path', 'A file')} cannot be used${facts['line'] === undefined ? '' : `: line ${textOf(facts, 'line')}`}.`,
        fileFlaw(reason, facts),
        'Nothing was written for it. Correct the file, or export it again.',
      );
    case 'azure-refused':
    case 'azure-unreachable':
    case 'azure-sign-in-needed':
      return azureErrorWords(code, facts);
    case 'cancelled':
      return words('Cancelled.', '', 'Running the same command again goes on.');
    case 'internal':
      return words(
        'Something happened that should not.',
        [reason, textOf(facts, 'message', '')].filter((text) => text !== '').join(': '),
        'Nothing was lost: run the same command again. If it comes back, please report it.',
      );
  }
}

const CODES: Readonly<Record<MigrationErrorCode, true>> = {
  'bad-connection-string': true,
  'authentication-failed': true,
  'unreachable-host': true,
  'tls-failed': true,
  'missing-privilege': true,
  'unsupported-server-version': true,
  'connection-lost': true,
  'command-failed': true,
  'bad-namespace': true,
  'bad-number': true,
  'bad-plan': true,
  'bad-option': true,
  'secret-unavailable': true,
  'source-is-target': true,
  'tool-missing': true,
  'tool-failed': true,
  'databricks-refused': true,
  'run-locked': true,
  'run-not-found': true,
  'journal-damaged': true,
  'journal-foreign': true,
  'target-not-ready': true,
  'file-failed': true,
  'bad-file': true,
  'azure-refused': true,
  'azure-unreachable': true,
  'azure-sign-in-needed': true,
  cancelled: true,
  internal: true,
};

/** True for the text of a code, which may come from a file. */
export function isErrorCode(text: string): text is MigrationErrorCode {
  return Object.hasOwn(CODES, text);
}

/** Every code. */
export const ERROR_CODES: readonly MigrationErrorCode[] = Object.keys(CODES).filter(isErrorCode);

/** The same in one line. */
export function errorSentence(error: Pick<MigrationError, 'code' | 'facts'>): string {
  const { happened, why, todo } = errorWords(error);
  return [happened, why, todo].filter((text) => text !== '').join(' ');
}

function authenticationWords(facts: ErrorFacts, reason: string): ErrorWords {
  const happened = `${capital(who(facts))} refused the login.`;
  if (reason === 'no-credentials') {
    return words(happened, 'The connection string names no user.', 'Add the user: mongodb://user@host/.');
  }
  if (reason === 'mechanism') {
    return words(
      happened,
      'It does not offer this way of logging in.',
      'Look at authMechanism in the connection string.',
    );
  }
  return words(happened, said(facts), 'Look at user, password and authSource. Keys of Cosmos DB end in "==".');
}

function numberRange(facts: ErrorFacts): string {
  if (facts['minimum'] === undefined) return 'It has to be a finite number that makes sense here.';
  const maximum = facts['maximum'] === undefined ? ' or more' : ` to ${textOf(facts, 'maximum')}`;
  const instead = facts['instead'] === undefined ? '' : `, or ${textOf(facts, 'instead')}`;
  return `It has to be ${textOf(facts, 'minimum')}${maximum}${instead}.`;
}

const FILE_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'It is not there.',
  EACCES: 'Permission is missing.',
  EPERM: 'Permission is missing.',
  ENOSPC: 'The disk is full.',
  EROFS: 'The disk cannot be written to.',
  EISDIR: 'It is a folder.',
  ENOTDIR: 'There is a file where a folder has to be.',
  EEXIST: 'There is a file where a folder has to be.',
  EFBIG: 'The system lets this user write no file of this size.',
  EDQUOT: "This user's share of the disk is full.",
  ENAMETOOLONG: 'Its name is too long.',
  damaged: 'It is damaged.',
  'cut-short': 'It is shorter than the journal says.',
  'not-readable': 'It cannot be read.',
};

function fileReason(code: string, action: string): string {
  if (action === 'make-folder' && code === 'ENOENT') return 'The system makes no folders there.';
  if (action === 'write' && code === 'ENOENT') return 'Its folder is not there, or takes no files.';
  return lookUp(FILE_REASONS, code) ?? (code === '' ? '' : `The system says ${code}.`);
}

const FILE_ACTIONS: Readonly<Record<string, string>> = {
  read: 'read',
  write: 'written',
  append: 'written',
  open: 'opened',
  lock: 'locked',
  sync: 'written',
  'make-folder': 'made',
};

function fileAction(action: string): string {
  return lookUp(FILE_ACTIONS, action) ?? `used (${action})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
