import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface CliEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The CLI as a process of its own, straight from its sources. */
export class CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliEnd>;
  private readonly watchers: { test: (line: string) => boolean; resolve: () => void }[] = [];
  private stdout = '';
  private stderr = '';

  constructor(args: readonly string[], env: Readonly<Record<string, string>>, nodeArgs: readonly string[] = []) {
    this.child = spawn(process.execPath, ['--import', 'tsx', ...nodeArgs, MAIN, ...args], {
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...toolVariables(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (!this.child.stdout || !this.child.stderr) throw new Error('no pipes');
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.stdout += `${line}\n`;
      for (const watcher of this.watchers) if (watcher.test(line)) watcher.resolve();
    });
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = once(this.child, 'close').then(([exitCode, signal]) => ({
      exitCode: exitCode as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** Resolves at the first line of stdout that passes; rejects when the process ends without one. */
  async line(test: (line: string) => boolean): Promise<void> {
    const seen = new Promise<'seen'>((resolve) => this.watchers.push({ test, resolve: () => resolve('seen') }));
    const first = await Promise.race([seen, this.ended]);
    if (first !== 'seen')
      throw new Error(`ended before the line came: ${first.exitCode}\n${first.stdout}\n${first.stderr}`);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }
}

/** What the test command has found out about the real parts goes on to the child. */
function toolVariables(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) => /^(MCM_|XDG_|GO|PIP_)/.test(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}

/** Runs one command to its end. */
export function runCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CliEnd> {
  return new CliProcess(args, env).ended;
}
