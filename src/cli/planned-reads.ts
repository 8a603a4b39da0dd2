/** What will be sent to the source, told before it is sent. */
import type { PlannedRead } from '../core/model/reading.js';
import { formatDuration } from '../words/sizes.js';
import { purposeName, READ_TIMES } from '../words/reading-words.js';
import type { AssessDepth, AssessOptions } from './assess-options.js';
import type { CommandContext } from './context.js';
import { bullet } from './text-blocks.js';

/** What was answered to the list. */
export type ReadsAnswer = 'go on' | 'listed' | 'refused';

/**
 * Tells the commands by name: each with its limits, or those of a purpose together, as the command goes; each also before all documents are read, which is then asked for where
 * somebody can answer. In full, pipelines included, where that is wished. On stderr, so that a redirected result stays clean.
 * @throws MigrationError `cancelled`.
 */
export async function tellReads(
  reads: readonly PlannedRead[],
  scan: 'sample' | 'full' | 'none',
  options: Pick<AssessOptions, 'listReads' | 'yes'>,
  depth: AssessDepth,
  { output, prompts, interruption }: CommandContext,
): Promise<ReadsAnswer> {
  const width = output.people.columns;
  if (options.listReads) {
    const each = reads.map((read) => readText(read, read.command));
    output.say('Commands that are sent to the source; none of them writes:', ...bullets(each, width));
    output.data({ reads });
    return 'listed';
  }
  const asks = scan === 'full' && !options.yes && prompts.possible && !output.json;
  const told = depth.tells === 'each' || asks ? reads.map((read) => readText(read, nameOf(read))) : byPurpose(reads);
  output.note(
    'Commands that are sent to the source; none of them writes (--list-reads tells each in full):',
    ...bullets([...new Set(told)], width),
    '',
  );
  if (!asks) return 'go on';
  const agreed = await prompts.confirm('Read every document of the source?', interruption.signal);
  return agreed ? 'go on' : 'refused';
}

function bullets(texts: readonly string[], width: number): readonly string[] {
  return texts.flatMap((text) => bullet('·', text, width));
}

function nameOf({ name, command }: PlannedRead): string {
  return name ?? command;
}

/** What is sent for one purpose, to the same place, as often: in one line. */
function byPurpose(reads: readonly PlannedRead[]): readonly string[] {
  const groups = new Map<string, { readonly read: PlannedRead; readonly names: Set<string> }>();
  for (const read of reads) {
    const key = `${read.purpose}\n${placeOf(read)}`;
    const group = groups.get(key) ?? { read, names: new Set() };
    groups.set(key, group);
    group.names.add(nameOf(read));
  }
  return [...groups.values()].map(
    ({ read, names }) => `${purposeName(read.purpose)}: ${[...names].join(', ')} ${placeOf(read)}`,
  );
}

/** `on admin, once`; what is sent for each of something names no single place. */
function placeOf({ database, times }: PlannedRead): string {
  return database.startsWith('<') ? READ_TIMES[times] : `on ${database}, ${READ_TIMES[times]}`;
}

/** `told`: the command, in full or by its name. */
function readText(read: PlannedRead, told: string): string {
  const { purpose, database, times, maxTimeMs, readPreference, needs } = read;
  const limit = maxTimeMs === undefined ? '' : `, at most ${formatDuration(maxTimeMs)}`;
  const role = needs === undefined ? '' : `, needs ${needs}`;
  return `${purposeName(purpose)}: ${told} on ${database}, ${READ_TIMES[times]}${limit}, ${readPreference}${role}`;
}
