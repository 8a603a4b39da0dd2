import { ConnectionString } from '../mongo/connection-string.js';

/** A connection string for a tool's command line, and what was taken out of it. */
export interface ToolUri {
  /** Without secrets and without a database, which would fight with `--db`. */
  readonly uri: string;
  /** Decoded; to be given by `writePrivateConfig`. */
  readonly password?: string;
}

/**
 * Takes the secrets, the database and the read preference (which has an option of its own) out of a connection string. A database in it
 * says where the user is kept, so it becomes `authSource` where there is none.
 * @throws MigrationError `bad-connection-string`
 */
export function toolUri(connectionString: string): ToolUri {
  const parsed = ConnectionString.parse(connectionString);
  const { password, database, username } = parsed;
  const bare = parsed.withoutPassword().withOptions({
    readPreference: undefined,
    readPreferenceTags: undefined,
    maxStalenessSeconds: undefined,
    ...(database !== undefined && username !== undefined && parsed.option('authSource') === undefined
      ? { authSource: database }
      : {}),
  });
  const uri = bare.reveal().replace(/^(mongodb(?:\+srv)?:\/\/[^/?]*)(?:\/[^?]*)?/, '$1/');
  return password === undefined ? { uri } : { uri, password };
}
