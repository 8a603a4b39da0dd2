/**
 * One process at a time works on a run. Each contender puts a claim of its own into the folder `lock` and then looks at the others': a live
 * one means hands off. Whoever looks last sees all, so two can never both hold it, and a dead claim can be removed without a race,
 * because no two claims ever have the same name (one shared lock file has no such safe takeover).
 */
import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { MigrationError } from '../../core/model/error.js';
import { fileFailed, makePrivateFolder, PRIVATE_FILE, systemCode } from './durable.js';
import { isAlive, thisProcess, type ProcessIdentity } from './process-identity.js';

const LOCK_FOLDER = 'lock';
const CLAIM_ENDING = '.claim';
/** Two that start in the same instant see each other and both step back; a few random waits decide between them. */
const ATTEMPTS = 4;
const LONGEST_WAIT_MS = 60;

export interface RunLock {
  release(): Promise<void>;
}

function parseClaim(text: string): ProcessIdentity | undefined {
  try {
    const claim = JSON.parse(text) as Partial<ProcessIdentity>;
    if (!Number.isInteger(claim.pid) || typeof claim.startTime !== 'string') return undefined;
    return { pid: claim.pid as number, startTime: claim.startTime };
  } catch {
    return undefined;
  }
}

/** Live claims other than `own`; dead ones are removed when asked to. */
async function liveClaims(folder: string, own: string | undefined, removeDead: boolean): Promise<ProcessIdentity[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  const live: ProcessIdentity[] = [];
  for (const name of names) {
    if (name === own || !name.endsWith(CLAIM_ENDING)) continue;
    const path = join(folder, name);
    const claim = parseClaim(await readFile(path, 'utf8').catch(() => ''));
    if (claim && (await isAlive(claim))) live.push(claim);
    else if (removeDead) await rm(path, { force: true });
  }
  return live;
}

/** Where those put their claims who work on a run. */
export function claimsFolder(runFolder: string): string {
  return join(runFolder, LOCK_FOLDER);
}

/** Who holds the run, if anybody alive does. */
export async function liveLockHolder(runFolder: string): Promise<ProcessIdentity | undefined> {
  return (await liveClaims(claimsFolder(runFolder), undefined, false))[0];
}

/**
 * Takes the run for this process. A lock whose process is dead is taken over.
 * @throws MigrationError `run-locked` with `pid` while a live process (this one included) holds it, `file-failed`.
 */
export async function takeRunLock(runFolder: string): Promise<RunLock> {
  const folder = claimsFolder(runFolder);
  await makePrivateFolder(folder);
  const identity = await thisProcess();
  try {
    for (let attempt = 1; ; attempt += 1) {
      const name = `${identity.pid}-${randomBytes(8).toString('hex')}${CLAIM_ENDING}`;
      await putClaim(folder, name, identity);
      const holder = (await liveClaims(folder, name, true))[0];
      if (!holder) return { release: () => rm(join(folder, name), { force: true }) };
      await rm(join(folder, name), { force: true });
      if (attempt === ATTEMPTS) throw new MigrationError('run-locked', { pid: holder.pid, run: runFolder });
      await wait(Math.random() * LONGEST_WAIT_MS);
    }
  } catch (error) {
    throw fileFailed(error, folder, 'lock');
  }
}

/** Shows up with its content or not at all. */
async function putClaim(folder: string, name: string, identity: ProcessIdentity): Promise<void> {
  const temporary = join(folder, `.${name}.tmp`);
  const handle = await open(temporary, 'wx', PRIVATE_FILE);
  try {
    await handle.writeFile(JSON.stringify(identity));
  } finally {
    await handle.close();
  }
  await rename(temporary, join(folder, name));
}
