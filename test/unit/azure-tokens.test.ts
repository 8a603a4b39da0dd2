import { chmod, writeFile, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { handedTokens, serveTokens } from '../../src/adapters/azure/token-handover.js';
import { azureCliTokens, environmentTokens, servicePrincipalTokens } from '../../src/adapters/azure/tokens.js';
import { systemClock } from '../../src/adapters/system-clock.js';
import { MigrationError } from '../../src/core/model/error.js';
import { errorSentence } from '../../src/words/errors.js';
import { makeTempFolder } from '../support/temp.js';
import { virtualClock } from '../support/virtual-clock.js';

const SCOPE = 'https://management.azure.com/.default';
const SECRET = 'canary-client-secret';

const caught = async (work: Promise<unknown>): Promise<MigrationError> => {
  const error: unknown = await work.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!MigrationError.is(error)) throw error instanceof Error ? error : new Error('it did not fail');
  return error;
};

/** A model of Entra ID's token endpoint: RFC 6749, 4.4 and 5.2. */
async function authorityModel(secret: string): Promise<AsyncDisposable & { address: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const form = new URLSearchParams(text);
      asked.push(`${request.method} ${request.url} ${form.get('scope')}`);
      const isRight =
        request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true &&
        form.get('grant_type') === 'client_credentials' &&
        form.get('client_id') === 'client' &&
        form.get('client_secret') === secret;
      response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(
          isRight
            ? { token_type: 'Bearer', expires_in: 3599, access_token: `token-${asked.length}` }
            : {
                error: 'invalid_client',
                error_description: `AADSTS7000215: Invalid client secret ${SECRET}.\r\nTrace ID: x`,
              },
        ),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    asked,
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('a service principal', () => {
  it('is asked once, and again shortly before its token ends or when the token was refused', async () => {
    await using authority = await authorityModel(SECRET);
    const clock = virtualClock();
    const env = {
      AZURE_TENANT_ID: 't/x',
      AZURE_CLIENT_ID: 'client',
      AZURE_CLIENT_SECRET: SECRET,
      AZURE_AUTHORITY_HOST: authority.address,
    };
    const tokens = environmentTokens(env, clock);
    expect(await Promise.all([tokens.token(SCOPE), tokens.token(SCOPE)])).toEqual(['token-1', 'token-1']);
    clock.advance(3_200_000);
    expect(await tokens.token(SCOPE)).toBe('token-1');
    clock.advance(200_000);
    expect(await tokens.token(SCOPE)).toBe('token-2');
    expect(await tokens.token(SCOPE, { renew: true })).toBe('token-3');
    expect(await tokens.token('https://storage.azure.com/.default')).toBe('token-4');
    expect(authority.asked[0]).toBe(`POST /t%2Fx/oauth2/v2.0/token ${SCOPE}`);
  });

  it('that is refused says why, without its secret, and is asked again next time', async () => {
    await using authority = await authorityModel('another');
    const principal = { tenantId: 't', clientId: 'client', clientSecret: SECRET };
    const tokens = servicePrincipalTokens(principal, { clock: virtualClock(), authority: authority.address });
    const error = await caught(tokens.token(SCOPE));
    expect(error).toMatchObject({ code: 'azure-sign-in-needed', facts: { reason: 'service-principal-refused' } });
    expect(errorSentence(error)).toContain('AADSTS7000215');
    expect(`${JSON.stringify(error.facts)}${errorSentence(error)}`).not.toContain(SECRET);
    await caught(tokens.token(SCOPE));
    expect(authority.asked).toHaveLength(2);
  });

  it('whose authority does not answer is told from one that is refused', async () => {
    const principal = { tenantId: 't', clientId: 'client', clientSecret: SECRET };
    const tokens = servicePrincipalTokens(principal, { clock: virtualClock(), authority: 'http://127.0.0.1:1' });
    expect((await caught(tokens.token(SCOPE))).code).toBe('azure-unreachable');
  });
});

describe('the Azure CLI', () => {
  async function withAz<T>(script: string, work: (env: NodeJS.ProcessEnv) => Promise<T>): Promise<T> {
    const temp = await makeTempFolder('az');
    const folder = temp.path;
    const file = join(folder, 'az');
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    try {
      return await work({ PATH: `${folder}:${process.env['PATH']}`, OUT: join(folder, 'argv') });
    } finally {
      await temp.remove();
    }
  }

  it('gives the token of whoever is signed in, and is not asked again before its end', () =>
    withAz(
      'echo "$@" >> "$OUT"; echo \'{"accessToken":"cli-token","expiresOn":"2001-01-01 00:00:00.000000","expires_on":2000}\'',
      async (env) => {
        const clock = virtualClock(1_000_000);
        const tokens = environmentTokens(env, clock);
        expect(await tokens.token(SCOPE)).toBe('cli-token');
        await tokens.token(SCOPE);
        expect(await readFile(env['OUT'] ?? '', 'utf8')).toBe(
          `account get-access-token --scope ${SCOPE} --output json\n`,
        );
        clock.advance(1_000_000);
        await tokens.token(SCOPE);
        expect((await readFile(env['OUT'] ?? '', 'utf8')).trim().split('\n')).toHaveLength(2);
      },
    ));

  it('to which nobody is signed in says so in its own words', () =>
    withAz('echo "Please run \'az login\' to setup account." >&2; exit 1', async (env) => {
      const error = await caught(azureCliTokens({ clock: virtualClock(), env }).token(SCOPE));
      expect(error).toMatchObject({ code: 'azure-sign-in-needed', facts: { reason: 'az-failed' } });
      expect(errorSentence(error)).toContain("Please run 'az login' to setup account");
    }));

  it('that is not there, or prints something else, is told', async () => {
    const env = { PATH: '/nowhere' };
    const missing = await caught(azureCliTokens({ clock: virtualClock(), env }).token(SCOPE));
    expect(missing.facts['reason']).toBe('az-missing');
    await withAz('echo hello', async (other) => {
      const error = await caught(azureCliTokens({ clock: virtualClock(), env: other }).token(SCOPE));
      expect(error.facts['reason']).toBe('az-failed');
    });
  });
});

describe('tokens from the window that started a run', () => {
  it('are fresh as long as the window lives, for whoever has the word', async () => {
    let given = 0;
    const server = await serveTokens({
      token: (scope, options) => Promise.resolve(`${scope} ${options?.renew === true} ${(given += 1)}`),
    });
    const tokens = handedTokens(server.handed, systemClock);
    expect(await tokens.token('a')).toBe('a false 1');
    expect(await tokens.token('a', { renew: true })).toBe('a true 2');
    const stranger = handedTokens({ ...server.handed, key: 'guessed' }, systemClock);
    expect((await caught(stranger.token('a'))).code).toBe('azure-sign-in-needed');
    expect(given).toBe(2);
    await server.close();
    const gone = await caught(tokens.token('a'));
    expect(gone.facts['reason']).toBe('window-gone');
    expect(errorSentence(gone)).toContain('run --resume');
  });

  it('are refused in the words of the window where nobody is signed in any more', async () => {
    const server = await serveTokens({
      token: () => Promise.reject(new MigrationError('azure-sign-in-needed', { reason: 'not-signed-in' })),
    });
    const error = await caught(handedTokens(server.handed, systemClock).token('a'));
    expect(error.facts['reason']).toBe('not-signed-in');
    await server.close();
  });
});
