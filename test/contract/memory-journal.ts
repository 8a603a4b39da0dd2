import type { RunIdentity } from '../../src/engine/journal/identity.js';
import { checkEntry, type Journal } from '../../src/engine/journal/port.js';
import type { JournalEntry, JournalRecord } from '../../src/engine/journal/record.js';
import { JournalReducer } from '../../src/engine/journal/reduce.js';
import { MigrationError } from '../../src/core/model/error.js';

/** A journal without a disk, for tests of what writes to one. `records` outlives it, as a file would. */
export function memoryJournal(
  identity: RunIdentity,
  records: JournalRecord[] = [],
): Journal & { records: JournalRecord[] } {
  const reducer = new JournalReducer();
  for (const record of records) reducer.apply(record);
  let closed = false;
  const write = (entry: JournalEntry | ({ type: 'run-started' } & RunIdentity)): void => {
    const record = {
      ...entry,
      seq: records.length + 1,
      at: new Date(1_700_000_000_000 + records.length).toISOString(),
    };
    reducer.apply(record);
    records.push(record);
  };
  if (records.length === 0) write({ type: 'run-started', ...identity });
  const refuseWhenClosed = (): void => {
    if (closed) throw new MigrationError('internal', { reason: 'journal-closed' });
  };
  return {
    records,
    tornBytes: 0,
    status: () => reducer.status(),
    append: (entry) =>
      Promise.resolve().then(() => {
        refuseWhenClosed();
        checkEntry(reducer.state, entry);
        write(entry);
      }),
    flush: () => Promise.resolve().then(refuseWhenClosed),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
}
