/** What will be sent to the source, told before it is sent. */
import type { PlannedRead } from '../core/model/reading.js';
import { formatDuration } from '../words/sizes.js';
import { purposeName } from '../words/reading-words.js';
import type { AssessDepth, AssessOptions } from './assess-options.js';
import type { CommandContext } from './context.js';
import { wrap } from './table.js';
import { bullet } from './text-blocks.js';

/** What was answered to the list. */
export type ReadsAnswer = 'go on' | 'listed' | 'refused';

/**
 * Tells the commands: each with its limits, or by name, as the command goes; each in any case where that is wished, or before all documents are read, which is then asked for
 * where somebody can answer. On stderr, so that a redirected result stays clean.
 * @throws MigrationError `cancelled`.
 */
export async function tellReads(
  reads: readonly PlannedRead[],
  scan: 'sample' | 'full' | 'none',
  options: Pick<AssessOptions, 'listReads' | 'yes'>,
  depth: AssessDepth,
  { output, prompts, interruption }: CommandContext,
): Promise<ReadsAnswer> {
  const lines = [
    'Commands that are sent to the source; none of them writes:',
    ...reads.flatMap((read) => bullet('·', readText(read), output.people.columns)),
  ];
  if (options.listReads) {
    output.say(...lines);
    output.data({ reads });
    return 'listed';
  }
  const asks = scan === 'full' && !options.yes && prompts.possible && !output.json;
  if (depth.tells === 'each' || asks) output.note(...lines, '');
  else output.note(...inShort(reads, output.people.columns), '');
  if (!asks) return 'go on';
  const agreed = await prompts.confirm('Read every document of the source?', interruption.signal);
  return agreed ? 'go on' : 'refused';
}

function inShort(reads: readonly PlannedRead[], width: number): readonly string[] {
  const names = [...new Set(reads.map(({ command }) => command))].sort();
  const text = `Commands that are sent to the source, none of which writes (--list-reads tells each): ${names.join(', ')}.`;
  return wrap(text, width);
}

const TIMES: Readonly<Record<PlannedRead['times'], string>> = {
  once: 'once',
  'each-database': 'for each database',
  'each-collection': 'for each collection',
  'each-batch': 'for each batch',
  'again-and-again': 'again and again',
};

function readText({ purpose, command, database, times, maxTimeMs, readPreference, needs }: PlannedRead): string {
  const limit = maxTimeMs === undefined ? '' : `, at most ${formatDuration(maxTimeMs)}`;
  const role = needs === undefined ? '' : `, needs ${needs}`;
  return `${purposeName(purpose)}: ${command} on ${database}, ${TIMES[times]}${limit}, ${readPreference}${role}`;
}
