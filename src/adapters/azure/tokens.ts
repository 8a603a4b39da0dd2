/** Where the headless twin has its tokens from: a service principal, or whoever is signed in to the Azure CLI. */
import { MigrationError } from '../../core/model/error.js';
import { redact } from '../../core/model/redact.js';
import type { Clock } from '../../engine/ports.js';
import { runCommand } from '../tools/run-command.js';
import { numberAt, textAt } from '../json.js';
import type { TokenSource } from './ports.js';

export interface ServicePrincipal {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

interface Issued {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const PUBLIC_AUTHORITY = 'https://login.microsoftonline.com';
/** A token is asked for anew this long before its end, so that none expires on its way. */
const SPARE_MS = 5 * 60_000;
/** Judged: Entra ID and `az` answer within seconds; what takes longer hangs. */
const ASK_WITHIN_MS = 60_000;
/** Where `az` does not say when its token ends. Source: access tokens of Entra ID last 60 to 90 minutes. */
const SHORTEST_LIFE_MS = 60 * 60_000;

/** By the client credentials grant (RFC 6749, 4.4). `authority`: of the cloud, for tests of a model. */
export function servicePrincipalTokens(
  principal: ServicePrincipal,
  { clock, authority = PUBLIC_AUTHORITY }: { readonly clock: Clock; readonly authority?: string },
): TokenSource {
  return remembered(clock, async (scope) => {
    const address = `${authority.replace(/\/$/, '')}/${encodeURIComponent(principal.tenantId)}/oauth2/v2.0/token`;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: principal.clientId,
      client_secret: principal.clientSecret,
      scope,
    });
    const { status, body } = await post(address, form);
    const token = textAt(body, 'access_token');
    if (status === 200 && token !== undefined) {
      const seconds = numberAt(body, 'expires_in') ?? SHORTEST_LIFE_MS / 1000;
      return { token, expiresAt: clock.now() + seconds * 1000 };
    }
    // The first line says it; what follows are trace ids and a time.
    const said = redact(textAt(body, 'error_description') ?? `status ${status}`, [principal.clientSecret]);
    throw new MigrationError('azure-sign-in-needed', {
      reason: 'service-principal-refused',
      message: said.split(/[\r\n]/)[0] ?? said,
    });
  });
}

async function post(address: string, form: URLSearchParams): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(address, {
      method: 'POST',
      body: form,
      redirect: 'error',
      signal: AbortSignal.timeout(ASK_WITHIN_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as unknown) : undefined };
  } catch (cause) {
    const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const message = inner instanceof Error ? inner.message : String(inner);
    throw new MigrationError(
      'azure-unreachable',
      { reason: 'no-answer', request: `POST ${new URL(address).host}`, message: redact(message) },
      { cause },
    );
  }
}

/** From the Azure CLI. `env`: where `az` is looked for, and what it runs with. */
export function azureCliTokens({
  clock,
  env,
}: {
  readonly clock: Clock;
  readonly env: NodeJS.ProcessEnv;
}): TokenSource {
  return remembered(clock, async (scope) => {
    // It is part of a command line on Windows, where az is a script.
    if (!/^[\w:/.-]+$/.test(scope)) throw new MigrationError('internal', { reason: 'scope' });
    const ask = ['account', 'get-access-token', '--scope', scope, '--output', 'json'];
    const [file, argv] = process.platform === 'win32' ? ['cmd.exe', ['/d', '/s', '/c', 'az', ...ask]] : ['az', ask];
    const result = await runCommand(file, argv, { env, timeoutMs: ASK_WITHIN_MS });
    if (result.kind === 'not-started') throw new MigrationError('azure-sign-in-needed', { reason: 'az-missing' });
    if (result.kind === 'timed-out' || result.exitCode !== 0) {
      const message = result.kind === 'ended' ? redact(result.stderrEnd) : result.detail;
      throw new MigrationError('azure-sign-in-needed', { reason: 'az-failed', message });
    }
    const said = parsed(result.stdout);
    const token = textAt(said, 'accessToken');
    if (token === undefined) throw new MigrationError('azure-sign-in-needed', { reason: 'az-failed' });
    // Newer versions say it in seconds since the epoch; the older field is a local time.
    const seconds = numberAt(said, 'expires_on') ?? Date.parse(textAt(said, 'expiresOn') ?? '') / 1000;
    return { token, expiresAt: Number.isNaN(seconds) ? clock.now() + SHORTEST_LIFE_MS : seconds * 1000 };
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A service principal where the three variables that Azure's own tools read are set, else the Azure CLI. */
export function environmentTokens(env: NodeJS.ProcessEnv, clock: Clock): TokenSource {
  const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret } = env;
  if (!tenantId || !clientId || !clientSecret) return azureCliTokens({ clock, env });
  const authority = env['AZURE_AUTHORITY_HOST'];
  return servicePrincipalTokens({ tenantId, clientId, clientSecret }, { clock, ...(authority ? { authority } : {}) });
}

/** One token for each scope until shortly before its end, and one question at a time. */
function remembered(clock: Clock, ask: (scope: string) => Promise<Issued>): TokenSource {
  const known = new Map<string, Promise<Issued>>();
  return {
    async token(scope, options) {
      let issued = options?.renew ? undefined : known.get(scope);
      if (issued !== undefined && (await issued).expiresAt - SPARE_MS <= clock.now()) issued = undefined;
      if (issued === undefined) {
        issued = ask(scope);
        known.set(scope, issued);
        issued.catch(() => known.delete(scope));
      }
      return (await issued).token;
    },
  };
}
