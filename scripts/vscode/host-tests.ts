/** Runs `test/host` inside the extension host of a real VS Code; what its result file says is the verdict. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import type { HostTestContext } from '../../test/host/context.js';
import { CONTEXT_VARIABLE, RESULT_VARIABLE, type HostTestResult } from '../../test/host/result.js';
import { makeTempFolder } from '../../test/support/temp.js';
import { FAILURES_VARIABLE } from '../../test/support/vscode/launcher.js';
import type { Counts } from '../count-results.js';
import { startTestServers } from '../../test/support/vscode/test-servers.js';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const SUITES = join(ROOT, 'test', 'host');
const LAUNCHER = join(ROOT, 'test', 'support', 'vscode', 'launch.mjs');
/** In the work tree, so that what is not bundled is found from there. */
export const BUILD_FOLDER = join(ROOT, 'node_modules', '.cache', 'mcm-host-tests');
/** Pictures and logs of what failed. */
export const FAILURES_FOLDER = join(ROOT, 'node_modules', '.cache', 'mcm-failures');
const NOT_SUITES = new Set(['index.ts', 'result.ts', 'context.ts']);
/** The version that `engines.vscode` promises to work with. */
const DESKTOP_VERSION = '1.100.3';
const DOWNLOAD_LIMIT_MS = 3 * 60_000;

/** Bundles `test/host/*.ts`, or those whose name contains one of `filters`. Resolves with the file for `extensionTestsPath`. */
export async function bundleHostTests(filters: readonly string[] = []): Promise<string> {
  const all = (await readdir(SUITES)).filter((name) => name.endsWith('.ts') && !NOT_SUITES.has(name)).sort();
  const wanted = filters.length === 0 ? all : all.filter((name) => filters.some((filter) => name.includes(filter)));
  if (wanted.length === 0) throw new Error(`no host test matches ${filters.join(', ') || 'test/host/*.ts'}`);
  const imports = wanted.map((name) => `() => import(${JSON.stringify(join(SUITES, name))})`);
  const outfile = join(BUILD_FOLDER, 'host-tests.cjs');
  await build({
    stdin: {
      contents: `import { runSuites } from ${JSON.stringify(join(SUITES, 'index.ts'))};
export const run = () => runSuites([${imports.join(',\n')}]);`,
      resolveDir: SUITES,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    sourcemap: 'inline',
    packages: 'external',
    external: ['vscode'],
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
    logLevel: 'warning',
  });
  return outfile;
}

/** A desktop VS Code where one is named, or can be had and shown; else the launcher that takes its arguments. */
async function vscodeExecutable(print: (line: string) => void): Promise<string> {
  const named = process.env['MCM_VSCODE'];
  if (named) return named;
  const hasScreen = process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  if (!hasScreen) {
    print('host tests: no screen for a desktop VS Code, so VS Code for the browser serves them');
    return LAUNCHER;
  }
  try {
    return await downloadAndUnzipVSCode({ version: DESKTOP_VERSION, timeout: DOWNLOAD_LIMIT_MS });
  } catch (error) {
    print(`host tests: no desktop VS Code (${String(error)}), so VS Code for the browser serves them`);
    return LAUNCHER;
  }
}

export interface HostTestOptions {
  readonly filters?: readonly string[];
  readonly print: (line: string) => void;
}

/** The extension must have been built. Rejects only where this code itself is wrong: what cannot run counts as failed. */
export async function runHostTests({ filters, print }: HostTestOptions): Promise<Counts> {
  const folder = await makeTempFolder('host-tests');
  try {
    await using servers = await startTestServers();
    const { sourceUri, targetUri, mongoTargetUri, password } = servers;
    const context: HostTestContext = {
      sourceUri,
      targetUri,
      mongoTargetUri,
      password,
      folder: join(folder.path, 'suites'),
    };
    const contextFile = join(folder.path, 'context.json');
    const resultFile = join(folder.path, 'result.json');
    const workspace = join(folder.path, 'workspace');
    await Promise.all([mkdir(context.folder), mkdir(workspace), mkdir(FAILURES_FOLDER, { recursive: true })]);
    await writeFile(contextFile, JSON.stringify(context), { mode: 0o600 });
    await runTests({
      vscodeExecutablePath: await vscodeExecutable(print),
      extensionDevelopmentPath: ROOT,
      extensionTestsPath: await bundleHostTests(filters),
      launchArgs: [workspace],
      extensionTestsEnv: {
        [RESULT_VARIABLE]: resultFile,
        [CONTEXT_VARIABLE]: contextFile,
        [FAILURES_VARIABLE]: FAILURES_FOLDER,
        MCM_RUNS: join(folder.path, 'runs'),
      },
    }).catch((error: unknown) => print(`host tests: ${String(error)}`));
    return counted(await readResult(resultFile), print);
  } catch (error) {
    return { passed: 0, failed: 1, complaints: [`host tests could not run: ${String(error)}`] };
  } finally {
    await folder.remove();
    await rm(BUILD_FOLDER, { recursive: true, force: true });
  }
}

async function readResult(path: string): Promise<HostTestResult | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as HostTestResult);
}

/** A result that is not there, a crash and a run without tests are failures; so is a test that was skipped. */
export function counted(result: HostTestResult | undefined, print: (line: string) => void): Counts {
  if (result === undefined) return { passed: 0, failed: 1, complaints: ['host tests: no result was left'] };
  for (const test of result.tests) {
    const mark = { passed: '✓', failed: '✗', skipped: '↓' }[test.state];
    print(` ${mark} host: ${test.title}${test.ms > 300 ? `  ${test.ms} ms` : ''}`);
    if (test.error !== undefined) print(test.error.replaceAll(/^/gm, '     '));
  }
  const passed = result.tests.filter((test) => test.state === 'passed').length;
  const skipped = result.tests.filter((test) => test.state === 'skipped');
  const complaints = skipped.map((test) => `host tests: "${test.title}" did not run; skipping is not allowed`);
  let failed = result.tests.length - passed;
  if (result.crash !== undefined) {
    failed++;
    complaints.push(`host tests broke: ${result.crash}`);
  } else if (result.tests.length === 0) {
    failed++;
    complaints.push('host tests: no test ran');
  }
  return { passed, failed, complaints };
}
