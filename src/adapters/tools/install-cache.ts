/** The folder of downloaded and built binaries, outside any work tree, shared by processes. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { MissReason } from './location.js';
import { makeFolders } from '../files/make-folders.js';

const PRODUCT = 'mongo-cosmos-migration';
const MANIFEST = 'manifest.json';

/** MCM_CACHE, or `mongo-cosmos-migration` in XDG_CACHE_HOME, or in `~/.cache`. */
export function cacheRoot(env: NodeJS.ProcessEnv): string {
  if (env.MCM_CACHE) return env.MCM_CACHE;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), PRODUCT);
}

/** What an installer answers: the names of the files it has put into the folder, or why it could not. */
export type InstallResult =
  | { readonly kind: 'installed'; readonly files: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: MissReason; readonly detail: string };

export type CacheCheck =
  | { readonly kind: 'valid' }
  | { readonly kind: 'refused'; readonly reason: 'not-there' | 'checksum-mismatch'; readonly detail: string };

/** SHA-256 of a file in lower-case hex. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

function isErrno(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/**
 * Checks one file of an installed folder against the manifest that was written when it was installed, and against a pinned
 * checksum where there is one.
 */
export async function checkCached(folder: string, file: string, pinnedSha256?: string): Promise<CacheCheck> {
  const path = join(folder, file);
  let noted: unknown;
  let actual: string;
  try {
    noted = (JSON.parse(await readFile(join(folder, MANIFEST), 'utf8')) as Record<string, unknown>)[file];
    actual = await sha256OfFile(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return { kind: 'refused', reason: 'not-there', detail: path };
    return { kind: 'refused', reason: 'checksum-mismatch', detail: `${path}: ${String(error)}` };
  }
  if (actual !== noted || (pinnedSha256 !== undefined && actual !== pinnedSha256)) {
    return { kind: 'refused', reason: 'checksum-mismatch', detail: path };
  }
  return { kind: 'valid' };
}

/**
 * Installs into a fresh folder beside `folder`, writes the manifest, and renames: a reader sees all or nothing. Of two
 * processes that install at once the first rename wins and the other's work is thrown away; a damaged folder is replaced.
 * @param isValid whether what is in `folder` now can be kept
 */
export async function installAtomically(
  folder: string,
  install: (into: string) => Promise<InstallResult>,
  isValid: () => Promise<boolean>,
): Promise<InstallResult> {
  const fresh = `${folder}.new-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    makeFolders(fresh);
    const result = await install(fresh);
    if (result.kind === 'refused') return result;
    const manifest: Record<string, string> = {};
    for (const file of result.files) {
      await chmod(join(fresh, file), 0o755);
      manifest[file] = await sha256OfFile(join(fresh, file));
    }
    await writeFile(join(fresh, MANIFEST), JSON.stringify(manifest, null, 2) + '\n');
    await takePlace(fresh, folder, isValid);
    return result;
  } catch (error) {
    return {
      kind: 'refused',
      reason: 'install-failed',
      detail: error instanceof Error ? error.message : String(error),
    };
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function takePlace(fresh: string, folder: string, isValid: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await rename(fresh, folder);
      return;
    } catch (error) {
      if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOTDIR')) throw error;
    }
    if (await isValid()) return;
    const aside = `${fresh}.old`;
    await rename(folder, aside).catch((error: unknown) => {
      if (!isErrno(error, 'ENOENT')) throw error;
    });
    await rm(aside, { recursive: true, force: true });
  }
  throw new Error(`${folder} could not be replaced`);
}
