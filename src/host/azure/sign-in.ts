/** Tokens of whoever is signed in to VS Code. */
import { authentication, l10n, type AuthenticationGetSessionOptions, type AuthenticationSession } from 'vscode';
import { MigrationError } from '../../core/model/error.js';
import type { TokenSource } from '../adapters.js';

/** `authentication.getSession` of VS Code. */
export type GetSession = (
  providerId: string,
  scopes: readonly string[],
  options: AuthenticationGetSessionOptions,
) => Thenable<AuthenticationSession | undefined>;

/** Of this window. */
export const windowSession: GetSession = (provider, scopes, options) =>
  // Each option is a signature of its own there.
  authentication.getSession(provider, scopes, options as { readonly createIfNone: true });

export interface SignInOptions {
  /** Of ARM, where that is not the public cloud's. */
  readonly endpoint?: string;
  /** A directory: its id or its domain. Absent: that in which the account was made. */
  readonly tenant?: string;
}

const PUBLIC_PROVIDER = 'microsoft';
/** For clouds of their own, chosen by the setting `microsoft-sovereign-cloud.environment`. Source: VS Code's built-in extension microsoft-authentication. */
const SOVEREIGN_PROVIDER = 'microsoft-sovereign-cloud';
const SOVEREIGN_CLOUDS = /\.(?:usgovcloudapi\.net|chinacloudapi\.cn)$/;
/** VS Code's way to name a directory among the scopes. Source: the same extension. */
const TENANT_SCOPE = 'VSCODE_TENANT:';

/**
 * VS Code keeps the session and renews its token; it asks a person where nobody is signed in, or where Azure has refused the very token that it still gives out.
 * Its `token` throws MigrationError `azure-sign-in-needed` (`declined`).
 */
export function windowTokens(getSession: GetSession, { endpoint, tenant }: SignInOptions): TokenSource {
  const provider = providerOf(endpoint);
  const given = new Map<string, string>();
  return {
    async token(scope, options) {
      const scopes = scopesOf(scope, tenant);
      const ask = async (how: AuthenticationGetSessionOptions): Promise<string> => {
        const session = await answered(getSession(provider, scopes, how));
        given.set(scope, session.accessToken);
        return session.accessToken;
      };
      const refused = options?.renew ? given.get(scope) : undefined;
      const token = await ask({ createIfNone: true });
      if (token !== refused) return token;
      return ask({ forceNewSession: { detail: l10n.t('Azure does not take the present sign-in any more.') } });
    },
  };
}

/** Whether somebody is signed in for this already; nobody is asked. */
export async function hasSession(
  getSession: GetSession,
  { endpoint, tenant }: SignInOptions,
  scope: string,
): Promise<boolean> {
  try {
    return (await getSession(providerOf(endpoint), scopesOf(scope, tenant), { silent: true })) !== undefined;
  } catch {
    // Whatever keeps it from knowing: a person is asked then.
    return false;
  }
}

function scopesOf(scope: string, tenant: string | undefined): readonly string[] {
  return [scope, ...(tenant === undefined ? [] : [`${TENANT_SCOPE}${tenant}`])];
}

async function answered(asked: Thenable<AuthenticationSession | undefined>): Promise<AuthenticationSession> {
  let session: AuthenticationSession | undefined;
  try {
    session = await asked;
  } catch (cause) {
    // Whoever closes the question, and whatever keeps VS Code from signing in: its own words may be anything.
    throw new MigrationError('azure-sign-in-needed', { reason: 'declined' }, { cause });
  }
  if (session === undefined) throw new MigrationError('azure-sign-in-needed', { reason: 'declined' });
  return session;
}

function providerOf(endpoint: string | undefined): string {
  if (endpoint === undefined || !URL.canParse(endpoint)) return PUBLIC_PROVIDER;
  return SOVEREIGN_CLOUDS.test(new URL(endpoint).hostname) ? SOVEREIGN_PROVIDER : PUBLIC_PROVIDER;
}
