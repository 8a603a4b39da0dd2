/** Writing so that it is still there after a crash of the process or of the machine. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MigrationError } from '../../core/model/error.js';

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

export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
  } catch (error) {
    throw fileFailed(error, path, 'make-folder');
  }
}

/**
 * The file has the old or the new content, never a part, whatever happens meanwhile.
 * @throws MigrationError `file-failed`.
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array, mode = PRIVATE_FILE): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileFailed(error, path, 'write');
  }
}
