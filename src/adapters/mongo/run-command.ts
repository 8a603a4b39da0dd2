/** One command to one client, or over one connection; every error leaves as a MigrationError. */
import type { Document } from 'bson';
import type { ClientSession, MongoClient, ReadPreferenceMode } from 'mongodb';
import type { DataConnection, DataReply, ExchangeOptions } from './data-connection.js';
import type { DataConnections } from './data-connections.js';
import { abortError, toMigrationError, untilAborted } from './errors.js';
import { withDeadline } from './silence.js';

export interface CommandOptions {
  readonly signal?: AbortSignal;
  readonly readPreference?: string;
}

export interface CommandSecrets {
  readonly secrets: readonly string[];
  readonly hasCredentials: boolean;
}

export async function runCommand(
  { secrets, hasCredentials }: CommandSecrets,
  client: MongoClient,
  db: string,
  command: Document,
  options: CommandOptions & { readonly session?: ClientSession | undefined; readonly raw?: boolean },
): Promise<Document> {
  const { signal } = options;
  try {
    if (signal?.aborted) throw abortError(signal);
    const running = client.db(db).command(command, {
      readPreference: (options.readPreference ?? 'primary') as ReadPreferenceMode,
      ...(options.session ? { session: options.session } : {}),
      ...(options.raw ? { raw: true } : {}),
      // A server that refuses a document quotes it in its words, text that is no UTF-8 included.
      enableUtf8Validation: false,
      ...(signal ? { signal } : {}),
    });
    return await untilAborted(running, signal);
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    throw toMigrationError(error, { secrets, hasCredentials, ...useOf(db, command) });
  }
}

export async function exchangeCommand(
  { secrets, hasCredentials }: CommandSecrets,
  connection: DataConnection,
  db: string,
  command: Document,
  options: ExchangeOptions,
): Promise<DataReply> {
  try {
    return await connection.exchange(db, command, options);
  } catch (error) {
    if (options.signal.aborted) throw abortError(options.signal);
    throw toMigrationError(error, { secrets, hasCredentials, ...useOf(db, command) });
  }
}

/** What a command was about, for errors. */
function useOf(db: string, command: Document): { readonly command: string; readonly namespace: string } {
  const name = Object.keys(command)[0] ?? '';
  const on: unknown = name === 'getMore' ? command.collection : command[name];
  return { command: name, namespace: typeof on === 'string' ? `${db}.${on}` : db };
}

/** See {@link DataConnections.borrow}. A login that gets no answer is given up: the driver sets its greeting a limit, and what follows that none. */
export async function borrowConnection(
  parts: CommandSecrets & { readonly dataConnections: DataConnections; readonly silenceMs: number },
  readPreference: string,
  signal: AbortSignal,
): Promise<DataConnection | undefined> {
  const { secrets, hasCredentials, dataConnections, silenceMs } = parts;
  try {
    return await withDeadline(signal, silenceMs, (either) => dataConnections.borrow(readPreference, either));
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    throw toMigrationError(error, { secrets, hasCredentials });
  }
}
