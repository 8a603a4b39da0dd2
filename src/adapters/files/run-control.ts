/** Requests to the process that works on a run: small files in its folder `control`, so that no port and no process id is needed. */
import { randomBytes } from 'node:crypto';
import { watch } from 'node:fs';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AWAITED, type Awaited } from '../../core/model/handoff.js';
import type { CopyCeilings } from '../../core/model/plan.js';
import type { Clock } from '../../engine/ports.js';
import { fileFailed, makePrivateFolder, PRIVATE_FILE, systemCode } from './durable.js';

export type RunRequest = 'pause' | 'resume' | 'cancel';
/** What is asked of a process: a step of the run, that what it waits for is done, or other ceilings from now on. */
export type Asked =
  | { readonly want: RunRequest }
  | { readonly want: 'proceed'; readonly what: Awaited }
  | { readonly want: 'limit'; readonly ceilings: CopyCeilings };

/** File systems without change notices (network shares, some containers) are looked at this often. */
const POLL_MS = 500;
const ENDING = '.json';
const CEILINGS = ['ruPerSecond', 'bytesPerSecond', 'documentsPerSecond', 'sourceConnections'] as const;
const REQUESTS: ReadonlySet<string> = new Set<RunRequest>(['pause', 'resume', 'cancel']);

function controlFolder(runFolder: string): string {
  return join(runFolder, 'control');
}

/** Asks the process that works on the run. Nobody answers: what the run does shows in its snapshot. @throws MigrationError `file-failed`. */
export async function requestControl(runFolder: string, asked: Asked): Promise<void> {
  const folder = controlFolder(runFolder);
  await makePrivateFolder(folder);
  // Names sort by time, so that a pause and a resume are taken in their order.
  const name = `${String(Date.now()).padStart(15, '0')}-${randomBytes(6).toString('hex')}`;
  const temporary = join(folder, `.${name}.tmp`);
  try {
    await writeFile(temporary, JSON.stringify(asked), { mode: PRIVATE_FILE, flag: 'wx' });
    await rename(temporary, join(folder, `${name}${ENDING}`));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileFailed(error, folder, 'write');
  }
}

/** Removes requests that nobody took: they were meant for a process that is gone. @throws MigrationError `file-failed`. */
export async function clearControl(runFolder: string): Promise<void> {
  const folder = controlFolder(runFolder);
  try {
    await rm(folder, { recursive: true, force: true });
  } catch (error) {
    throw fileFailed(error, folder, 'remove');
  }
}

/**
 * Hands on requests as they come, oldest first, each once, until the signal is aborted.
 * @throws MigrationError `file-failed` where the folder cannot be made.
 */
export async function watchControl(
  runFolder: string,
  options: { readonly clock: Clock; readonly signal: AbortSignal; readonly onRequest: (asked: Asked) => void },
): Promise<void> {
  const { clock, signal, onRequest } = options;
  const folder = controlFolder(runFolder);
  await makePrivateFolder(folder);
  let wake = new AbortController();
  const watcher = noticeChanges(folder, () => wake.abort());
  try {
    while (!signal.aborted) {
      wake = new AbortController();
      for (const asked of await takeRequests(folder)) if (!signal.aborted) onRequest(asked);
      await clock.sleep(POLL_MS, AbortSignal.any([signal, wake.signal])).catch(() => undefined);
    }
  } finally {
    watcher?.close();
  }
}

function noticeChanges(folder: string, onChange: () => void): { close(): void } | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onChange);
    // The poll goes on without it.
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

async function takeRequests(folder: string): Promise<Asked[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const taken: Asked[] = [];
  for (const name of names.filter((n) => n.endsWith(ENDING) && !n.startsWith('.')).sort()) {
    const path = join(folder, name);
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return '';
      throw fileFailed(error, path, 'read');
    });
    await rm(path, { force: true });
    const asked = parseAsked(text);
    if (asked !== undefined) taken.push(asked);
  }
  return taken;
}

/** Undefined for what this product would not have written. */
function parseAsked(text: string): Asked | undefined {
  try {
    const { want, ceilings, what } = JSON.parse(text) as { want?: unknown; ceilings?: unknown; what?: unknown };
    if (want === 'proceed') {
      const awaited = AWAITED.find((known) => known === what);
      return awaited && { want, what: awaited };
    }
    if (want === 'limit') {
      const checked = parseCeilings(ceilings);
      return checked && { want, ceilings: checked };
    }
    return typeof want === 'string' && REQUESTS.has(want) ? { want: want as RunRequest } : undefined;
  } catch {
    return undefined;
  }
}

function parseCeilings(value: unknown): CopyCeilings | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const found: Partial<Record<(typeof CEILINGS)[number], number>> = {};
  for (const name of CEILINGS) {
    const most = (value as Readonly<Record<string, unknown>>)[name];
    if (most === undefined) continue;
    if (typeof most !== 'number' || !Number.isFinite(most) || most <= 0) return undefined;
    found[name] = most;
  }
  return found;
}
