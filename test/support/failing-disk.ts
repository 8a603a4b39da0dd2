/** A disk that does what it is asked until its steps are used up; then it fails, or the process is gone. */
import type { FileHandle } from 'node:fs/promises';
import { systemDisk, type JournalDisk } from '../../src/adapters/files/journal-disk.js';

export type DiskStep =
  'open' | 'read' | 'write' | 'half-write' | 'sync' | 'rename' | 'renamed' | 'remove' | 'sync-folder';

/** The system's words for a full disk. */
export function diskFull(): NodeJS.ErrnoException {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}

/**
 * `before` is asked before each step (and once after a rename, as `renamed`) with the file's path; what it throws is what the disk says. At `half-write`
 * half of what was to be written is on the disk already.
 */
export function failingDisk(before: (step: DiskStep, path: string) => void): JournalDisk {
  // Refuses as the real one: by a rejected promise.
  const asked = async <T>(step: DiskStep, path: string, act: () => Promise<T>): Promise<T> => {
    await Promise.resolve();
    before(step, path);
    return act();
  };
  return {
    open: (path, flags, mode) =>
      asked('open', path, async () => failingHandle(await systemDisk.open(path, flags, mode), path, before)),
    read: (path) => asked('read', path, () => systemDisk.read(path)),
    rename: (from, to) =>
      asked('rename', to, async () => {
        await systemDisk.rename(from, to);
        before('renamed', to);
      }),
    remove: (path) => asked('remove', path, () => systemDisk.remove(path)),
    syncFolder: (path) => asked('sync-folder', path, () => systemDisk.syncFolder(path)),
  };
}

function failingHandle(real: FileHandle, path: string, before: (step: DiskStep, path: string) => void): FileHandle {
  const own = {
    async write(bytes: Buffer, offset: number, length: number, position: number) {
      before('write', path);
      const half = Math.floor(length / 2);
      await real.write(bytes, offset, half, position);
      before('half-write', path);
      await real.write(bytes, offset + half, length - half, position + half);
      return { bytesWritten: length, buffer: bytes };
    },
    async writeFile(bytes: Buffer) {
      before('write', path);
      const half = Math.floor(bytes.length / 2);
      await real.write(bytes, 0, half, 0);
      before('half-write', path);
      await real.write(bytes, half, bytes.length - half, half);
    },
    async sync() {
      before('sync', path);
      await real.sync();
    },
    async datasync() {
      before('sync', path);
      await real.datasync();
    },
  };
  return new Proxy(real, {
    get(target, key) {
      if (Object.hasOwn(own, key)) return Reflect.get(own, key) as unknown;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
