import type { ErrorFacts, MigrationErrorCode } from '../core/model/error.js';
import type { ErrorWords } from './error-words.js';
import { lookUp, textOf } from './params.js';

type WhyAndTodo = readonly [why: string, todo: string];

/** What Azure's own words do not say themselves, and what to do about it. */
const REFUSED: Readonly<Record<string, WhyAndTodo>> = {
  'not-allowed': ['', 'Ask for the role that docs/azure.md names for this step, then run the same command again.'],
  'keys-not-allowed': [
    'Whoever is signed in may see it, but not its connection strings.',
    'Ask for the role DocumentDB Account Contributor on the account; for a vCore cluster one with Microsoft.DocumentDB/mongoClusters/listConnectionStrings/action. Or add it with its connection string.',
  ],
  'not-found': ['', 'Look at subscription, resource group and name.'],
  conflict: [
    'Something else is changing the same resource, or it is not in the state that this needs.',
    'Wait until that has ended, then run the same command again.',
  ],
  'not-registered': [
    'The subscription has not registered the resource provider.',
    'Register it (az provider register --namespace NAME --wait), or let the run do it: run --register-providers, or run --ask-first to be asked. It needs a right that Contributors and Owners of the subscription have.',
  ],
  'still-registering': [
    'The resource provider is being registered, and Azure takes longer for it than it says.',
    'Wait some minutes, then run the same command again.',
  ],
  'too-many-requests': [
    'Too many requests were made for the subscription.',
    'Wait as long as Azure says, then run the same command again.',
  ],
  'operation-failed': [
    'The operation was accepted and failed afterwards.',
    "Azure's words say what to change. Then run the same command again.",
  ],
  'not-understood': [
    'The answer is not what Azure documents.',
    'Look whether a proxy in between answers in its place.',
  ],
  'foreign-address': [
    'An answer led to another host, and a token is not sent there.',
    'Look whether a proxy in between answers in its place.',
  ],
};

const SIGN_IN: Readonly<Record<string, WhyAndTodo>> = {
  'token-refused': ['Azure does not take the token, not even a new one.', 'Sign in again, then resume.'],
  'not-signed-in': [
    'Nobody is signed in.',
    'Sign in with "az login", set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or start it from VS Code.',
  ],
  declined: [
    'The sign-in with VS Code was closed or refused.',
    'Sign in, then try again. A run can use the Azure CLI or a service principal instead: see the setting mongoCosmosMigration.azure.signIn.',
  ],
  'az-failed': ['"az account get-access-token" gave no token.', 'Run "az login", then run the same command again.'],
  'az-missing': [
    'The Azure CLI (az) was not found.',
    'Install it and run "az login", or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.',
  ],
  'service-principal-refused': [
    'The service principal was refused.',
    'Look at AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, and whether the secret has expired.',
  ],
  'window-gone': [
    'The window of VS Code that gave the tokens does not answer any more.',
    'What runs in Azure goes on. Resume the run from the Migrations view, or sign in with "az login" and resume it with run --resume.',
  ],
};

export function azureErrorWords(
  code: Extract<MigrationErrorCode, 'azure-refused' | 'azure-unreachable' | 'azure-sign-in-needed'>,
  facts: ErrorFacts,
): ErrorWords {
  const reason = textOf(facts, 'reason', '');
  const request = textOf(facts, 'request', 'a request');
  const said = azureSaid(facts);
  if (code === 'azure-refused') {
    if (reason === 'register-not-allowed') return registerWords(facts, said);
    const [why, todo] = lookUp(REFUSED, reason) ?? [
      '',
      "Azure's words say what to change. Then run the same command again.",
    ];
    return { happened: `Azure refused ${request}.`, why: joined(why, said), todo };
  }
  if (code === 'azure-sign-in-needed') {
    const [why, todo] = lookUp(SIGN_IN, reason) ?? ['', 'Sign in again, then resume.'];
    return { happened: 'This needs a sign-in to Azure.', why: joined(why, said), todo };
  }
  return {
    happened: 'Azure cannot be reached.',
    why: joined(
      reason === 'unclear' ? `Whether ${request} arrived is not known.` : `${request} was not answered.`,
      said,
    ),
    todo: 'Look at the network and the proxy, then run the same command again: what was started already is taken up.',
  };
}

function registerWords(facts: ErrorFacts, said: string): ErrorWords {
  const namespace = textOf(facts, 'namespace', 'a resource provider');
  const subscription = textOf(facts, 'subscription', '');
  return {
    happened: `${namespace} cannot be registered in the subscription ${subscription}.`,
    why: joined(`Whoever is signed in has no right to do so (${namespace}/register/action).`, said),
    todo: `Ask an owner of the subscription for "az provider register --namespace ${namespace} --subscription ${subscription}", or for the role Contributor on it. Then run the same command again.`,
  };
}

function azureSaid(facts: ErrorFacts): string {
  const message = textOf(facts, 'message', '').replace(/[.\s]+$/, '');
  const code = textOf(facts, 'azureCode', '');
  const id = textOf(facts, 'requestId', '');
  const tail = [code, id === '' ? '' : `request ${id}`].filter((text) => text !== '').join(', ');
  if (message === '') return tail === '' ? '' : `It said: ${tail}.`;
  return `It said: ${message}${tail === '' ? '' : ` (${tail})`}.`;
}

function joined(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}
