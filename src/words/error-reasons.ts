import type { ErrorFacts } from '../core/model/error.js';
import type { ErrorWords } from './error-words.js';
import { methodNameOf } from './methods.js';
import { lookUp, textOf } from './params.js';

const CONNECTION_STRING: Readonly<Record<string, string>> = {
  empty: 'It is empty.',
  scheme: 'It does not start with mongodb:// or mongodb+srv://.',
  'no-host': 'It names no host.',
  'bad-host': 'A host name in it is not valid.',
  'bad-port': 'A port in it is not a number from 1 to 65535.',
  'bad-escape': 'A % in it is not followed by two hexadecimal digits.',
  'unescaped-credentials': 'User or password has a character that has to be percent-encoded (/ : @ % ? #).',
  'no-user-for-password': 'There is a password, but no user.',
  'srv-needs-one-name': 'mongodb+srv takes exactly one name.',
  'srv-takes-no-port': 'mongodb+srv takes no port.',
  'bad-option': 'An option in it is not valid.',
  malformed: 'It cannot be read.',
};

export function connectionStringFlaw(reason: string, facts: ErrorFacts): string {
  const message = textOf(facts, 'message', '');
  const detail = reason === 'bad-option' && message !== '' ? ` ${message}.` : '';
  return `${lookUp(CONNECTION_STRING, reason) ?? reason}${detail}`;
}

/** A file that would be written over. */
export function foreignFileWords(facts: ErrorFacts): ErrorWords {
  return {
    happened: `${textOf(facts, 'path')} is there already, and nothing was written.`,
    why: 'It is not from an earlier hand-off of this program, or was changed since.',
    todo: 'Choose another folder, or move that file away.',
  };
}

type WhyAndTodo = readonly [why: string, todo: string];

const UNREACHABLE: Readonly<Record<string, WhyAndTodo>> = {
  dns: [
    'Its name is not known.',
    'Look for a typing mistake, and whether this machine may ask for the name (VPN, private endpoint).',
  ],
  refused: ['Nothing listens there.', 'Look at the port and whether the server runs.'],
  'no-route': ['No network leads there.', 'Look at VPN, routes and firewalls.'],
  blocked: ['This machine may not connect there.', 'Look at the firewall of this machine.'],
  timeout: ['It does not answer.', 'Look at firewalls: on Azure this address must be allowed under Networking.'],
  closed: [
    'It closes the connection at once.',
    'On Azure this address must be allowed under Networking. A proxy in between does the same.',
  ],
};

export function unreachableWords(reason: string, facts: ErrorFacts, host: string): ErrorWords {
  const happened = `Cannot reach ${host}.`;
  if (reason === 'wrong-replica-set-name') {
    return {
      happened,
      why: 'It answers, but its replica set has another name.',
      todo: 'Correct or remove replicaSet in the connection string.',
    };
  }
  if (reason === 'members-unreachable') {
    const why = `The server answers, but the members that it names do not: ${textOf(facts, 'members')}.`;
    return {
      happened,
      why,
      todo: 'Make those names reachable from here, or add directConnection=true (usual with tunnels).',
    };
  }
  const [why, todo] = lookUp(UNREACHABLE, reason) ?? [
    reason === '' ? '' : `${reason}.`,
    'Look at host, port, network and firewalls.',
  ];
  return { happened, why, todo };
}

const TLS: Readonly<Record<string, WhyAndTodo>> = {
  'self-signed': ['The certificate is signed by itself.', 'Give the file of the authority that signed it (CA file).'],
  'unknown-authority': [
    'This machine does not know who signed the certificate.',
    'Give the file of that authority (CA file).',
  ],
  'hostname-mismatch': ['The certificate is for another name.', 'Connect by the name that the certificate is for.'],
  expired: ['The certificate has expired.', 'Renew it on the server.'],
  'not-yet-valid': ['The certificate is not valid yet.', 'Look at the clocks of both machines.'],
  revoked: ['The certificate was revoked.', 'Renew it on the server.'],
  'server-speaks-no-tls': ['The server speaks no TLS there.', 'Remove tls=true, or give the port that speaks TLS.'],
  'server-requires-tls': ['The server wants TLS.', 'Add tls=true to the connection string.'],
  'protocol-version': ['Both sides know no common version of TLS.', 'The server has to offer TLS 1.2 or newer.'],
  'client-certificate-required': ['The server wants a certificate from us.', 'Give a certificate file.'],
  'client-certificate-refused': [
    'The server does not take our certificate.',
    'Have it signed by an authority that the server knows.',
  ],
  'client-certificate-unusable': [
    'Our certificate file cannot be used.',
    'It has to hold the certificate and its key, in PEM form.',
  ],
};

export function tlsFlaw(reason: string): WhyAndTodo {
  return lookUp(TLS, reason) ?? ['The TLS handshake failed.', 'Look at tls=true, the CA file and the port.'];
}

export function optionFlaw(reason: string, facts: ErrorFacts): string {
  switch (reason) {
    case 'password-in-arguments':
      return `A password on the command line can be read by everyone on this machine. Use ${textOf(facts, 'variable', 'an environment variable')}, a file or the prompt.`;
    case 'conflicts':
      return `It cannot be given together with ${textOf(facts, 'other')}.`;
    case 'missing':
      return `It is missing. ${textOf(facts, 'variable', '') === '' ? '' : `The environment variable ${textOf(facts, 'variable')} does as well.`}`.trim();
    case 'wants-assignment':
      return `It has to be name=value, not "${textOf(facts, 'value')}".`;
    case 'wants-field-of-collection':
      return `It has to be ${textOf(facts, 'form')}, not "${textOf(facts, 'value')}".`;
    case 'wants-json':
      return `What follows the = is not JSON (Extended JSON for other types; a text stands in double quotes): ${textOf(facts, 'value')}.`;
    case 'wants-query':
      return `A filter is a query in braces, like {"a":1}, not ${textOf(facts, 'value')}.`;
    case 'given-twice':
      return `It is given twice for ${textOf(facts, 'namespace')}.`;
    case 'plan-or-resume':
      return 'Give a plan to carry out, or a run to resume.';
    case 'plan-and-resume':
      return 'Give a plan or a run to resume, not both: a run keeps its own plan.';
    case 'run-is-over':
      return `Run ${textOf(facts, 'run')} is over (${textOf(facts, 'state')}).`;
    case 'run-not-started':
      return 'That run has not started yet.';
    case 'endpoint':
      return 'It has to be an https address.';
    case 'subscription-unknown':
      return `The account that is signed in sees no subscription "${textOf(facts, 'value')}".`;
    case 'file-exists':
      return `${textOf(facts, 'path')} is there already.`;
    case 'clean-up-consent':
      return 'What would be taken away is told, and there is no terminal to ask at.';
    case 'consent-needed':
      return 'It costs request units, and there is no terminal to ask at.';
    case 'method-not-carried-out':
      return `This version does not carry out ${methodNameOf(textOf(facts, 'value'))} itself.`;
    case 'export-import-only':
      return `It is for the method export-import, not for ${textOf(facts, 'method')}.`;
    case 'csv-only':
      return 'It is for --format csv only.';
    case 'two-folders':
      return 'It must name the same folder as --to-files.';
    case 'not-into-files':
      return 'A file is called as its collection is; rename when you import it.';
    case 'not-fields':
      return 'It looks like --fields shop.orders=_id,day,total.';
    case 'ru-only':
      return 'It is for RU accounts only.';
    case 'letters-only':
      return 'It says which dead letters are sent again, and goes with --retry-dead-letters.';
    case 'no-such-letter':
      return `"${textOf(facts, 'value')}" is not among the dead letters of run ${textOf(facts, 'run')}.`;
    case 'trial-needs-target':
      return 'A copy is tried into the target, and none was given: --trial read only reads the source.';
    case 'handoff-option-of-other-method':
      return `It is for the method ${textOf(facts, 'for')}, not for ${textOf(facts, 'method')}.`;
    case 'direct-copy-only':
      return 'Only a direct copy keeps to it.';
    case 'unknown-value':
      return `"${textOf(facts, 'value')}" is not one of: ${textOf(facts, 'allowed')}.`;
    default:
      return reason === '' ? '' : `${reason}.`;
  }
}

export function secretFlaw(reason: string, facts: ErrorFacts): WhyAndTodo {
  const variable = textOf(facts, 'variable', 'the environment variable');
  const path = textOf(facts, 'path', 'the file');
  switch (reason) {
    case 'variable-not-set':
      return [`The environment variable ${variable} is not set.`, 'Set it and run the command again.'];
    case 'no-password-in-uri':
      return ['The connection string holds none.', 'Give it in an environment variable, a file or at the prompt.'];
    case 'uri-of-other-cluster':
      return [
        `The connection string that is set is for ${textOf(facts, 'given')}; the plan is for ${textOf(facts, 'planned')}.`,
        "Set the one of the plan's cluster, or make a plan for the other cluster.",
      ];
    case 'dump-url':
      return [
        'The plan reads a dump, and nobody has said where it lies.',
        'Put the address of its blob container, with a signature, into MCM_DUMP_URL, then resume; VS Code asks for it.',
      ];
    case 'dump-url-malformed':
      return [
        'What MCM_DUMP_URL holds is not the address of a blob container with a signature.',
        'It has to be https://ACCOUNT.blob.core.windows.net/CONTAINER?SIGNATURE, with rights to read and to list, and no folder behind the container.',
      ];
    case 'handover-gone':
      return [
        'The window that started this hands it over once, and does not answer.',
        'Resume the run from the Migrations view, or set MCM_SOURCE_URI and MCM_TARGET_URI and run the command again.',
      ];
    case 'handover-other-cluster':
      return [
        'What was handed over is for another cluster than the plan names.',
        'Make the plan again, or choose the connection that it was made with.',
      ];
    case 'no-terminal':
      return ['There is no terminal to ask at.', `Set ${variable}, or give a file.`];
    case 'empty':
      return ['Nothing was typed.', 'Run the command again.'];
    case 'file-unreadable':
      return [`${path} cannot be read (${textOf(facts, 'code')}).`, 'Look at the path and its permissions.'];
    case 'file-empty':
      return [`${path} is empty.`, 'Write the password into it.'];
    default:
      return [reason === '' ? '' : `${reason}.`, 'Give it in an environment variable, a file or at the prompt.'];
  }
}

const FILE_FLAWS: Readonly<Record<string, (facts: ErrorFacts) => string>> = {
  'prices-invalid': (facts) => `It is no list of prices: ${textOf(facts, 'problems', 'its form is another')}.`,
  'not-json': () => 'What stands there is no JSON document.',
  'not-a-document': () => 'What stands there is no JSON document.',
  unfinished: () => 'It ends in the middle of a document: it was not written to its end.',
  'bad-number': () => 'A number there is none, or too large for its type.',
  'bad-string': () => 'A text there has characters that JSON does not allow.',
  'bad-type': () => 'A type there (such as $oid or $date) is not written as Extended JSON has it.',
  'zero-in-name': () => 'A field there has a zero character in its name, which MongoDB does not store.',
  'too-deep': () => 'The document there is nested too deeply.',
  'document-too-long': () => 'The document there has no end: perhaps a quote is missing.',
  'no-id': () => 'The document there has no _id: a run that is gone on with would bring it twice.',
  'csv-no-header': () => 'A CSV file needs the names of its fields in its first line.',
  'no-assessment': () => 'It is no assessment in the JSON form that assess writes.',
  'csv-no-id': () => 'Its first line names no field _id: a run that is gone on with would bring every document twice.',
  'csv-unfinished': () => 'It ends within quotes: it was not written to its end.',
  'name-without-database': () => 'Its name must be <database>.<collection>, with the ending .json or .csv.',
  missing: (facts) => `There is no file for ${textOf(facts, 'namespace', 'the collection')} in the folder.`,
  'no-files': () => 'There are no files in it that are named <database>.<collection>.json or .csv.',
  exists: () => 'It is there already, and this run has not written it: it stays as it is. Name another folder.',
  unreadable: (facts) => `The system does not let it be read (${textOf(facts, 'code', 'no reason given')}).`,
  unwritable: (facts) => `The system does not let it be written (${textOf(facts, 'code', 'no reason given')}).`,
  'no-room': (facts) =>
    `The disk has ${textOf(facts, 'freeText', 'less')} free, and the files take ${textOf(facts, 'neededText', 'more')} or more.`,
  'count-differs': (facts) =>
    `mongoexport said ${textOf(facts, 'said', 'another number of')} documents, and ${textOf(facts, 'found', 'others')} are in it.`,
};

/** Why a text file cannot be imported, or not be written. */
export function fileFlaw(reason: string, facts: ErrorFacts): string {
  return lookUp(FILE_FLAWS, reason)?.(facts) ?? reason;
}
