import { window, type Disposable, type Terminal, type TerminalOptions } from 'vscode';
import type { RunInfo } from '../services.js';

/** The terminals of runs; also finds those that a former session of this window has left running. */
export class RunTerminals implements Disposable {
  readonly #known = new Map<string, Terminal>();
  readonly #subscription: Disposable;

  /** `onClosed` is told of a terminal that a run was started in by this session. */
  constructor(onClosed: (runId: string) => void) {
    this.#subscription = window.onDidCloseTerminal((closed) => {
      for (const [runId, terminal] of this.#known) {
        if (terminal !== closed) continue;
        this.#known.delete(runId);
        onClosed(runId);
      }
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#known.clear();
  }

  remember(runId: string, terminal: Terminal): void {
    const former = this.#known.get(runId);
    this.#known.set(runId, terminal);
    // Its process has let the run go, or no other could have been started; two of one name only confuse.
    if (former !== terminal) former?.dispose();
  }

  /** By what this session started, else by what the terminal was made of, else by its process, else by its name. */
  async find(run: RunInfo, title: string): Promise<Terminal | undefined> {
    const known = this.#known.get(run.runId);
    if (known !== undefined) return known;
    const open = window.terminals.filter((terminal) => terminal.exitStatus === undefined);
    const made = open.find((terminal) => runArgument(terminal) === run.runId);
    if (made !== undefined) return made;
    if (run.pid !== undefined) {
      for (const terminal of open) if ((await terminal.processId) === run.pid) return terminal;
    }
    return open.find((terminal) => terminal.name === title);
  }
}

/** The run that a terminal's process was told to work on. */
function runArgument(terminal: Terminal): string | undefined {
  const { shellArgs } = terminal.creationOptions as TerminalOptions;
  if (!Array.isArray(shellArgs)) return undefined;
  const place = shellArgs.findIndex((argument) => argument === '--resume' || argument === '--retry-dead-letters');
  return place < 0 ? undefined : shellArgs[place + 1];
}
