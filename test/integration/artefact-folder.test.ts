import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeArtefacts } from '../../src/adapters/files/artefact-folder.js';
import type { Artefacts } from '../../src/handoff/artefacts.js';
import { makeTempFolder, type TempFolder } from '../support/temp.js';

let temp: TempFolder;
let folder: string;

beforeEach(async () => {
  temp = await makeTempFolder('artefacts');
  folder = join(temp.path, 'out');
});
afterEach(() => temp.remove());

const artefacts = (texts: Readonly<Record<string, string>>): Artefacts => ({
  files: Object.entries(texts).map(([path, text]) => ({ path, text })),
  notes: [],
});
const at = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');
const refusal = { code: 'bad-option', facts: { reason: 'file-is-foreign' } };

describe('a folder of artefacts', () => {
  it('is written, written over, and rid of what a later hand-off does not have', async () => {
    await writeArtefacts(folder, artefacts({ 'README.md': 'one', 'src/a.py': 'a', 'src/b.py': 'b' }));
    await writeFile(join(folder, 'src', 'mine.py'), 'mine');
    const { removed } = await writeArtefacts(folder, artefacts({ 'README.md': 'two', 'src/a.py': 'a' }));
    expect(removed).toEqual([join(folder, 'src', 'b.py')]);
    expect(await at('README.md')).toBe('two');
    expect((await readdir(join(folder, 'src'))).sort()).toEqual(['a.py', 'mine.py']);
  });

  it('leaves alone what somebody else wrote or changed, and writes nothing at all then', async () => {
    await writeArtefacts(folder, artefacts({ 'README.md': 'one', 'a.json': '1' }));
    await writeFile(join(folder, 'a.json'), 'changed');
    await expect(writeArtefacts(folder, artefacts({ 'README.md': 'two', 'a.json': '2' }))).rejects.toMatchObject(
      refusal,
    );
    expect([await at('README.md'), await at('a.json')]).toEqual(['one', 'changed']);
    // What is not written any more, but was changed, stays too.
    expect(await writeArtefacts(folder, artefacts({ 'README.md': 'two' }))).toMatchObject({ removed: [] });
    expect(await at('a.json')).toBe('changed');
  });

  it('knows its own files again after it was cut off in the middle', async () => {
    await writeArtefacts(folder, artefacts({ a: 'old', b: 'old' }));
    // As a process leaves it that was killed between the two files.
    const both = ['old', 'new'].map((text) => createHash('sha256').update(text).digest('hex'));
    await writeFile(join(folder, '.handoff-files.json'), JSON.stringify({ a: both, b: both }));
    await writeFile(join(folder, 'a'), 'new');
    await writeArtefacts(folder, artefacts({ a: 'newest', b: 'newest' }));
    expect([await at('a'), await at('b')]).toEqual(['newest', 'newest']);
    // Both words of an earlier writing are forgotten once a later one has ended.
    await writeFile(join(folder, 'a'), 'old');
    await expect(writeArtefacts(folder, artefacts({ a: 'later', b: 'later' }))).rejects.toMatchObject(refusal);
  });

  it('believes no manifest that names places outside of the folder', async () => {
    const outside = join(temp.path, 'precious');
    await writeArtefacts(folder, artefacts({ a: '1' }));
    await writeFile(outside, '');
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    await writeFile(join(folder, '.handoff-files.json'), JSON.stringify({ '../precious': [empty] }));
    await expect(writeArtefacts(folder, artefacts({ a: '2' }))).rejects.toMatchObject(refusal);
    await writeArtefacts(folder, artefacts({ b: '2' }));
    expect(await readFile(outside, 'utf8')).toBe('');
    await expect(writeArtefacts(folder, artefacts({ '../up': '2' }))).rejects.toMatchObject({ code: 'internal' });
  });
});
