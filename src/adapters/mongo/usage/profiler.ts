import type { Document } from 'bson';
import { isApplication } from '../../../core/usage/client-uses.js';
import { readCommand } from '../../../core/usage/command-shape.js';
import { commandsOf, profiledOperationsOf, toRead, type UsageReadOptions } from '../../../core/usage/usage-reads.js';
import { UsageTally } from '../../../core/usage/usage-tally.js';
import { isSystemDatabase } from '../listing.js';
import type { Attempts } from './attempts.js';

/** What the operations that the profiler has kept use. A database whose profiler was never on has none, and costs one empty answer. */
export async function readProfiler(
  attempts: Attempts,
  options: UsageReadOptions,
): Promise<{ readonly tally: UsageTally; readonly operations: number }> {
  const tally = new UsageTally('profiler');
  let operations = 0;
  const reply = await attempts.command(toRead(commandsOf.databases(), options));
  const databases = ((reply?.databases as Document[] | undefined) ?? []).map((one) => String(one.name)).sort();
  let answered = false;
  for (const db of databases.filter((name) => !isSystemDatabase(name))) {
    const read = toRead(commandsOf.profiled(db, profiledOperationsOf(options)), options);
    const ns = { db, coll: 'system.profile' };
    const count = await attempts.documents(read, (entry) => (operations += readProfiled(entry, db, tally) ? 1 : 0), ns);
    answered ||= count !== undefined;
  }
  if (answered && operations === 0) attempts.gap({ purpose: 'profiler', reason: 'not-enabled' });
  return { tally, operations };
}

function readProfiled(entry: Document, db: string, tally: UsageTally): boolean {
  if (!isApplication(entry.appName)) return false;
  const name = typeof entry.ns === 'string' ? entry.ns : '';
  const coll = name.startsWith(`${db}.`) ? name.slice(db.length + 1) : '';
  return readCommand(entry.command, { db, ...(coll === '' ? {} : { ns: { db, coll } }) }, tally);
}
