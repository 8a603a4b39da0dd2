import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Long enough for 100 MB on a slow line; a host that does not answer fails much earlier. */
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;
/** A list is small beside an archive. Judged. */
const JSON_TIMEOUT_MS = 60_000;

/** Downloads a file and returns its SHA-256 in hex. Rejects on any status but 2xx, and on time-out. */
export async function downloadFile(url: string, path: string): Promise<string> {
  const response = await fetchOk(url, DOWNLOAD_TIMEOUT_MS);
  if (!response.body) throw new Error(`${url}: empty answer`);
  const hash = createHash('sha256');
  await pipeline(
    Readable.fromWeb(response.body),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path),
  );
  return hash.digest('hex');
}

/** Downloads a JSON document. */
export async function downloadJson(url: string): Promise<unknown> {
  return (await fetchOk(url, JSON_TIMEOUT_MS)).json();
}

async function fetchOk(url: string, timeoutMs: number): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`${url}: ${cause}`, { cause: error });
  }
  if (!response.ok) throw new Error(`${url}: status ${response.status}`);
  return response;
}
