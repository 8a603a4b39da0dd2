/**
 * Starts a bundled program from code that V8 compiled at an earlier start: two megabytes of text are compiled in 40 ms or more, and functions again as they are
 * called. Node's own cache for this (`node:module`, enableCompileCache) comes with version 22; where it is off, by its own variable, this is off too.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { makeFolders } from './make-folders.js';

/** Of SHA-256. */
const DIGEST_BYTES = 32;
/** Of other versions, and of others of this product on this machine. */
const KEPT_MS = 30 * 24 * 3_600_000;
const OTHERS_MAY_WRITE = 0o022;
/** What a start needs has been called by then, and V8 has not yet thrown away what is not called any more. Once per version and command: making it takes 80 ms. */
const SETTLED_MS = 5_000;

export interface ProgramFile {
  /** The program as a function expression in parentheses, ASCII only. */
  readonly path: string;
  /** Of its text: what was compiled from another is not looked at. */
  readonly id: string;
  /** Programs that call other functions keep what they need apart. */
  readonly use: string;
  /** Where compiled code is kept; it need not exist. Undefined for none. */
  readonly folder: string | undefined;
}

export interface LoadedProgram {
  /** What the program's text evaluates to. */
  readonly program: unknown;
  /** Whether it came compiled. */
  readonly compiled: boolean;
  /** Keeps what is compiled by now for the next start. Does nothing where that is there already, or cannot be written. */
  readonly keep: () => void;
}

/**
 * Evaluates the program. Compiled code is used where it is whole, the user's own and made by this V8 with these flags; everything else is compiled as ever.
 * @throws what reading the program's text throws.
 */
export function loadProgram({ path, id, use, folder }: ProgramFile): LoadedProgram {
  const source = readFileSync(path, 'latin1');
  const name = `${id}-${process.versions.v8}-${process.arch}-${use}`;
  const kept = folder === undefined ? undefined : join(folder, name);
  const cachedData = kept === undefined ? undefined : readOwn(kept);
  const script = new Script(source, { filename: path, ...(cachedData ? { cachedData } : {}) });
  const compiled = cachedData !== undefined && script.cachedDataRejected === false;
  let isKept = compiled;
  const keep = (): void => {
    if (folder === undefined || isKept) return;
    isKept = true;
    // V8 throws the outermost code away soon after it has run, and what is kept without it is parsed whole at the next start, which takes as long as no cache.
    script.runInThisContext();
    write(folder, name, script.createCachedData());
  };
  return { program: script.runInThisContext(), compiled, keep };
}

/** Compiled code is code: what somebody else could have written is not run. V8 itself trusts what it is given to be whole. */
function readOwn(path: string): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { uid, mode } = fstatSync(file);
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & OTHERS_MAY_WRITE) === 0);
    if (!isOwn) return undefined;
    const bytes = readFileSync(file);
    const data = bytes.subarray(DIGEST_BYTES);
    return bytes.length > DIGEST_BYTES && digestOf(data).equals(bytes.subarray(0, DIGEST_BYTES)) ? data : undefined;
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Nothing hangs on it: a disk that is full or read-only costs the next start its advantage. */
function write(folder: string, name: string, data: Buffer): void {
  const path = join(folder, name);
  const part = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    makeFolders(folder, 0o700);
    try {
      writeFileSync(part, Buffer.concat([digestOf(data), data]), { mode: 0o600, flag: 'wx' });
      renameSync(part, path);
    } catch {
      rmSync(part, { force: true });
    }
    removeOld(folder);
  } catch {
    // As above.
  }
}

function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { force: true });
  }
}

function digestOf(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

/** Keeps compiled code once the program has settled, or when it ends well before. */
export function keepWhenSettled(keep: () => void): void {
  setTimeout(keep, SETTLED_MS).unref();
  process.once('exit', (code) => {
    if (code === 0) keep();
  });
}
