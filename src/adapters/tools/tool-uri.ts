import { ConnectionString } from '../mongo/connection-string.js';

/** A connection string for a tool's command line, and what was taken out of it. */
export interface ToolUri {
  /** Without secrets and without a database, which would fight with `--db`. */
  readonly uri: string;
  /** Decoded; to be given by `writePrivateConfig`. */
  readonly password?: string;
}

const TAKEN_OUT = [
  ...['readPreference', 'readPreferenceTags', 'maxStalenessSeconds'],
  // The tools 100.9.5 take these milliseconds for seconds (common/db/db.go): 30000 would hang for eight hours on a dead host.
  ...['serverSelectionTimeoutMS', 'connectTimeoutMS', 'socketTimeoutMS'],
];

/**
 * Takes the secrets, the database, the read preference (which has an option of its own) and the time-outs out of a connection string. Where the user is
 * kept is said outright: without `authSource` the tools look in the database of `--db`.
 * @throws MigrationError `bad-connection-string`
 */
export function toolUri(connectionString: string): ToolUri {
  const parsed = ConnectionString.parse(connectionString);
  const { password } = parsed;
  const authSource = defaultAuthSource(parsed);
  const bare = parsed.withoutPassword().withOptions({
    ...Object.fromEntries(TAKEN_OUT.map((name) => [name, undefined])),
    ...(authSource === undefined ? {} : { authSource }),
  });
  const uri = bare.reveal().replace(/^(mongodb(?:\+srv)?:\/\/[^/?]*)(?:\/[^?]*)?/, '$1/');
  return password === undefined ? { uri } : { uri, password };
}

/** The defaults of the connection string specification: the database of the path, or `admin`; mechanisms other than SCRAM have their own. */
function defaultAuthSource(parsed: ConnectionString): string | undefined {
  const mechanism = parsed.option('authMechanism');
  const scram = mechanism === undefined || mechanism.toUpperCase().startsWith('SCRAM');
  if (parsed.username === undefined || !scram || parsed.option('authSource') !== undefined) return undefined;
  return parsed.database ?? 'admin';
}
