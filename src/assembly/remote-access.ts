/** How this process gets at the systems that copy in its place: tokens, and where they are. */
import { handedTokens } from '../adapters/azure/token-handover.js';
import { environmentTokens } from '../adapters/azure/tokens.js';
import { createArmClient } from '../adapters/azure/arm-client.js';
import type { ArmClient, TokenSource } from '../adapters/azure/ports.js';
import type { HandedSecrets } from '../adapters/files/secret-handover.js';
import type { Clock } from '../engine/ports.js';

export interface RemoteAccess {
  /** For ARM, and for Databricks where it has no token of its own. */
  readonly tokens: TokenSource;
  readonly databricksTokens: TokenSource;
  /** Of another cloud than the public one. */
  readonly armEndpoint?: string;
  /** A dump that DMS reads in the source's place: address of its blob container, with a signature. */
  readonly dumpUrl?: string;
  /** The connection strings are put into the secret scope of Databricks first. */
  readonly putSecrets?: boolean;
  /** A person agrees to what Azure foresees before it is deployed. */
  readonly askFirst?: boolean;
  /** Resource providers that are missing may be registered in the subscription. */
  readonly registerProviders?: boolean;
  /** Literals of these that are taken out of every message. */
  readonly secrets: readonly string[];
}

export interface RemoteAccessInput {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  /** From the window that started this process. */
  readonly handed?: Pick<HandedSecrets, 'tokens' | 'dumpUrl' | 'databricksToken'>;
  readonly putSecrets?: boolean;
  readonly askFirst?: boolean;
  readonly registerProviders?: boolean;
}

/** Of a cloud whose ARM is elsewhere, e.g. `https://management.usgovcloudapi.net`. */
const ARM_ENDPOINT = 'MCM_ARM_ENDPOINT';
/** As the Databricks CLI and its SDKs read it. */
const DATABRICKS_TOKEN = 'DATABRICKS_TOKEN';
const DUMP_URL = 'MCM_DUMP_URL';

/** What a window has handed over goes before the environment. Nothing is asked for before it is needed. */
export function remoteAccess({
  env,
  clock,
  handed = {},
  putSecrets,
  askFirst,
  registerProviders,
}: RemoteAccessInput): RemoteAccess {
  const tokens = handed.tokens ? handedTokens(handed.tokens, clock) : environmentTokens(env, clock);
  const ofDatabricks = handed.databricksToken ?? env[DATABRICKS_TOKEN];
  const armEndpoint = env[ARM_ENDPOINT];
  const dumpUrl = handed.dumpUrl ?? env[DUMP_URL];
  return {
    tokens,
    databricksTokens: ofDatabricks ? { token: () => Promise.resolve(ofDatabricks) } : tokens,
    ...(armEndpoint ? { armEndpoint } : {}),
    ...(dumpUrl ? { dumpUrl } : {}),
    ...(putSecrets ? { putSecrets } : {}),
    ...(askFirst ? { askFirst } : {}),
    ...(registerProviders ? { registerProviders } : {}),
    secrets: [ofDatabricks, dumpUrl, env['AZURE_CLIENT_SECRET']].flatMap((secret) => (secret ? [secret] : [])),
  };
}

/** ARM of the cloud that is meant. `secrets` are taken out of every message. */
export function armClientOf(
  { tokens, armEndpoint }: RemoteAccess,
  options: { readonly clock: Clock; readonly secrets: readonly string[] },
): ArmClient {
  return createArmClient({ tokens, ...options, ...(armEndpoint === undefined ? {} : { endpoint: armEndpoint }) });
}
