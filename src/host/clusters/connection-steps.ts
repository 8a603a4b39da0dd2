import { l10n, ThemeIcon, Uri, window } from 'vscode';
import type { ConnectionString, HostAdapters } from '../adapters.js';
import { wordsOf } from '../strings.js';
import { askChoice, askText, no, yes, type Choice } from './ask.js';
import { buildConnectionString, type AuthMechanism, type ConnectionAnswers } from './build-connection-string.js';
import { askAll, type Answer, type Ask } from './question-flow.js';

export interface SteppedConnection {
  readonly connectionString: ConnectionString;
  readonly tlsCAFile?: string;
  readonly tlsCertificateKeyFile?: string;
}

interface State extends ConnectionAnswers {
  readonly tlsCAFile?: string;
  readonly tlsCertificateKeyFile?: string;
}

const START: State = { hosts: '', srv: false, auth: 'none', tls: false };

/** Asks for a connection bit by bit. Undefined when the user stops. */
export async function askConnectionSteps(
  title: string,
  adapters: Pick<HostAdapters, 'parseConnectionString'>,
): Promise<SteppedConnection | undefined> {
  const { parseConnectionString } = adapters;
  const flaw = (state: State): string | undefined => {
    try {
      parseConnectionString(buildConnectionString(state));
      return undefined;
    } catch (error) {
      return wordsOf(error).why;
    }
  };
  const state = await askAll(START, questions(title, flaw));
  if (!state) return undefined;
  const { tlsCAFile, tlsCertificateKeyFile } = state;
  return {
    connectionString: parseConnectionString(buildConnectionString(state)),
    ...(tlsCAFile === undefined ? {} : { tlsCAFile }),
    ...(tlsCertificateKeyFile === undefined ? {} : { tlsCertificateKeyFile }),
  };
}

async function map<T, S>(asked: Promise<Answer<T>>, into: (value: T) => S): Promise<Answer<S>> {
  const answer = await asked;
  return answer.kind === 'answer' ? { kind: 'answer', value: into(answer.value) } : answer;
}

function questions(title: string, flaw: (state: State) => string | undefined): readonly Ask<State>[] {
  const text = (
    prompt: string,
    key: 'user' | 'password' | 'authSource' | 'replicaSet',
    required: boolean,
  ): Ask<State> => {
    return (state, canGoBack) =>
      map(
        askText({
          title,
          canGoBack,
          prompt,
          value: state[key] ?? '',
          password: key === 'password',
          check: (value) => (required && value === '' ? l10n.t('It cannot be empty.') : undefined),
        }),
        (value) => ({ ...state, [key]: value }),
      );
  };
  const user = text(l10n.t('User name'), 'user', true);
  const password = text(l10n.t('Password, as it is: special characters are taken care of'), 'password', true);
  const authSource = text(l10n.t('Database in which the user is defined; empty: admin'), 'authSource', false);
  const replicaSet = text(l10n.t('Name of the replica set; empty: found out by itself'), 'replicaSet', false);
  return [
    (state, canGoBack) =>
      map(
        askText({
          title,
          canGoBack,
          prompt: l10n.t('Host and port, several with commas between them; or one name that the DNS resolves'),
          placeholder: 'db1.example.net:27017, db2.example.net:27017',
          value: state.hosts,
          check: (hosts) => flaw({ ...START, hosts }),
        }),
        (hosts) => ({ ...state, hosts }),
      ),
    (state, canGoBack) =>
      // Only one name without a port can be looked up.
      /[:,]/.test(state.hosts)
        ? undefined
        : map(
            askChoice({ title, canGoBack, placeholder: l10n.t('How are the servers found?'), choices: lookups() }),
            (srv) => ({ ...state, srv }),
          ),
    (state, canGoBack) =>
      map(
        askChoice({ title, canGoBack, placeholder: l10n.t('How does it log in?'), choices: mechanisms() }),
        (auth) => ({ ...state, auth }),
      ),
    (state, canGoBack) => (state.auth === 'password' || state.auth === 'ldap' ? user(state, canGoBack) : undefined),
    (state, canGoBack) => (state.auth === 'password' || state.auth === 'ldap' ? password(state, canGoBack) : undefined),
    (state, canGoBack) => (state.auth === 'password' ? authSource(state, canGoBack) : undefined),
    (state, canGoBack) =>
      state.auth === 'x509'
        ? undefined
        : map(
            askChoice({
              title,
              canGoBack,
              placeholder: l10n.t('Is the connection encrypted (TLS)? Cosmos DB and Atlas always are'),
              choices: state.srv
                ? [choice(yes(), true), choice(no(), false)]
                : [choice(no(), false), choice(yes(), true)],
            }),
            (tls) => ({ ...state, tls }),
          ),
    (state, canGoBack) =>
      state.tls || state.auth === 'x509'
        ? map(askFile(title, canGoBack, l10n.t('Who has signed the server’s certificate?'), authorities()), (file) => ({
            ...without(state, 'tlsCAFile'),
            tls: true,
            ...(file === undefined ? {} : { tlsCAFile: file }),
          }))
        : undefined,
    (state, canGoBack) =>
      state.auth === 'x509'
        ? map(askFile(title, canGoBack, l10n.t('Client certificate with its key (PEM)'), clientFiles()), (file) => ({
            ...without(state, 'tlsCertificateKeyFile'),
            ...(file === undefined ? {} : { tlsCertificateKeyFile: file }),
          }))
        : undefined,
    (state, canGoBack) =>
      state.srv || state.hosts.includes(',')
        ? undefined
        : map(
            askChoice({ title, canGoBack, placeholder: l10n.t('Which servers are used?'), choices: topologies() }),
            (direct) => ({ ...state, direct }),
          ),
    (state, canGoBack) => (state.srv || state.direct ? undefined : replicaSet(state, canGoBack)),
  ];
}

const choice = <T>(label: string, value: T, detail?: string): Choice<T> => ({
  label,
  value,
  ...(detail === undefined ? {} : { detail }),
});

const lookups = (): readonly Choice<boolean>[] => [
  choice(l10n.t('This is the server'), false, 'mongodb://'),
  choice(l10n.t('The DNS knows the servers'), true, l10n.t('mongodb+srv://, usual with Atlas and Cosmos DB vCore')),
];

const mechanisms = (): readonly Choice<AuthMechanism>[] => [
  choice<AuthMechanism>(l10n.t('User and password'), 'password', l10n.t('SCRAM, also the keys of Cosmos DB')),
  choice<AuthMechanism>(l10n.t('Client certificate'), 'x509', 'X.509'),
  choice<AuthMechanism>(l10n.t('LDAP'), 'ldap', 'PLAIN'),
  choice<AuthMechanism>(l10n.t('No login'), 'none'),
];

const topologies = (): readonly Choice<boolean>[] => [
  choice(l10n.t('The whole cluster that it belongs to'), false),
  choice(l10n.t('This server only'), true, l10n.t('A direct connection, usual through a tunnel')),
];

const authorities = (): readonly Choice<'none' | 'file'>[] => [
  choice<'none' | 'file'>(l10n.t('A public authority'), 'none', l10n.t('As with Atlas and Cosmos DB')),
  {
    ...choice<'none' | 'file'>(l10n.t('One of ours: choose its file…'), 'file'),
    iconPath: new ThemeIcon('folder-opened'),
  },
];

const clientFiles = (): readonly Choice<'none' | 'file'>[] => [
  { ...choice<'none' | 'file'>(l10n.t('Choose the file…'), 'file'), iconPath: new ThemeIcon('folder-opened') },
];

function without<K extends keyof State>(state: State, key: K): Omit<State, K> & State {
  const copy = { ...state };
  delete (copy as Partial<State>)[key];
  return copy;
}

/** A file on the machine where the extension runs; undefined: none is wanted. */
async function askFile(
  title: string,
  canGoBack: boolean,
  placeholder: string,
  choices: readonly Choice<'none' | 'file'>[],
): Promise<Answer<string | undefined>> {
  const answer = await askChoice({ title, canGoBack, placeholder, choices });
  if (answer.kind !== 'answer') return answer;
  if (answer.value === 'none') return { kind: 'answer', value: undefined };
  const file = await chooseFile(placeholder);
  return file === undefined ? { kind: 'back' } : { kind: 'answer', value: file };
}

/** Asks for one PEM file. */
export async function chooseFile(title: string, present?: string): Promise<string | undefined> {
  const chosen = await window.showOpenDialog({
    title,
    canSelectMany: false,
    filters: { PEM: ['pem', 'crt', 'cer', 'key'], '*': ['*'] },
    ...(present === undefined ? {} : { defaultUri: Uri.file(present) }),
  });
  return chosen?.[0]?.fsPath;
}
