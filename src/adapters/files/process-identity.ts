/** Tells a process from a later one that was given the same id. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { systemCode } from './durable.js';

const run = promisify(execFile);

export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque; equal for the same process only. Empty where the system does not tell. */
  readonly startTime: string;
}

/** Field 22 of /proc/PID/stat, counted after the command's closing bracket (proc(5)); the boot id because it counts from the boot. */
async function linuxStartTime(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Z and X: ended, only not yet collected by its parent.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1');
    return `${boot.trim()}/${fields[19] ?? ''}`;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return undefined;
    throw error;
  }
}

async function askedStartTime(file: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await run(file, [...args], {
      timeout: 5_000,
      windowsHide: true,
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** When the process of this id started, as an opaque text; undefined when there is none. Empty when it lives but the system does not tell. */
export async function processStartTime(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return linuxStartTime(pid);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemCode(error) !== 'EPERM') return undefined;
  }
  const asked =
    process.platform === 'win32'
      ? await askedStartTime('powershell.exe', [
          '-NoProfile',
          '-NonInteractive',
          '-Command',
          `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`,
        ])
      : await askedStartTime('ps', ['-o', 'lstart=', '-p', String(pid)]);
  return asked ?? '';
}

/** True while this very process lives. A start time that is not known on either side is not held against it. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const now = await processStartTime(identity.pid);
  if (now === undefined) return false;
  return now === identity.startTime || now === '' || identity.startTime === '';
}

export async function thisProcess(): Promise<ProcessIdentity> {
  return { pid: process.pid, startTime: (await processStartTime(process.pid)) ?? '' };
}
