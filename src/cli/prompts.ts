/** Questions on a terminal. Answers to secret ones are not shown while they are typed. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export interface Prompts {
  /** False where nobody is there to answer (stdin is no terminal). */
  readonly possible: boolean;
  secret(question: string, signal: AbortSignal): Promise<string>;
  /** No is the default. */
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
}

interface TerminalInput {
  readonly isTTY?: boolean;
}

/** `output` is where questions are written; not stdout, which may be redirected into a file. */
export function terminalPrompts(input: NodeJS.ReadableStream & TerminalInput, output: NodeJS.WritableStream): Prompts {
  async function ask(question: string, hidden: boolean, signal: AbortSignal): Promise<string> {
    let muted = false;
    const screen = new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (!muted) output.write(chunk);
        done();
      },
    });
    const reader = createInterface({ input, output: screen, terminal: true });
    // In raw mode Ctrl-C reaches only the reader; it must mean what it means everywhere else.
    reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    try {
      const answer = reader.question(question, { signal });
      muted = hidden;
      return await answer;
    } finally {
      reader.close();
      if (hidden) output.write('\n');
    }
  }

  return {
    possible: input.isTTY === true,
    secret: (question, signal) => ask(`${question} `, true, signal),
    confirm: async (question, signal) => {
      const answer = await ask(`${question} [y/N] `, false, signal);
      return /^\s*y(es)?\s*$/i.test(answer);
    },
  };
}
