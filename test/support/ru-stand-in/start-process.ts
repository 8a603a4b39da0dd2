import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RuStandInOptions } from './options.js';
import type { NamespaceStats } from './stats.js';

export interface RuStandInProcess extends AsyncDisposable {
  readonly uri: string;
  readonly port: number;
  readonly pid: number;
  stats(): Promise<Readonly<Record<string, NamespaceStats>>>;
  stop(): Promise<void>;
  /** SIGKILL; waits. */
  kill(): Promise<void>;
}

/** Starts a stand-in in a process of its own. With `stateFile` and `port` it can be killed and started again as the same account. */
export async function startRuStandInProcess(options: Omit<RuStandInOptions, 'clock'>): Promise<RuStandInProcess> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', main, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<Record<string, unknown>> => {
    const line = await lines.next();
    if (line.done) throw new Error('the RU stand-in ended');
    return JSON.parse(line.value) as Record<string, unknown>;
  };
  const started = await nextLine();
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  return {
    uri: String(started['uri']),
    port: Number(started['port']),
    pid: child.pid ?? -1,
    stats: async () => {
      child.stdin.write('\n');
      return (await nextLine())['stats'] as Record<string, NamespaceStats>;
    },
    stop,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    [Symbol.asyncDispose]: stop,
  };
}
