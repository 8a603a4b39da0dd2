/** What VS Code reads to activate the extension, and what it must not read then. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { ownBundles } from '../../scripts/bundle.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

async function bundled(entry: 'extension' | 'features'): Promise<{ readonly bytes: number; readonly files: string[] }> {
  const { metafile } = await build({
    ...ownBundles({ minify: true }),
    absWorkingDir: ROOT,
    write: false,
    metafile: true,
  });
  const [, output] = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`${entry}.cjs`)) ?? [];
  return { bytes: output?.bytes ?? NaN, files: Object.keys(output?.inputs ?? {}) };
}

describe('the bundle that is read at activation', () => {
  it('holds neither the wizard, nor what commands do, nor the driver', async () => {
    const { files, bytes } = await bundled('extension');
    expect(files).toContain('src/extension.ts');
    const unwanted =
      /wizard-session|wizard-panel|commands\/table|core\/(decide|tune|assess)\/|src\/(adapters\/mongo|engine|assembly)\/|node_modules/;
    expect(files.filter((file) => unwanted.test(file))).toEqual([]);
    const features = await bundled('features');
    expect(features.files).toEqual(
      expect.arrayContaining(['src/host/wizard/wizard-session.ts', 'src/host/commands/table.ts']),
    );
    expect(features.files.filter((file) => /src\/adapters|node_modules/.test(file))).toEqual([]);
    // Of which two fifths are sentences: every method that another system carries out brought its own.
    expect(bytes).toBeLessThan(210_000);
    // The rules of assessments and their words, which the wizard shows, came to it: it is read when the window has come to rest.
    expect(bytes + features.bytes).toBeLessThan(600_000);
  });

  it('makes no formatter while it is read: a first one of the compact kind alone took as long as all the rest', async () => {
    const { files } = await bundled('extension');
    const made: string[] = [];
    for (const file of files) {
      const text = await readFile(join(ROOT, file), 'utf8');
      if (/^(export )?(const|let) [^=(]+= new Intl\./m.test(text)) made.push(file);
    }
    expect(made).toEqual([]);
  });
});
