import type { Document } from 'bson';
import type { OplogFacts } from '../../../core/model/usage.js';
import { readOplogEntry } from '../../../core/usage/oplog-shape.js';
import { commandsOf, oplogEntriesOf, toRead, type UsageReadOptions } from '../../../core/usage/usage-reads.js';
import { UsageTally } from '../../../core/usage/usage-tally.js';
import { asNumber } from '../plain-json.js';
import type { Attempts } from './attempts.js';

/** Seconds of a timestamp are its upper half. */
function secondsOf(reply: Document | undefined): number | undefined {
  const entry = (reply?.cursor as { firstBatch?: readonly Document[] } | undefined)?.firstBatch?.[0];
  const ts = entry?.ts as { getHighBitsUnsigned?: () => number } | undefined;
  return ts?.getHighBitsUnsigned?.();
}

/** How far back the oplog goes and how much is written to it; undefined and a gap where it may not be read. */
export async function readOplogWindow(attempts: Attempts, options: UsageReadOptions): Promise<OplogFacts | undefined> {
  const oldest = secondsOf(await attempts.command(toRead(commandsOf.oplogEnd(1), options)));
  const newest = secondsOf(await attempts.command(toRead(commandsOf.oplogEnd(-1), options)));
  const stats = await attempts.command(toRead(commandsOf.oplogSize(), options));
  if (oldest === undefined || newest === undefined || !stats) return undefined;
  const seconds = newest - oldest;
  const held = asNumber(stats.size) ?? 0;
  return {
    windowMs: seconds * 1000,
    sizeBytes: asNumber(stats.maxSize) ?? held,
    bytesPerSecond: seconds > 0 ? held / seconds : 0,
  };
}

/** Which fields the newest updates have changed. */
export async function readOplogUpdates(
  attempts: Attempts,
  options: UsageReadOptions,
): Promise<{ readonly tally: UsageTally; readonly entries: number }> {
  const tally = new UsageTally('oplog');
  const read = toRead(commandsOf.oplogEntries(oplogEntriesOf(options)), options);
  let entries = 0;
  await attempts.documents(read, (entry) => {
    entries += 1;
    readOplogEntry(entry, tally);
  });
  return { tally, entries };
}
