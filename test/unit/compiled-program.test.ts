import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadProgram, type ProgramFile } from '../../src/adapters/files/compiled-program.js';

let root: string;
let folder: string;
let file: ProgramFile;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'compiled-'));
  folder = join(root, 'cache', 'code');
  file = { path: join(root, 'program.cjs'), id: 'aaaa', use: 'run', folder };
  await writeFile(file.path, '(function (n) { return n + 1; })\n');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const answer = ({ program }: { readonly program: unknown }): number => (program as (n: number) => number)(1);

function start(changed: Partial<ProgramFile> = {}): { readonly compiled: boolean; readonly answer: number } {
  const loaded = loadProgram({ ...file, ...changed });
  const started = { compiled: loaded.compiled, answer: answer(loaded) };
  loaded.keep();
  return started;
}

async function kept(): Promise<string> {
  const [name, ...others] = await readdir(folder);
  expect(others).toEqual([]);
  return join(folder, name ?? '');
}

describe('a program that is started again', () => {
  it('comes compiled from the second start on, from a file that is private', async () => {
    expect(start()).toEqual({ compiled: false, answer: 2 });
    expect(start()).toEqual({ compiled: true, answer: 2 });
    expect((await stat(await kept())).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('comes with its outermost code, though V8 has thrown that away by the time it is kept', async () => {
    await writeFile(file.path, "(Symbol('said by the outermost code'), function (n) { return n + 1; })\n");
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const loaded = loadProgram(file);
    expect(answer(loaded)).toBe(2);
    // As ageing does by and by.
    setFlagsFromString('--stress-flush-code');
    collect();
    setFlagsFromString('--no-stress-flush-code');
    loaded.keep();
    expect((await readFile(await kept())).includes('said by the outermost code')).toBe(true);
    expect(start()).toEqual({ compiled: true, answer: 2 });
  });

  it('is compiled anew where its text is another, or it is used for something else', async () => {
    start();
    // The same length: it is all that V8 looks at.
    await writeFile(file.path, '(function (n) { return n + 2; })\n');
    expect(start({ id: 'bbbb' })).toEqual({ compiled: false, answer: 3 });
    expect(start({ id: 'bbbb', use: 'other' })).toEqual({ compiled: false, answer: 3 });
    expect(start({ id: 'bbbb' })).toEqual({ compiled: true, answer: 3 });
  });

  it('is compiled anew, and kept anew, whatever byte of what was kept is damaged and wherever it was cut off', async () => {
    start();
    const path = await kept();
    const whole = await readFile(path);
    for (const at of [0, 31, 32, 40, Math.floor(whole.length / 2), whole.length - 1]) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      for (const bytes of [damaged, whole.subarray(0, at)]) {
        await writeFile(path, bytes);
        expect(start()).toEqual({ compiled: false, answer: 2 });
        expect(start()).toEqual({ compiled: true, answer: 2 });
      }
    }
  });

  it.skipIf(process.platform === 'win32')('runs no code that others could have written', async () => {
    start();
    const path = await kept();
    for (const mode of [0o620, 0o602, 0o666]) {
      await chmod(path, mode);
      expect(start()).toEqual({ compiled: false, answer: 2 });
    }
    expect(start()).toEqual({ compiled: true, answer: 2 });
  });

  it('starts all the same where nothing can be kept, or nothing is to be', async () => {
    await mkdir(join(root, 'cache'));
    await writeFile(folder, 'a file where the folder would be');
    for (const one of [{}, { folder: undefined }]) {
      expect(start(one)).toEqual({ compiled: false, answer: 2 });
      expect(start(one)).toEqual({ compiled: false, answer: 2 });
    }
  });

  it('clears away what nobody has kept for a month, and nothing younger', async () => {
    await mkdir(folder, { recursive: true });
    for (const [name, days] of [
      ['old', 31],
      ['young', 29],
    ] as const) {
      const at = Date.now() / 1000 - days * 86_400;
      await writeFile(join(folder, name), '');
      await utimes(join(folder, name), at, at);
    }
    start();
    expect((await readdir(folder)).filter((name) => !name.startsWith('aaaa'))).toEqual(['young']);
  });
});
