/** A blob container with a shared access signature, over a folder: what Get Blob and List Blobs of Azure Storage say, for a service that reads a dump. */
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, relative, sep } from 'node:path';

export interface BlobContainer extends AsyncDisposable {
  /** With the signature, which is a secret. */
  readonly url: string;
}

const CONTAINER = '/dumps';

export async function serveBlobContainer(folder: string, signature: string): Promise<BlobContainer> {
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? '/', 'http://127.0.0.1')).then(
      ({ status, body }) => response.writeHead(status).end(body),
      () => response.writeHead(404).end('<Error><Code>BlobNotFound</Code></Error>'),
    );
  });
  async function answer({ pathname, searchParams }: URL): Promise<{ status: number; body: string | Buffer }> {
    // `r`: read, `l`: list; both are needed.
    const isAllowed = searchParams.get('sig') === signature && searchParams.get('sp') === 'rl';
    if (!isAllowed) return { status: 403, body: '<Error><Code>AuthenticationFailed</Code></Error>' };
    if (pathname === CONTAINER && searchParams.get('comp') === 'list') {
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      const files = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      const names = files.map((file) => relative(folder, file).split(sep).join('/'));
      const blobs = names.map((name) => `<Blob><Name>${encodeURIComponent(name)}</Name></Blob>`);
      return { status: 200, body: `<EnumerationResults><Blobs>${blobs.join('')}</Blobs></EnumerationResults>` };
    }
    return { status: 200, body: await readFile(join(folder, decodeURIComponent(pathname.slice(CONTAINER.length)))) };
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${CONTAINER}?sp=rl&sv=2023-11-03&sr=c&sig=${encodeURIComponent(signature)}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** The names of all blobs. @throws Error with the storage's words. */
export async function blobNames(containerUrl: string): Promise<readonly string[]> {
  const url = new URL(containerUrl);
  url.searchParams.set('restype', 'container');
  url.searchParams.set('comp', 'list');
  const xml = (await bytesOf(url, containerUrl)).toString('utf8');
  return [...xml.matchAll(/<Name>([^<]*)<\/Name>/g)].map(([, name]) => decodeURIComponent(name ?? ''));
}

/** @throws Error with the storage's words. */
export async function readBlob(containerUrl: string, name: string): Promise<Buffer> {
  const url = new URL(containerUrl);
  url.pathname += `/${name.split('/').map(encodeURIComponent).join('/')}`;
  return bytesOf(url, containerUrl);
}

async function bytesOf(url: URL, said: string): Promise<Buffer> {
  const response = await fetch(url);
  const body = Buffer.from(await response.arrayBuffer());
  // As careless as a service may be: its words hold what it was given.
  if (!response.ok) throw new Error(`${body.toString('utf8')} at ${said}`);
  return body;
}
