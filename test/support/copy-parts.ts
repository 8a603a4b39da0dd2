/** Parts of a direct copy that do as little as they can. */
import { MigrationError } from '../../src/core/model/error.js';
import type { Journal } from '../../src/engine/journal/port.js';
import type { CopyPacer, CopyPacers } from '../../src/engine/pace/pacer.js';

/** Pacers that let everything pass, so many documents at a time. */
export function openPacers(documents: number): CopyPacers {
  const pacer: CopyPacer = {
    insertLimit: () => ({ documents, bytes: Number.POSITIVE_INFINITY }),
    admit: () => Promise.resolve(),
    wantsCharge: () => false,
    settle: () => 0,
    observe: () => undefined,
    waited: () => undefined,
    concurrency: () => 3,
    limitedBy: () => 'engine',
  };
  return {
    of: () => Promise.resolve(pacer),
    setCeilings: () => undefined,
    ceilings: () => ({}),
    limitedBy: () => undefined,
    budgets: () => new Map(),
  };
}

/** A disk with room for so many records. */
export function withRoom(journal: Journal, records: number): Journal {
  let left = records;
  return {
    tornBytes: journal.tornBytes,
    status: () => journal.status(),
    flush: () => journal.flush(),
    close: () => journal.close(),
    append: async (entry) => {
      left -= 1;
      if (left < 0) throw new MigrationError('file-failed', { path: 'journal', action: 'append', code: 'ENOSPC' });
      await journal.append(entry);
    },
  };
}
