import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { bundleCli } from '../../scripts/bundle.js';

const CLI = 'dist/cli.cjs';
let built: Promise<void> | undefined;

export type ListeningProcess = AsyncDisposable & { readonly port: number };

/** The relay as users have it: the bundled command, a process of its own. */
export async function startRelayProcess(targetUri: string): Promise<ListeningProcess> {
  await (built ??= bundleCli());
  return listening([CLI, 'relay', '--target', targetUri], targetUri);
}

/** A process that only passes bytes on: the least that anything in between can cost. */
export async function startBareProxy(targetPort: number): Promise<ListeningProcess> {
  return listening(['--import', 'tsx', 'test/bench/bare-proxy.ts', String(targetPort)], `:${targetPort}`);
}

/** Starts Node and waits for the line that names the port it listens on, which is not the target's. */
async function listening(args: readonly string[], targetUri: string): Promise<ListeningProcess> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.resume();
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /mongodb:\/\/[^/]*127\.0\.0\.1:(\d+)/.exec(line);
      if (found && !targetUri.includes(`:${found[1]}`)) resolve(Number(found[1]));
    });
    child.once('close', () => reject(new Error(`${args[0]} did not start`)));
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      const closed = once(child, 'close');
      child.kill('SIGINT');
      await closed;
    },
  };
}
