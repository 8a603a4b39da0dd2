/** Makes the VSIX: everything bundled and minified, its content compared with a reviewed list, its sizes with their limits. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { bundleAll } from './bundle.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONTENT_LIST = join(ROOT, 'scripts', 'package-content.txt');

/** The extension's own code: what is read at activation, and what commands and the wizard need. */
const OWN_BUNDLES = ['extension.cjs', 'features.cjs'];

/** What people download, and what VS Code loads of us before the driver. */
const LIMITS = { vsix: 2_000_000, extension: 600_000 } as const;

export interface Package {
  readonly path: string;
  readonly bytes: number;
  /** Of both own bundles together. */
  readonly extensionBytes: number;
  readonly content: readonly string[];
  /** Sentences; none where the package is as it has to be. */
  readonly problems: readonly string[];
}

/** Builds and packs. Rejects where either does not work; what is wrong with the result is in `problems`. */
export async function makePackage(): Promise<Package> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const path = join(ROOT, 'dist', `mongo-cosmos-migration-${version}.vsix`);
  await bundleAll({ minify: true });
  await createVSIX({
    cwd: ROOT,
    packagePath: path,
    // Everything is bundled.
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
  const content = (await listFiles({ cwd: ROOT, packageManager: PackageManager.None })).sort();
  const wanted = (await readFile(CONTENT_LIST, 'utf8')).trim().split('\n');
  const bytes = (await stat(path)).size;
  const own = await Promise.all(OWN_BUNDLES.map(async (name) => (await stat(join(ROOT, 'dist', name))).size));
  const extensionBytes = own.reduce((sum, size) => sum + size, 0);
  return { path, bytes, extensionBytes, content, problems: problemsOf(content, wanted, bytes, extensionBytes) };
}

function problemsOf(content: readonly string[], wanted: readonly string[], bytes: number, extension: number): string[] {
  const limit = (what: keyof typeof LIMITS, is: number): string[] =>
    is < LIMITS[what] ? [] : [`${what} has ${is} bytes; its limit is ${LIMITS[what]}`];
  return [
    ...content.filter((file) => !wanted.includes(file)).map((file) => `${file} is in the package and not on the list`),
    ...wanted.filter((file) => !content.includes(file)).map((file) => `${file} is on the list and not in the package`),
    ...limit('vsix', bytes),
    ...limit('extension', extension),
  ];
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const made = await makePackage();
  for (const file of made.content) console.log(`  ${file}`);
  const kb = (bytes: number): string => `${Math.round(bytes / 1000).toLocaleString('en-US')} kB`;
  console.log(`${made.path}  ${kb(made.bytes)}, of which the extension's own code ${kb(made.extensionBytes)} unpacked`);
  for (const problem of made.problems) console.error(problem);
  process.exitCode = made.problems.length === 0 ? 0 : 1;
}
