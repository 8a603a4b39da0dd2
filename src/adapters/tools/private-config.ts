/** The tools' way to a password that is neither in argv nor in the environment: a private file for `--config`. */
import { chmod, open, readdir, readFile, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { makeFolders } from '../files/make-folders.js';

export interface PrivateConfig {
  readonly path: string;
  remove(): Promise<void>;
}

const PREFIX = 'tool-config-';
/** `tool-config-<pid>-<start time of the process, or 0>-<random>.yaml` */
const NAME = /^tool-config-(\d+)-(\d+)-[0-9a-f]+\.yaml$/;

/** A YAML double-quoted scalar in plain ASCII: any character survives, and no line break is folded. */
function quoteYaml(text: string): string {
  let quoted = '"';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\') quoted += `\\${character}`;
    else if (code >= 0x20 && code < 0x7f) quoted += character;
    else if (code > 0xffff) quoted += `\\U${code.toString(16).padStart(8, '0')}`;
    else quoted += `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return `${quoted}"`;
}

/**
 * Start time of a process in clock ticks since boot, field 22 of /proc/PID/stat (proc(5)); undefined where there is no such
 * process or no /proc. Two processes that had the same pid differ in it.
 */
async function startTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field is the program's name in parentheses and may hold spaces and parentheses itself.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

/**
 * Writes a file of mode 0600 that holds `password:` and nothing else (a URI in it would be printed in clear on a failed connection)
 * into `folder`, which is made with mode 0700. The caller removes it when the tool has ended; a crash leaves it to
 * `sweepStaleConfigs`, for which its name has this process in it.
 */
export async function writePrivateConfig(folder: string, password: string): Promise<PrivateConfig> {
  makeFolders(folder, 0o700);
  await chmod(folder, 0o700);
  const started = (await startTime(process.pid)) ?? '0';
  const path = join(folder, `${PREFIX}${process.pid}-${started}-${randomBytes(8).toString('hex')}.yaml`);
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`password: ${quoteYaml(password)}\n`);
  } finally {
    await file.close();
  }
  return { path, remove: () => rm(path, { force: true }) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function isOwned(pid: number, started: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const now = await startTime(pid);
  return started === '0' || now === undefined || now === started;
}

/** Removes the files of `folder` whose process is gone, also when its pid has been taken by another one. Returns how many. */
export async function sweepStaleConfigs(folder: string): Promise<number> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  let removed = 0;
  for (const name of names) {
    const match = NAME.exec(name);
    if (!match || (await isOwned(Number(match[1]), match[2] ?? '0'))) continue;
    await rm(join(folder, name), { force: true });
    removed++;
  }
  return removed;
}
