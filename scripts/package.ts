/** Makes the VSIX: everything bundled and minified, its content compared with a reviewed list, its sizes with their limits. */
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describeFailure, runCommand } from '../src/adapters/tools/run-command.js';
import { bundleAll } from './bundle.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CONTENT_LIST = join(ROOT, 'scripts', 'package-content.txt');
const PACKAGE_LIMIT_MS = 120_000;

/** What people download, and what VS Code loads to activate. */
const LIMITS = { vsix: 2_000_000, 'dist/extension.cjs': 400_000 } as const;

export interface Package {
  readonly path: string;
  readonly bytes: number;
  readonly extensionBytes: number;
  readonly content: readonly string[];
  /** Sentences; none where the package is as it has to be. */
  readonly problems: readonly string[];
}

async function vsce(...args: readonly string[]): Promise<string> {
  const cli = join(dirname(createRequire(import.meta.url).resolve('@vscode/vsce/package.json')), 'vsce');
  const result = await runCommand(process.execPath, [cli, ...args], { cwd: ROOT, timeoutMs: PACKAGE_LIMIT_MS });
  if (result.kind === 'ended' && result.exitCode === 0) return result.stdout;
  throw new Error(`vsce ${args[0] ?? ''}: ${describeFailure(result)}`);
}

/** Builds and packs. Rejects where either does not work; what is wrong with the result is in `problems`. */
export async function makePackage(): Promise<Package> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const path = join(ROOT, 'dist', `mongo-cosmos-migration-${version}.vsix`);
  await bundleAll({ minify: true });
  const flags = ['--no-dependencies', '--skip-license', '--allow-missing-repository'];
  await vsce('package', ...flags, '--no-rewrite-relative-links', '--out', path);
  const content = (await vsce('ls', '--no-dependencies')).trim().split('\n').sort();
  const wanted = (await readFile(CONTENT_LIST, 'utf8')).trim().split('\n');
  const bytes = (await stat(path)).size;
  const extensionBytes = (await stat(join(ROOT, 'dist', 'extension.cjs'))).size;
  return { path, bytes, extensionBytes, content, problems: problemsOf(content, wanted, bytes, extensionBytes) };
}

function problemsOf(content: readonly string[], wanted: readonly string[], bytes: number, extension: number): string[] {
  const limit = (what: keyof typeof LIMITS, is: number): string[] =>
    is < LIMITS[what] ? [] : [`${what} has ${is} bytes; its limit is ${LIMITS[what]}`];
  return [
    ...content.filter((file) => !wanted.includes(file)).map((file) => `${file} is in the package and not on the list`),
    ...wanted.filter((file) => !content.includes(file)).map((file) => `${file} is on the list and not in the package`),
    ...limit('vsix', bytes),
    ...limit('dist/extension.cjs', extension),
  ];
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const made = await makePackage();
  for (const file of made.content) console.log(`  ${file}`);
  const kb = (bytes: number): string => `${Math.round(bytes / 1000).toLocaleString('en-US')} kB`;
  console.log(`${made.path}  ${kb(made.bytes)}, of which extension.cjs ${kb(made.extensionBytes)} unpacked`);
  for (const problem of made.problems) console.error(problem);
  process.exitCode = made.problems.length === 0 ? 0 : 1;
}
