/** A blob store as far as Web and GetMetadata activities use it: whole block blobs, by a token of the factory's identity. */
import { refuse, type Json } from './refusal.js';

export interface BlobRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Json;
  readonly body?: string;
  readonly authentication: Json;
}

export class BlobFailure extends Error {}

export class BlobStore {
  readonly blobs = new Map<string, string>();
  /** Containers that the factory's identity may write into. */
  readonly allowed = new Set<string>();

  /** @throws BlobFailure as the activity would fail. */
  request({ url, method, headers, body, authentication }: BlobRequest): Json {
    const where = `${method} ${url}`;
    if (authentication['type'] !== 'MSI' || authentication['resource'] !== 'https://storage.azure.com/')
      refuse(where, 'no token for storage');
    const version = headers['x-ms-version'];
    // A bearer token needs this version or a newer one.
    if (typeof version !== 'string' || version < '2017-11-09') refuse(where, 'x-ms-version');
    this.#mustBeAllowed(url);
    if (method === 'GET') {
      const found = this.blobs.get(url);
      if (found === undefined) throw new BlobFailure('404 BlobNotFound');
      return JSON.parse(found) as Json;
    }
    if (method !== 'PUT' || body === undefined) refuse(where, 'not modelled');
    if (headers['x-ms-blob-type'] !== 'BlockBlob') refuse(where, 'x-ms-blob-type');
    if (Number.isNaN(Date.parse(String(headers['x-ms-date'])))) refuse(where, 'x-ms-date');
    this.blobs.set(url, body);
    return {};
  }

  exists(url: string): boolean {
    this.#mustBeAllowed(url);
    return this.blobs.has(url);
  }

  #mustBeAllowed(url: string): void {
    if (![...this.allowed].some((container) => url.startsWith(`${container}/`)))
      throw new BlobFailure('403 AuthorizationPermissionMismatch');
  }
}
