/** Puts the Python of `src/handoff/spark/bundle` into the module that is shipped: `npm run spark-bundle`. One way for bundles, tests and scripts to read it. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const FOLDER = fileURLToPath(new URL('../src/handoff/spark/', import.meta.url));
const SOURCES = join(FOLDER, 'bundle');
const MODULE = join(FOLDER, 'bundle-files.ts');

/** What `src/handoff/spark/bundle-files.ts` has to hold. */
export async function sparkBundleModule(): Promise<string> {
  const entries = await readdir(SOURCES, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter(
      (entry) => entry.isFile() && !entry.parentPath.includes('__pycache__') && /\.(py|toml|md)$/.test(entry.name),
    )
    .map((entry) => relative(SOURCES, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
  const lines = await Promise.all(
    paths.map(
      async (path) => `${JSON.stringify(path)}: ${JSON.stringify(await readFile(join(SOURCES, path), 'utf8'))},`,
    ),
  );
  const text = [
    '/** Made by `npm run spark-bundle` from the files in bundle/, by their paths. */',
    'export const BUNDLE_FILES: Readonly<Record<string, string>> = {',
    ...lines,
    '};',
  ].join('\n');
  return format(text, { ...(await resolveConfig(MODULE)), parser: 'typescript' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(MODULE, await sparkBundleModule());
