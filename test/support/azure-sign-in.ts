/** Where a process signs in to the model of Azure. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ArmMockServer } from './arm/arm-mock.js';

export interface AzureAddress extends AsyncDisposable {
  /** For a process that is to sign in there as a service principal. */
  readonly env: Readonly<Record<string, string>>;
  readonly token: string;
}

const SECRET = 'client-secret-canary-5e1c';
const TOKEN = 'arm-token-canary-9a4d';

/** Whoever has signed in is answered by the model of ARM. */
export async function serveAzure(arm: ArmMockServer): Promise<AzureAddress> {
  arm.accept(TOKEN);
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    token: TOKEN,
    env: {
      ...{ AZURE_TENANT_ID: 'tenant', AZURE_CLIENT_ID: 'client', AZURE_CLIENT_SECRET: SECRET },
      ...{ AZURE_AUTHORITY_HOST: url, MCM_ARM_ENDPOINT: arm.endpoint },
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await Promise.resolve();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const isRight = request.url?.endsWith('/oauth2/v2.0/token') === true && form.get('client_secret') === SECRET;
  const body = isRight ? { access_token: TOKEN, expires_in: 3600 } : { error_description: 'refused' };
  response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
