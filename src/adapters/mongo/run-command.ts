/** One command to one client; every error leaves as a MigrationError. */
import type { Document } from 'bson';
import type { ClientSession, MongoClient, ReadPreferenceMode } from 'mongodb';
import { abortError, toMigrationError, untilAborted } from './errors.js';

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
  const name = Object.keys(command)[0] ?? '';
  const target: unknown = command[name];
  const namespace = typeof target === 'string' ? `${db}.${target}` : db;
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
    throw toMigrationError(error, { secrets, hasCredentials, command: name, namespace });
  }
}
