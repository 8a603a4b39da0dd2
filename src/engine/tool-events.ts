/** What a run wants to know of its tools, whichever they are: lines and commands are shown, exits and files are noted. */
import type { NativeTools } from './native-ports.js';
import type { RunContext } from './run-context.js';

type CopyWork = Parameters<NativeTools['copy']>[0];

/** The listeners that a tool's work is given: they tell the run's events and write the journal. */
export function toolEvents({
  journal,
  onEvent,
}: Pick<RunContext, 'journal' | 'onEvent'>): Pick<
  CopyWork,
  'onLine' | 'onCommand' | 'onExit' | 'textFiles' | 'onTextFile'
> {
  return {
    onLine: (line) => onEvent({ kind: 'tool-line', line }),
    onCommand: (display) => onEvent({ kind: 'command', display }),
    onExit: ({ tool, exitCode, signal }) => journal.append({ type: 'tool-exited', tool, exitCode, signal }),
    textFiles: journal.status().textFiles,
    onTextFile: (file) => journal.append({ type: 'text-file', ...file }),
  };
}
