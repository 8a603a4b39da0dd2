import { spawn } from 'node:child_process';

/** How a short helper command (`--version`, `go build`, `tar`) ended. A non-zero exit is a value, not an exception. */
export type CommandResult =
  | { readonly kind: 'ended'; readonly exitCode: number | null; readonly stdout: string; readonly stderrEnd: string }
  | { readonly kind: 'not-started'; readonly detail: string }
  | { readonly kind: 'timed-out'; readonly detail: string };

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What is kept of each stream: enough for a version or for the end of a build's complaint. */
const KEPT_CHARACTERS = 16_384;

/** Runs a command from an argv array and waits for it. Output is kept up to its last 16,384 characters. */
export function runCommand(file: string, argv: readonly string[], options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(file, argv, {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
    });
    const kept = { stdout: '', stderr: '' };
    let timedOut = false;
    const stop = (): void => void child.kill('SIGKILL');
    const timer = setTimeout(() => {
      timedOut = true;
      stop();
    }, options.timeoutMs);
    options.signal?.addEventListener('abort', stop, { once: true });
    const finish = (result: CommandResult): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', stop);
      resolve(result);
    };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        kept[name] = (kept[name] + text).slice(-KEPT_CHARACTERS);
      });
    }
    child.once('error', (error: NodeJS.ErrnoException) =>
      finish({ kind: 'not-started', detail: error.code ?? error.message }),
    );
    child.once('close', (exitCode) =>
      finish(
        timedOut
          ? { kind: 'timed-out', detail: `${options.timeoutMs} ms` }
          : { kind: 'ended', exitCode, stdout: kept.stdout, stderrEnd: lastLines(kept.stderr) },
      ),
    );
    if (options.signal?.aborted) stop();
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-4).join('\n').slice(-800);
}

/** One line about a command that did not do its job, for a `Miss`. */
export function describeFailure(result: CommandResult): string {
  if (result.kind !== 'ended') return `${result.kind}: ${result.detail}`;
  return `exit ${result.exitCode ?? 'by signal'}: ${result.stderrEnd || lastLines(result.stdout)}`;
}
