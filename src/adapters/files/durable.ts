/** Writing so that it is still there after a crash of the process or of the machine. */
import { randomBytes } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import { makeFolders } from './make-folders.js';

/** Private to the user: run folders name hosts and hold refused documents. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_FOLDER = 0o700;

/** The system's error code, `ENOENT` and the like. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** A file system error as `file-failed` with what was tried; other errors as they are. */
export function fileFailed(error: unknown, path: string, action: string): unknown {
  const code = systemCode(error);
  return MigrationError.is(error) || code === undefined
    ? error
    : new MigrationError('file-failed', { path, action, code }, { cause: error });
}

/** Makes new names in a folder durable. Systems that cannot sync a folder (Windows) keep them anyway. */
export async function syncFolder(path: string): Promise<void> {
  let handle;
  try {
    handle = await open(path, 'r');
    await handle.sync();
  } catch (error) {
    if (!['EPERM', 'EISDIR', 'EINVAL', 'EACCES', 'EBADF'].includes(systemCode(error) ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}

/** With those above it that are not there. @throws MigrationError `file-failed`. */
export function makeFolder(path: string, mode?: number): void {
  try {
    makeFolders(path, mode);
  } catch (error) {
    throw fileFailed(error, path, 'make-folder');
  }
}

/** @throws MigrationError `file-failed`. */
export async function makePrivateFolder(path: string): Promise<void> {
  await Promise.resolve(makeFolder(path, PRIVATE_FOLDER));
}

/**
 * The file has the old or the new content, never a part, whatever happens meanwhile. Pieces of text are written one after another.
 * @throws MigrationError `file-failed`.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array | Iterable<string>,
  mode = PRIVATE_FILE,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await writeFile(handle, data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    // A file in the place of the folder is told as what it is, not as what cannot be removed.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileFailed(error, path, 'write');
  }
}
