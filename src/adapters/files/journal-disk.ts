/** What a journal asks of the disk. */
import { open, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PRIVATE_FILE, syncFolder } from './durable.js';

/** Tests give one that fails. */
export interface JournalDisk {
  open(path: string, flags: string | number, mode: number): Promise<FileHandle>;
  read(path: string): Promise<Buffer>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
}

export const systemDisk: JournalDisk = {
  open,
  read: (path) => readFile(path),
  rename,
  remove: (path) => rm(path, { force: true }),
  syncFolder,
};

/** Where a journal's next file is written; the run's lock keeps everybody else from it. */
export function nextJournalPath(path: string): string {
  return `${path}.next`;
}

async function isAt(handle: FileHandle, path: string): Promise<boolean> {
  const [own, there] = await Promise.all([handle.stat(), stat(path)]);
  return own.ino === there.ino && own.dev === there.dev;
}

/**
 * Puts `bytes` in the place of the file that `present` has open: who reads sees all of the one or all of the other, and so does who comes after a crash.
 * Returns the new file, or undefined where the disk would not have it and the present one is still in its place.
 * @throws what the disk throws where it is not sure which one is there.
 */
export async function replaceJournal(
  disk: JournalDisk,
  path: string,
  present: FileHandle,
  bytes: Buffer,
): Promise<FileHandle | undefined> {
  const next = nextJournalPath(path);
  let handle: FileHandle | undefined;
  let renaming = false;
  try {
    handle = await disk.open(next, 'w+', PRIVATE_FILE);
    await handle.writeFile(bytes);
    await handle.sync();
    renaming = true;
    await disk.rename(next, path);
  } catch (error) {
    await handle?.close().catch(() => undefined);
    // A file system in a network can have done what it says that it has not.
    if (renaming && !(await isAt(present, path))) throw error;
    await disk.remove(next).catch(() => undefined);
    return undefined;
  }
  try {
    // Before that, a crash of the machine could bring the old file back, without what is appended to the new one.
    await disk.syncFolder(dirname(path));
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
  return handle;
}
