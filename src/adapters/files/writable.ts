/** Whether a file or folder that somebody wishes for can be written: asked before anything is connected to or begun, and nothing is left behind. */
import { randomBytes } from 'node:crypto';
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MigrationError } from '../../core/model/error.js';
import { fileFailed, systemCode } from './durable.js';

/** A block of most file systems: a disk that has no room for it is full. */
const TRIED_BYTES = 4_096;

/** A file in a folder that is there. @throws MigrationError `file-failed`. */
export async function checkWritableFile(path: string): Promise<void> {
  if (await isFolder(path)) throw new MigrationError('file-failed', { path, action: 'write', code: 'EISDIR' });
  await tryFile(dirname(path), path);
}

/** A folder that is there, or that can be made, with those above it. @throws MigrationError `file-failed`. */
export async function checkWritableFolder(path: string): Promise<void> {
  let there = path;
  let found = await isFolder(there);
  while (found === undefined && dirname(there) !== there) {
    there = dirname(there);
    found = await isFolder(there);
  }
  if (found !== true) throw new MigrationError('file-failed', { path, action: 'make-folder', code: 'ENOTDIR' });
  if (there === path) {
    await tryFile(path, path);
    return;
  }
  const tried = join(there, nameFor(path));
  try {
    await mkdir(tried);
  } catch (error) {
    throw fileFailed(error, path, 'make-folder');
  }
  try {
    await tryFile(tried, path);
  } finally {
    await rm(tried, { recursive: true, force: true });
  }
}

async function tryFile(folder: string, wished: string): Promise<void> {
  const path = join(folder, nameFor(wished));
  try {
    await writeFile(path, Buffer.alloc(TRIED_BYTES), { flag: 'wx' });
  } catch (error) {
    throw fileFailed(error, wished, 'write');
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

const nameFor = (path: string): string => `.${basename(path).slice(0, 40)}.${randomBytes(6).toString('hex')}.tmp`;

/** Undefined for what is not there. */
async function isFolder(path: string): Promise<boolean | undefined> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    // A file above it: the one above that tells.
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
    throw fileFailed(error, path, 'write');
  }
}
