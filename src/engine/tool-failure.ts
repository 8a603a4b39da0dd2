import type { Verdict } from './journal/record.js';
import type { ToolExit } from './native-ports.js';

/** The reader of the pipe has ended, of which the writer only sees this (EPIPE). */
const BROKEN_PIPE = /broken pipe|EPIPE/i;
/** A connection that ended or was not to be had, in the words of the tools' driver and of the system. */
const LOST =
  /socket was unexpectedly closed|connection reset|connection refused|server selection error|connection pool .* was cleared|i\/o timeout|EOF/i;

const isConsequence = ({ failed }: ToolExit): boolean => failed !== undefined && BROKEN_PIPE.test(failed);

/** The tools that failed, the one that failed of itself first. */
export function toolReasons(bad: readonly ToolExit[]): Verdict['reasons'] {
  return [...bad.filter((exit) => !isConsequence(exit)), ...bad.filter(isConsequence)].map((exit) => ({
    id: 'tool-failed',
    params: {
      tool: exit.tool,
      exitCode: exit.exitCode ?? -1,
      signal: exit.signal ?? '',
      message: exit.failed ?? '',
    },
  }));
}

/** They talk to the source and to nothing else. */
const READERS: ReadonlySet<string> = new Set(['mongodump', 'mongoexport']);

/** Whether the tool that reads the source says that its connection went. */
export function losesSource(bad: readonly ToolExit[]): boolean {
  return bad.some((exit) => READERS.has(exit.tool) && !isConsequence(exit) && LOST.test(exit.failed ?? ''));
}
