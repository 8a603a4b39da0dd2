import { lstat, rm } from 'node:fs/promises';
import type { Journal } from '../../engine/journal/port.js';
import { fileFailed, systemCode } from './durable.js';

/** True for what a private configuration of ours can be: a plain file of this user that nobody else may open. The journal's word alone deletes nothing else. */
async function isOurs(path: string): Promise<boolean> {
  const found = await lstat(path);
  if (!found.isFile()) return false;
  if (process.platform === 'win32') return true;
  return (found.mode & 0o077) === 0 && found.uid === process.getuid?.();
}

/**
 * Removes the private files with secrets that a process which died left behind, as the journal names them. Returns the paths removed.
 * @throws MigrationError `file-failed` where one cannot be removed.
 */
export async function removeLeftSecretFiles(journal: Journal): Promise<string[]> {
  const removed: string[] = [];
  for (const path of journal.status().secretFiles) {
    try {
      if (await isOurs(path)) {
        await rm(path, { force: true });
        removed.push(path);
      }
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw fileFailed(error, path, 'remove');
    }
    await journal.append({ type: 'secret-file', path, present: false });
  }
  return removed;
}
