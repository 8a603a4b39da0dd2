import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileFailed, makePrivateFolder, systemCode, writeFileAtomic } from '../files/durable.js';
import type { LedgerStore } from './data-factory-ledger.js';

/** A ledger in a file of its own. Its methods throw MigrationError `file-failed`. */
export function ledgerFile(path: string): LedgerStore {
  return {
    async load() {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return undefined;
        throw fileFailed(error, path, 'read');
      }
    },
    async save(text) {
      await makePrivateFolder(dirname(path));
      await writeFileAtomic(path, text);
    },
  };
}
