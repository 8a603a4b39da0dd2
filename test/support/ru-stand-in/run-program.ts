import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ProgramEnd {
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs a program to its end, with the last megabyte of what it said. */
export async function runProgram(path: string, args: readonly string[]): Promise<ProgramEnd> {
  const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-1_000_000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}
