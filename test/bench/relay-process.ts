import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { bundleCli } from '../../scripts/bundle.js';

const CLI = 'dist/cli.cjs';
let built: Promise<void> | undefined;

/** The relay as users have it: the bundled command, a process of its own. */
export async function startRelayProcess(targetUri: string): Promise<AsyncDisposable & { readonly port: number }> {
  await (built ??= bundleCli());
  const child = spawn(process.execPath, [CLI, 'relay', '--target', targetUri], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.resume();
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /mongodb:\/\/[^/]*127\.0\.0\.1:(\d+)/.exec(line);
      if (found && !targetUri.includes(`:${found[1]}`)) resolve(Number(found[1]));
    });
    child.once('close', () => reject(new Error('the relay did not start')));
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
